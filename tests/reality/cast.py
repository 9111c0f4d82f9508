"""People of the world in the place of the cast of tests/conftest.py: their names, zones, languages and keyboards."""

from typing import NamedTuple


class Human(NamedTuple):
    """Somebody of the cast as people are: `who` says in whose place, so that roles and sessions stay."""

    who: str
    name: str
    handle: str
    """How others mention them."""
    timezone: str
    language: str
    keyboard: dict[str, tuple[str, str]] = {}
    """What their keyboard says where a Latin one has a letter: the character, and the place of the key."""


CYRILLIC = {"c": ("\u0441", "KeyC"), "k": ("\u043b", "KeyK"), "s": ("\u044b", "KeyS"), "p": ("\u0437", "KeyP")}
DVORAK = {"c": ("c", "KeyI"), "k": ("k", "KeyV"), "s": ("s", "Semicolon"), "p": ("p", "KeyR")}

CAST = {
    human.who: human
    for human in (
        Human("jane", "Aroha Ngāta", "aroha", "Pacific/Auckland", "en", DVORAK),
        Human("john", "Ольга Иванова", "ольга", "Europe/Kyiv", "en", CYRILLIC),
        Human("ada", "Kaleo Kahananui", "kaleo", "Pacific/Honolulu", "en"),
        Human("mia", "佐藤 健", "佐藤", "Asia/Tokyo", "de"),
        Human("victor", "राम शर्मा", "राम", "Asia/Kathmandu", "en"),
    )
}
HANDLES = {human.handle: human.name for human in CAST.values()}
