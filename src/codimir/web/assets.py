"""Static files under addresses that name their content, so that a browser keeps them for good.

All files share one name, `/static/~<digest of all>/…`: modules and style sheets then find each other by relative paths.
"""

import hashlib
import re
from functools import lru_cache
from pathlib import Path
from posixpath import dirname, join, normpath

from codimir.http.static import Folder, StaticFile

ROOT = Path(__file__).parent / "static"
FOLDER = Folder(ROOT)
KEPT_FOR_GOOD = "public, max-age=31536000, immutable"
STYLES = "css/all.css"
"""The style sheets of `css/index.css`, put into one when the server starts."""
MAIN_SCRIPT = "js/main.js"
"""What every page of the frame runs."""
_MODULE = re.compile(r'^import [^"]*"(\.{1,2}/[\w./-]+)"', re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*(?://.*|/\*\*(?:[^*]|\*(?!/))*\*/)$", re.MULTILINE)
_IMPORT = re.compile(r'@import url\("([^"]+)"\) layer\(([\w-]+)\);')


def _digest() -> str:
    everything = hashlib.sha256()
    for name in sorted(FOLDER.files):
        everything.update(name.encode() + FOLDER.files[name].read_bytes())  # and not kept: most are asked for by few
    return everything.hexdigest()[:12]


def _styles() -> StaticFile:
    index = FOLDER.get("css/index.css").content.decode()
    sheets = _IMPORT.sub(lambda found: f"@layer {found[2]} {{\n{_sheet(found[1])}}}", index)
    return StaticFile(sheets.encode(), "text/css")


def _sheet(name: str) -> str:
    return FOLDER.get(f"css/{name}").content.decode()


DIGEST = _digest()
PREFIX = f"~{DIGEST}/"
_ALL_STYLES = _styles()


def url(name: str) -> str:
    """Name a file at its address.

    Raises NotFound for one that is not there.
    """
    find(name)
    return f"/static/{PREFIX}{name}"


def find(name: str) -> StaticFile:
    """Return a file by its path in the folder, the put-together style sheet too, and our scripts without comments."""
    if name.startswith("js/") and name.endswith(".js"):
        return _without_comments(FOLDER.get(name))
    return _ALL_STYLES if name == STYLES else FOLDER.get(name)


@lru_cache(maxsize=256)
def _without_comments(script: StaticFile) -> StaticFile:
    """Return a script of ours without the lines that are comments, which are a sixth of what is sent.

    The other lines keep their numbers, so that an error names the line that stands in the source.
    """
    text = _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), script.content.decode())
    return StaticFile(text.encode(), script.media_type)


def scripts(start: str = MAIN_SCRIPT) -> list[str]:
    """Return the addresses of a module and of all that it imports: a page asks for them at once, not one by one."""
    return [url(name) for name in _modules(start)]


def more_scripts(start: str) -> list[str]:
    """Return the addresses of a module and of what it imports that `MAIN_SCRIPT` does not."""
    everywhere = set(_modules(MAIN_SCRIPT))
    return [url(name) for name in _modules(start) if name not in everywhere]


def _modules(start: str) -> list[str]:
    found: list[str] = []
    waiting = [start]
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found.append(name)
            text = find(name).content.decode()
            waiting += [normpath(join(dirname(name), imported)) for imported in _MODULE.findall(text)]
    return found
