r"""Forms of a page as a browser reads and sends them (https://html.spec.whatwg.org/multipage/form-control-infrastructure.html).

    form = form_of(page.text, "/tickets/WEB-1/edit", field="description")
    await jane.http.post(form.action, data=form.sent(value=form.values["value"] + "More"))

A first line that is empty is none in a text area, and every line ends with `\r\n` when it is sent.
"""

import re
from html.parser import HTMLParser
from typing import Any, NamedTuple


class Form(NamedTuple):
    """A form: where it goes, and what its fields hold as the page gives them."""

    action: str
    values: dict[str, str]

    def sent(self, **changed: str) -> dict[str, str]:
        r"""Return the fields as a browser sends them, with those that somebody changed; lines end with `\r\n`."""
        values = self.values | changed
        return {name: re.sub(r"\r\n?|\n", "\r\n", value) for name, value in values.items()}


def forms_of(html: str) -> list[Form]:
    """Return every form of a page, in their order."""
    reader = _Reader()
    reader.feed(html.replace("\r\n", "\n").replace("\r", "\n"))
    return reader.forms


def form_of(html: str, action: str, **values: str) -> Form:
    """Return the form that goes to an address and has these values.

    Raises AssertionError when there is none, or more than one.
    """
    found = [form for form in forms_of(html) if form.action == action and values.items() <= form.values.items()]
    assert len(found) == 1, (action, values, len(found))
    return found[0]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.is_open = False
        self.area: str | None = None
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:
        has = dict(attrs)
        if tag == "form":
            self.forms.append(Form(has.get("action", ""), {}))
            self.is_open = True
        elif tag == "textarea":
            self.area, self.text = has.get("name", ""), ""
        elif tag == "input" and self.is_open and "name" in has and has.get("type") not in ("checkbox", "radio"):
            self.forms[-1].values[has["name"]] = has.get("value") or ""

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.area is not None:
            if self.is_open and self.area:
                self.forms[-1].values[self.area] = self.text.removeprefix("\n")
            self.area = None
        elif tag == "form":
            self.is_open = False
