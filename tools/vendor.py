"""Fetches the browser assets that Codimir serves itself or tests with, at pinned and verified versions.

To add or upgrade one: edit its entry in VENDORED, then run `python tools/vendor.py --lock`.
Without `--lock` every download must have the integrity that `vendor.lock.json` holds.
Needs npm, which decides itself which registry to ask.
"""

import argparse
import base64
import dataclasses
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "tools" / "vendor.lock.json"
STATIC = ROOT / "src" / "codimir" / "web" / "static" / "vendor"
FOR_TESTS = ROOT / "tests" / "browser" / "vendor"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Package:
    """An npm package, and which of its files are kept, flat, in `static/vendor/<folder>` or beside the tests."""

    name: str
    version: str
    folder: str
    files: tuple[str, ...]
    licence: str = "LICENSE"
    for_tests: bool = False

    @property
    def home(self) -> Path:
        """Where its folder stands."""
        return FOR_TESTS if self.for_tests else STATIC

    @property
    def spec(self) -> str:
        """The package as npm names it, such as `htmx.org@2.0.0`."""
        return f"{self.name}@{self.version}"


VENDORED = (
    Package(name="htmx.org", version="2.0.11", folder="htmx", files=("dist/htmx.min.js",)),
    Package(name="sortablejs", version="1.15.7", folder="sortable", files=("Sortable.min.js",)),
    Package(
        name="uplot",
        version="1.6.32",
        folder="uplot",
        files=("dist/uPlot.iife.min.js", "dist/uPlot.min.css"),
    ),
    Package(name="axe-core", version="4.14.1", folder="axe", files=("axe.min.js",), for_tests=True),
    Package(
        name="swagger-ui-dist",
        version="5.35.0",
        folder="swagger-ui",
        files=("swagger-ui-bundle.js", "swagger-ui-bundle.js.LICENSE.txt", "swagger-ui.css", "NOTICE"),
    ),
)


class VendorError(Exception):
    """A package that cannot be had as it was declared and locked."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Fetch, verify and unpack the packages that are named, or all."""
    options = _parser().parse_args(arguments)
    try:
        for package in choose(options.names):
            vendor(package, package.home, LOCK, relock=options.lock)
    except VendorError as error:
        sys.exit(f"vendor: {error}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="vendor.py", description=main.__doc__)
    parser.add_argument("names", nargs="*", metavar="package", help="one that is declared in VENDORED")
    parser.add_argument("--lock", action="store_true", help="record the integrity of what is downloaded")
    return parser


def choose(names: Sequence[str]) -> list[Package]:
    """Pick the packages of these names, or all when none is named."""
    unknown = set(names) - {package.name for package in VENDORED}
    if unknown:
        raise VendorError(f"not in VENDORED: {', '.join(sorted(unknown))}")
    return [package for package in VENDORED if not names or package.name in names]


def vendor(package: Package, static: Path, lock: Path, *, relock: bool = False) -> None:
    """Replace the package's folder below `static` by its locked version."""
    archive = download(package)
    integrity = integrity_of(archive)
    if relock:
        write_lock(lock, package, integrity)
    elif integrity != locked_integrity(lock, package):
        raise VendorError(f"{package.spec} is not what was locked: its integrity is {integrity}")
    unpack(package, archive, static / package.folder)
    print(f"{package.spec} is in {package.folder}/")


def download(package: Package) -> bytes:
    """Fetch the package's archive as npm packs it, without running any of its scripts."""
    npm = shutil.which("npm")
    if npm is None:
        raise VendorError("npm is not installed")
    with tempfile.TemporaryDirectory() as folder:
        pack = [npm, "pack", "--silent", "--ignore-scripts", "--pack-destination", folder, package.spec]
        if subprocess.run(pack, stdout=subprocess.DEVNULL, check=False).returncode:  # noqa: S603 - names are from VENDORED
            raise VendorError(f"npm could not fetch {package.spec}")
        (archive,) = Path(folder).glob("*.tgz")
        return archive.read_bytes()


def integrity_of(archive: bytes) -> str:
    """Hash as the npm registry does (Subresource Integrity, W3C)."""
    return "sha512-" + base64.b64encode(hashlib.sha512(archive).digest()).decode()


def locked_integrity(lock: Path, package: Package) -> str:
    """Look up the integrity of exactly this version, or raise VendorError."""
    entry = _read_lock(lock).get(package.name)
    if entry is None or entry["version"] != package.version:
        raise VendorError(f"{package.spec} is not locked; run with --lock")
    return entry["integrity"]


def write_lock(lock: Path, package: Package, integrity: str) -> None:
    """Record this version in place of any earlier one."""
    entries = _read_lock(lock)
    entries[package.name] = {"name": package.name, "version": package.version, "integrity": integrity}
    ordered = [entries[name] for name in sorted(entries)]
    lock.write_text(json.dumps(ordered, indent=2) + "\n", encoding="utf-8")


def _read_lock(lock: Path) -> dict[str, dict[str, str]]:
    entries = json.loads(lock.read_text(encoding="utf-8")) if lock.exists() else []
    return {entry["name"]: entry for entry in entries}


def unpack(package: Package, archive: bytes, folder: Path) -> None:
    """Make `folder` hold the kept files, LICENSE and VERSION, and nothing else.

    All files are read before the folder is touched, so a missing one leaves it as it was.
    """
    kept = {Path(name).name: name for name in package.files} | {"LICENSE": package.licence}
    with tarfile.open(fileobj=BytesIO(archive)) as tar:
        contents = {target: _member(tar, package, name) for target, name in kept.items()}
    contents["VERSION"] = f"{package.spec}\n".encode()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for target, content in contents.items():
        (folder / target).write_bytes(content)


def _member(tar: tarfile.TarFile, package: Package, name: str) -> bytes:
    try:
        file = tar.extractfile(f"package/{name}")
    except KeyError:
        file = None
    if file is None:
        raise VendorError(f"{package.spec} has no file {name}")
    return file.read()


if __name__ == "__main__":
    main()
