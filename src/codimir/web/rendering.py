"""Templates: one environment for each language, with what every template may use."""

import asyncio
import gzip
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from babel.lists import format_list
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from litestar import Response
from markupsafe import Markup, escape

from codimir.http.headers import takes_gzip
from codimir.http.requests import HttpRequest
from codimir.kit.values import Values
from codimir.kit.worker_process import WorkerProcess
from codimir.model.enums import CLOSED_STATUSES
from codimir.pictures.addresses import shown_address
from codimir.web import assets, avatars
from codimir.web.chips import ICONS
from codimir.web.compiled_templates import CompiledTemplates, compile_all
from codimir.web.display_names import display_names
from codimir.web.durations import as_text
from codimir.web.error_translations import error_text, is_refused_by_role
from codimir.web.fragment_cache import Drawn, filters_of, icon
from codimir.web.languages import LANGUAGES, THOUSANDS, catalogue
from codimir.web.markdown_meaning import CLIP
from codimir.web.started import started_in_words

TEMPLATES = Path(__file__).parent / "templates"
WORTH_COMPRESSING = 1024
LARGE = 128 * 1024
"""From so many characters on a page takes more than a millisecond to compress."""
FAST = 1
"""How hard a page is compressed: harder costs more time than it saves on the way."""
SETTLED = {"module_words": "components/words.html", "selection_bar": "components/selection_bar.html"}
"""Globals that hold a template which is the same for every reader of a language."""
SECONDS_TO_COMPILE = 60.0
"""Of processor time, at most, for all templates of a language; they take half a second."""
PRELOAD = Markup('<link rel="modulepreload" href="{}">')
MODULE = Markup('<script type="module" src="{}"></script>')
DECIMALS: Mapping[str, Callable[[float], str]] = {"en": str, "de": lambda value: str(value).replace(".", ",")}
"""How each language writes fractions."""
UNITS = (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000))
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
NO_DEVICES = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
"""What no page of ours asks for, and so nothing that gets into one may."""
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": NO_DEVICES,
    "referrer-policy": "same-origin",
    "cache-control": "private, no-store",
    "vary": "accept-encoding, cookie, hx-request",
}


def render(template: str, language: str, **data: object) -> str:
    """Write a template in a language."""
    return environment(language).get_template(template).render(data)


def html(request: HttpRequest, text: str, status: int = 200, **headers: str) -> Response[bytes]:
    """Answer with HTML, compressed for who takes that."""
    body = text.encode()
    if not takes_gzip(request) or len(body) < WORTH_COMPRESSING:
        return _response(body, status, headers)
    return _response(gzip.compress(body, FAST, mtime=0), status, headers, content_encoding="gzip")


async def large_html(request: HttpRequest, text: str, status: int = 200, **headers: str) -> Response[bytes]:
    """Answer with HTML that may be large: it is compressed in a thread then, and nobody waits for it."""
    if len(text) < LARGE or not takes_gzip(request):
        return html(request, text, status, **headers)
    compressed = await asyncio.to_thread(gzip.compress, text.encode(), FAST, mtime=0)
    return _response(compressed, status, headers, content_encoding="gzip")


def _response(body: bytes, status: int, headers: Mapping[str, str], **more: str) -> Response[bytes]:
    sent = {**HEADERS, **{name.replace("_", "-"): value for name, value in {**headers, **more}.items()}}
    return Response(body, status_code=status, headers=sent, media_type="text/html")


@cache
def environment(language: str) -> Environment:
    """Build the templates of a language."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=CompiledTemplates(),
        extensions=["jinja2.ext.i18n", _Settled],
    )
    made.translations = catalogue(language)  # type: ignore[attr-defined]
    made.install_gettext_translations(catalogue(language), newstyle=True)  # type: ignore[attr-defined]
    made.globals |= _globals(language)
    made.filters |= {**filters_of(made), **_filters(language)}
    for name, template in SETTLED.items():
        made.globals[name] = Markup(made.get_template(template).render())  # noqa: S704 - a template wrote it
    return made


def _globals(language: str) -> Values:
    return {
        "asset": cache(assets.url),
        "icon": icon,
        "initials": cache(avatars.initials),
        "hue": cache(avatars.hue),
        "shown_address": shown_address,
        "duration": as_text,
        "words": display_names(language),
        "field_icons": ICONS,
        "drawn": Drawn(display_names(language)),
        "preloads": _preloads(assets.scripts()),
        "module": cache(_module),
        "closed_statuses": CLOSED_STATUSES,
        "language": language,
        "number": THOUSANDS[language],
        "decimal": DECIMALS[language],
        "languages": LANGUAGES,
        "is_refused_by_role": is_refused_by_role,
    }


def _filters(language: str) -> Values:
    return {
        "error_text": partial(error_text, language),
        "filled": _filled,
        "clipped": _clipped,
        "changed_fields": partial(_changed_fields, language),
        "size": partial(_size, language),
        "named": _named,
        "as_choices": _as_choices,
        "started_in_words": partial(started_in_words, language),
    }


async def compile_templates(begin: float = 2.0) -> None:
    """Have every template compiled in every language: no first visitor waits for that, nor anybody else then.

    Begin after so many seconds, when the server has started.
    """
    await asyncio.sleep(begin)
    worker = WorkerProcess()
    try:
        for language in LANGUAGES:
            made = await asyncio.to_thread(environment, language)
            compiled = made.bytecode_cache
            if isinstance(compiled, CompiledTemplates) and not compiled.codes:
                compiled.codes = await worker.call(
                    "codimir.web.rendering:compiled_templates", language,
                    returns=dict[str, bytes], cpu_seconds=SECONDS_TO_COMPILE,
                )  # fmt: skip
    finally:
        await worker.close()


def compiled_templates(language: str) -> dict[str, bytes]:
    """Compile every template in a language; the process of `compile_templates` calls this."""
    return compile_all(environment(language))


def _preloads(addresses: Iterable[str]) -> Markup:
    return Markup("\n").join([PRELOAD.format(address) for address in addresses])


def _module(path: str) -> Markup:
    """Run a module that not every page has; what only it imports is asked for at once with it."""
    return _preloads(assets.more_scripts(path)) + MODULE.format(assets.url(path))


def _filled(sentence: str, who: str) -> Markup:
    """Write who did it into a sentence of ours."""
    return Markup(sentence) % {"who": who}  # noqa: S704 - a sentence of the catalogue


def _clipped(text: str) -> Markup:
    """Draw the paper-clip before the names of pictures, which not every system has as a letter."""
    return escape(text).replace(CLIP, icon("file"))


def _size(language: str, count: int) -> str:
    """Return how large a file is: `812 B`, `6.7 kB`, `1.2 MB`, as the language writes numbers."""
    for unit, size in UNITS:
        if count >= size:
            return f"{DECIMALS[language](round(count / size, 1))} {unit}"
    return f"{count} B"


def _changed_fields(language: str, names: Iterable[str]) -> str:
    """Name what was changed, each field once, as a list in a sentence."""
    changed = display_names(language).changed
    return format_list(list(dict.fromkeys(changed.get(name, name) for name in names)), locale=language)


def _named(values: Iterable[str], names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return values with their names, as a menu of a form takes them."""
    return [(value, names[value]) for value in values]


def _as_choices(items: Iterable[Any]) -> list[tuple[str, str]]:
    """Return the ids and names of things, as a menu of a form takes them."""
    return [(item.id, item.name) for item in items]


class _Settled(Extension):
    """Puts what is the same for every reader of a language into a template when it is compiled: texts and icons."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        """Replace `{{ _("Text") }}` by the text in the language of the environment, and `{{ icon("name") }}` by it."""
        said = _TEXT.sub(lambda found: escape(self.environment.translations.gettext(found[2])), source)  # type: ignore[attr-defined]
        return _ICON.sub(lambda found: icon(found[1]), said)


_TEXT = re.compile(r"""(?:\{\{|\s*\{\{-) _\((["'])((?:(?!\1)[^\\])*)\1\) \}\}""")
_ICON = re.compile(r"""(?:\{\{|\s*\{\{-) icon\("([\w-]+)"\) \}\}""")
