"""Vendored assets are the ones that were declared and locked, or nothing is replaced."""

import io
import tarfile
from pathlib import Path

import pytest

from tools import vendor
from tools.vendor import FOR_TESTS, LOCK, STATIC, VENDORED, Package, VendorError

CHARTS = Package(name="charts", version="1.2.0", folder="charts", files=("dist/charts.js",))
GOOD = {"LICENSE": b"MIT", "dist/charts.js": b"draw()", "dist/charts.js.map": b"{}"}


def archive(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


class House:
    """A repository whose downloads are what the test says."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.static = root / "vendor"
        self.lock = root / "lock.json"
        self.download = archive(GOOD)
        monkeypatch.setattr(vendor, "download", lambda package: self.download)

    def vendor(self, package: Package = CHARTS, *, relock: bool = False) -> None:
        vendor.vendor(package, self.static, self.lock, relock=relock)

    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.static.glob("charts/*")}


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    return House(tmp_path, monkeypatch)


class TestVendor:
    def test_what_was_never_locked_is_refused(self, house: House) -> None:
        with pytest.raises(VendorError, match=r"charts@1\.2\.0 is not locked"):
            house.vendor()
        assert house.files() == {}

    def test_only_the_named_files_are_kept(self, house: House) -> None:
        house.vendor(relock=True)
        assert house.files() == {"LICENSE": b"MIT", "VERSION": b"charts@1.2.0\n", "charts.js": b"draw()"}

    def test_the_locked_version_is_fetched_again(self, house: House) -> None:
        house.vendor(relock=True)
        (house.static / "charts" / "charts.js").write_bytes(b"edited")
        (house.static / "charts" / "left-over.js").write_bytes(b"old")
        house.vendor()
        assert house.files() == {"LICENSE": b"MIT", "VERSION": b"charts@1.2.0\n", "charts.js": b"draw()"}

    def test_another_version_is_not_locked_by_the_first(self, house: House) -> None:
        house.vendor(relock=True)
        with pytest.raises(VendorError, match=r"charts@1\.3\.0 is not locked"):
            house.vendor(Package(name="charts", version="1.3.0", folder="charts", files=("dist/charts.js",)))

    def test_a_changed_archive_replaces_nothing(self, house: House) -> None:
        house.vendor(relock=True)
        house.download = archive(GOOD | {"dist/charts.js": b"steal()"})
        with pytest.raises(VendorError, match="not what was locked"):
            house.vendor()
        assert house.files()["charts.js"] == b"draw()"

    def test_a_missing_file_replaces_nothing(self, house: House) -> None:
        house.vendor(relock=True)
        house.download = archive({"LICENSE": b"MIT"})
        with pytest.raises(VendorError, match=r"has no file dist/charts\.js"):
            house.vendor(relock=True)
        assert house.files()["charts.js"] == b"draw()"


class TestChoose:
    def test_nothing_named_is_everything(self) -> None:
        assert vendor.choose([]) == list(VENDORED)

    def test_a_name_that_is_not_declared_is_refused(self) -> None:
        with pytest.raises(VendorError, match="not in VENDORED: charts"):
            vendor.choose(["swagger-ui-dist", "charts"])


class TestThisRepository:
    @pytest.mark.parametrize("package", VENDORED, ids=lambda package: package.name)
    def test_holds_each_package_as_declared(self, package: Package) -> None:
        folder = package.home / package.folder
        expected = {Path(name).name for name in package.files} | {"LICENSE", "VERSION"}
        assert {path.name for path in folder.iterdir()} == expected
        assert (folder / "VERSION").read_text() == f"{package.spec}\n"

    @pytest.mark.parametrize("package", VENDORED, ids=lambda package: package.name)
    def test_locks_each_package(self, package: Package) -> None:
        assert vendor.locked_integrity(LOCK, package).startswith("sha512-")

    def test_has_no_folder_that_is_not_declared(self) -> None:
        for home in (STATIC, FOR_TESTS):
            declared = {package.folder for package in VENDORED if package.home == home}
            assert {path.name for path in home.iterdir()} == declared
