#!/usr/bin/env bash
# Chromium (156.0.8078.108) and node (20.20.2) name the time zone of a person in India `Asia/Calcutta`, in Ukraine
# `Europe/Kiev`, in Vietnam `Asia/Saigon`, whatever today's name is that the system is set to: ICU's names, from CLDR.
# Debian 13 and Ubuntu 24.04 moved exactly these names out of their package tzdata into tzdata-legacy, so that Python's
# zoneinfo does not know what the browser sends: ZoneInfoNotFoundError, for the largest country of the world.
#
# Expected: `ZoneInfo(Intl.DateTimeFormat().resolvedOptions().timeZone)` works everywhere, as it does with the tzdata of
# PyPI and of Debian 12. Babel knows the way back: get_global("zone_aliases").
#
# The zones of Debian 13 are played by a folder with today's names only. Needs node. Exits with 0 while it is so, with 1
# when it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check babel==2.18.0 tzdata==2026.6
cat > "$folder/try.py" <<'PYTHON'
import os
import pathlib
import shutil
import subprocess
import sys
import zoneinfo

import tzdata
from babel.core import get_global

folder = pathlib.Path(sys.argv[1])
today = ["Asia/Kolkata", "Europe/Kyiv", "Asia/Ho_Chi_Minh"]
for name in today:
    (folder / name).parent.mkdir(exist_ok=True)
    shutil.copy(pathlib.Path(tzdata.__file__).parent / "zoneinfo" / name, folder / name)
sys.path[:] = [entry for entry in sys.path if "site-packages" not in entry]  # so that tzdata of PyPI does not help out
sys.modules.pop("tzdata"), sys.modules.pop("tzdata.zoneinfo", None)
zoneinfo.reset_tzpath([str(folder)])
script = "console.log(Intl.DateTimeFormat().resolvedOptions().timeZone)"
print("node", subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip())
same = True
for name in today:
    run = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True, env={**os.environ, "TZ": name})
    said = run.stdout.strip()
    try:
        known = str(zoneinfo.ZoneInfo(said))
    except zoneinfo.ZoneInfoNotFoundError:
        known = "ZoneInfoNotFoundError"
    alias = get_global("zone_aliases").get(said)
    print(f"TZ={name}: node says {said}, zoneinfo: {known}, babel's alias: {alias}")
    same &= known == "ZoneInfoNotFoundError" and alias == name
sys.exit(0 if same else 1)
PYTHON
"$folder/venv/bin/python" "$folder/try.py" "$folder"
