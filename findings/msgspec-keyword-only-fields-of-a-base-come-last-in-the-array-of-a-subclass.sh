#!/usr/bin/env bash
# msgspec 0.22.0: with `array_like=True` a Struct is encoded as an array of its fields. Where the base has `kw_only=True`,
# the fields of the base stand behind those that a subclass adds, in `__struct_fields__` and so in the encoded array,
# though `kw_only` is about calling `__init__`. `dataclasses.fields` keeps the order of the definition in the same case.
#
# Expected: [low, high], the base's field first, whether or not it is keyword-only; so `kw_only` can be added to a base
# without a change of what is sent and stored. Seen: [high, low]. What was written before `kw_only` was added to the base
# is read into the wrong fields, and where the types are alike nothing complains.
#
# Exits with 0 while it is so, with 1 when it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check msgspec==0.22.0
"$folder/venv/bin/python" - <<'PYTHON'
import dataclasses
import sys

import msgspec


class Bound(msgspec.Struct, array_like=True):
    low: int


class Range(Bound):
    high: int


class KeywordBound(msgspec.Struct, array_like=True, kw_only=True):
    low: int


class KeywordRange(KeywordBound):
    high: int


@dataclasses.dataclass(kw_only=True)
class DataBound:
    low: int


@dataclasses.dataclass
class DataRange(DataBound):
    high: int


stored = msgspec.json.encode(Range(low=1, high=9))
read = msgspec.json.decode(stored, type=KeywordRange)
print("msgspec", msgspec.__version__)
print("without kw_only:", stored, "with it:", msgspec.json.encode(KeywordRange(low=1, high=9)))
print("what was written without it, read with it:", read)
print("dataclasses:", [field.name for field in dataclasses.fields(DataRange)])
same = KeywordRange.__struct_fields__ == ("high", "low") and (read.low, read.high) == (9, 1)
sys.exit(0 if same and [field.name for field in dataclasses.fields(DataRange)] == ["low", "high"] else 1)
PYTHON
