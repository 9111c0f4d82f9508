"""Note the digest of each migration that has none: one that is committed is never changed, a mistake gets another one.

Run it after adding a migration: `python -m tools.migrations`. It never changes a line that is there.
"""

import hashlib
from pathlib import Path

from codimir.database.opening import VERSIONS

NOTED = Path(__file__).parent.parent / "tests" / "database" / "migrations.sha256"


def digests() -> dict[str, str]:
    """Return the SHA-256 of each migration, by the name of its file."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(VERSIONS.glob("[0-9]*.py"))}


def noted() -> dict[str, str]:
    """Return the digests that are noted."""
    lines = NOTED.read_text().splitlines() if NOTED.exists() else []
    return {name: digest for digest, name in (line.split("  ") for line in lines)}


def main() -> None:
    """Add the digests that are missing."""
    known = noted()
    new = {name: digest for name, digest in digests().items() if name not in known}
    with NOTED.open("a") as opened:
        opened.writelines(f"{digest}  {name}\n" for name, digest in new.items())


if __name__ == "__main__":
    main()
