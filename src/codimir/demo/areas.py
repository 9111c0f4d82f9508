"""What the projects of a software company are about, and the words each of them uses."""

from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Area:
    """A field of work: its short key, what it is, the things people see of it, and the nouns of its code."""

    key: str
    summary: str
    things: tuple[str, ...]
    nouns: tuple[str, ...]


def _area(block: str) -> tuple[str, Area]:
    head, things, nouns = block.splitlines()
    name, key, summary = head.split(" · ")
    return name, Area(key, summary, tuple(things.split(", ")), tuple(nouns.split()))


_TEXT = files("codimir.demo").joinpath("material/areas.txt").read_text(encoding="utf-8")
AREAS = dict(_area(block) for block in _TEXT.strip().split("\n\n"))
"""Every area by its name, the usual ones first."""

BRANCHES = {
    "API": "API",
    "Admin": "ADM",
    "Core": "CORE",
    "Enterprise": "ENT",
    "Europe": "EU",
    "Platform": "PLAT",
    "Migration": "MIGR",
    "Performance": "PERF",
    "Accessibility": "A11Y",
    "Quality": "QA",
    "Operations": "OPS",
    "Partners": "PART",
    "Tools": "TOOL",
    "Research": "LAB",
    "Cloud": "CLD",
    "Compliance": "LAW",
    "Experiments": "EXP",
    "Growth": "GROW",
    "Insights": "INS",
    "Gateway": "GATE",
    "Legacy": "OLD",
    "Asia": "APAC",
    "Next": "NEXT",
    "Public Sector": "GOV",
    "Services": "SVC",
}
"""What a second project in an area is called, and what it adds to the key."""

LABELS = (
    ("accessibility", "#7c3aed"),
    ("api", "#0369a1"),
    ("backend", "#0f766e"),
    ("breaking change", "#b91c1c"),
    ("customer request", "#c2410c"),
    ("dependencies", "#475569"),
    ("design", "#be185d"),
    ("documentation", "#1d4ed8"),
    ("frontend", "#4d7c0f"),
    ("good first ticket", "#15803d"),
    ("needs discussion", "#a16207"),
    ("performance", "#b45309"),
    ("regression", "#dc2626"),
    ("security", "#991b1b"),
    ("tech debt", "#57534e"),
)
