r"""Bodies and titles as real issues have them, made from a seed: templates, tables, code, every script and line end.

    body_of(7)      always the same text
    TITLES          titles, each with questions that must find it

The shapes are those of public trackers: forms with hints in HTML comments, CRLF in most bodies, logs in `<details>`,
stack traces with and without a fence, tables pasted from elsewhere, replies by mail.
"""

from collections.abc import Callable
from random import Random

from tests.reality.cast import HANDLES

Section = Callable[[Random], str]
NAMES = (
    "HTTPServer", "getUserName", "LotAwardOutcome", "UML2OWL", "OAuth2Token", "user_name", "libfoo-1.2.so", "Conv2D",
    "README.md", "src/app/main.py:42", "hasDPSTermination", "node_modules/@types/react", "v2.13.0-rc1", "C++", "C#",
)  # fmt: skip
SENTENCES = (
    "It works on my machine, but not with the *released* version.",
    "Since the update the page stays empty — see **below**.",
    "画面が真っ白になります。再起動しても直りません。",
    "登录之后页面是空白的\uff0c请看看。",
    "로그인하면 빈 화면이 나와요.",
    "เข้าสู่ระบบแล้วหน้าจอว่างเปล่า",
    "عند تسجيل الدخول تظهر صفحة فارغة (Chrome 120).",
    "אחרי הכניסה העמוד ריק\u200f.",
    "После входа страница пустая, и в консоли ошибка.",
    "लॉग इन करने पर पन्ना खाली रहता है।",
    "Nach dem Anmelden bleibt die Seite leer; Größe 10\u00a0MB.",
    "Zażółć gęślą jaźń, café and cafe\u0301, ﬁle\u200b name.",
    "Same here 👍🏽 👨\u200d👩\u200d👧 🇳🇿 \u2764\ufe0f",
)
WHO = tuple(HANDLES)


def _hints(random: Random) -> str:
    return (
        "<!-- Please search existing issues first.\n\nDo not ask @" + random.choice(WHO) + " here. -->\n"
        "## Describe the bug\n<!-- A clear description -->\n" + random.choice(SENTENCES)
    )


def _steps(random: Random) -> str:
    return f"**To Reproduce**\n1. Go to '...'\n2. Click on `{random.choice(NAMES)}`\n   - twice\n3. See error\t\n"


def _tasks(random: Random) -> str:
    return "\n".join(f"- [{random.choice(' xX')}] {sentence}" for sentence in random.sample(SENTENCES, 3))


def _table(random: Random) -> str:
    cells = random.sample(NAMES, 3)
    return (
        "| Package | Version | Result |\n|:---|:---:|---:|\n"
        + "\n".join(f"| {cell} | 2024-12-08 | ok \\| not |" for cell in cells)
        + f"\n| `a|b` | @{random.choice(WHO)} |"
    )


def _fence(random: Random) -> str:
    mark = random.choice(("```", "~~~", "````"))
    return f"{mark}python\n# @{random.choice(WHO)} said\ndef {random.choice(NAMES)}():\n\treturn None\n{mark}"


def _indented(random: Random) -> str:
    return f"The configuration:\n\n    name = @{random.choice(WHO)}\n\n    [{random.choice(NAMES)}]\n\nand that is all."


def _trace(random: Random) -> str:
    return (
        'Traceback (most recent call last):\n  File "/usr/lib/python3/app.py", line 12, in <module>\n'
        f"    {random.choice(NAMES)}(request, context)\nValueError: <Response [500]> is not a *valid* __name__"
    )


def _details(random: Random) -> str:
    return (
        "<details>\n<summary>Log of <kbd>Ctrl</kbd>+<kbd>C</kbd></summary>\n\n```\n"
        + f"ERROR {random.choice(NAMES)}\n" * 3
        + "```\n\n</details>\n"
    )


def _picture(random: Random) -> str:
    width = random.randrange(100, 900)
    return (
        f'<img width="{width}" alt="image" src="https://example.com/{width}.png"> ![shot (1).png](https://x.example/a)'
    )


def _footnote(random: Random) -> str:
    number = random.randrange(1, 9)
    return f"It is known[^{number}] since years.\n\n[^{number}]: {random.choice(SENTENCES)} @{random.choice(WHO)}"


def _mention(random: Random) -> str:
    first, second = random.sample(WHO, 2)
    return random.choice(
        (
            f"cc @{first} @{second}", f"这个问题@{first}请看", f"@{first}さん、確認お願いします",
            f"(@{first}, @{second}!)",
            f"**@{first}**: please look", f"mail {first}@example.com", f"`@{first}` and \\@{second}",
            f"see [@{first}](https://x.example)",
        )
    )  # fmt: skip


def _quote(random: Random) -> str:
    return (
        "On Tue, 3 Dec 2024 at 09:12, Somebody <a@example.com> wrote:\n"
        f"> {random.choice(SENTENCES)}\n>> cc @{random.choice(WHO)}\n>\n> > deeper\n\nYes, I see that too."
    )


def _addresses(_: Random) -> str:
    return (
        "See https://example.com/a_b_(c)?d=e&f=<g>, www.example.org. and WEB-1, SEC-7 or #12;\n"
        "https://例え.jp/パス です。"
    )


def _spaces(random: Random) -> str:
    return f"  {random.choice(SENTENCES)}  \nnext\u00a0line\u3000wide\\\nbroken\n\n\n\n***\n"


def _setext(random: Random) -> str:
    return (
        f"Environment\n-----------\n* OS: Ubuntu 22.04\n* {random.choice(NAMES)}: `1.2`\n\n"
        "Total\n=====\n~~none~~ 5 < 6 &amp; 7"
    )


SECTIONS: tuple[Section, ...] = (
    _hints, _steps, _tasks, _table, _fence, _indented, _trace, _details, _picture, _footnote, _mention, _quote,
    _addresses, _spaces, _setext,
)  # fmt: skip
LINE_ENDS = ("\r\n", "\r\n", "\r\n", "\n", "\r")
"""Most real bodies come from a field of a browser."""


def body_of(seed: int) -> str:
    """Return the body of an issue; the same one for the same seed, and every section in some of each fifteen."""
    random = Random(seed)
    chosen = [SECTIONS[seed % len(SECTIONS)], *random.sample(SECTIONS, random.randrange(1, 5))]
    text = "\n\n".join(section(random) for section in chosen)
    if random.random() < 0.2:
        text = random.choice(("\n", "\n\n", " ", "\ufeff")) + text
    if random.random() < 0.5:
        text += random.choice(("\n", "  \n", "\n\n\n"))
    if random.random() < 0.1:
        lines = text.split("\n")
        return "".join(line + random.choice(LINE_ENDS) for line in lines[:-1]) + lines[-1]
    return text.replace("\n", random.choice(LINE_ENDS))


TITLES = {
    "[BUG] HTTPServer drops `keep-alive` requests (#1234)": ["server", "keep-alive", "1234"],
    'getUserName() returns <null> & "fails" for O\'Brien': ["userName", "o'brien", "null"],
    "feat(ui-kit): add <Button/> — part 2/3": ["ui-kit", "button", "feat"],
    "TypeError: Cannot read property 'x' of undefined": ["typeerror", "property undefined"],
    "ログイン画面が真っ白になる(iOS 17)": ["ログイン", "真っ白", "ios"],
    "登录后页面空白\uff0c刷新无效": ["登录", "空白", "刷新"],
    "로그인 후 빈 화면": ["로그인", "화면"],
    "หน้าจอว่างหลังเข้าสู่ระบบ": ["หน้าจอ", "ระบบ"],
    "صفحة فارغة بعد تسجيل الدخول (Chrome 120)": ["فارغة", "chrome", "120"],
    "עמוד ריק אחרי כניסה": ["ריק", "כניסה"],
    "Пустая страница после входа": ["пустая", "СТРАНИЦА"],
    "लॉग इन के बाद खाली पन्ना": ["खाली", "पन्ना"],
    "Größe der Straße wird falsch geprüft": ["grosse", "strasse", "GEPRUFT"],
    "Zażółć gęślą jaźń": ["zazolc", "jazn"],
    "İstanbul'da çökme": ["istanbul", "cokme"],
    "🐛 Crash 👩\u200d💻 when 🇳🇿 is chosen": ["crash", "🐛"],
    "C++ and C# bindings for libfoo-1.2.so": ["c++", "c#", "libfoo"],
    "cafe\u0301 vs. café\u00a0— 10\u00a0MB": ["café", "cafe", "10"],
    "x" * 255: ["x" * 64],
    "/usr/lib/python3.11/site-packages not found": ["site-packages", "python3.11", "usr"],
    "100% CPU, a_b_c \\ escape? 'quote' \"double\"": ["cpu", "a_b_c", "escape"],
}
