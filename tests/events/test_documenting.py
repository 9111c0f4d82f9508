"""docs/events.md says what the docstrings of the event types say."""

from pathlib import Path

from codimir.events.documenting import page
from codimir.events.types import Event

PAGE = Path(__file__).parents[2] / "docs" / "events.md"


class TestPage:
    def test_it_is_up_to_date(self) -> None:
        assert PAGE.read_text(encoding="utf-8") == page(), "run `make events`"

    def test_every_type_is_on_it_with_what_it_means(self) -> None:
        for kind in Event.__subclasses__():
            [line] = [line for line in page().splitlines() if line.startswith(f"| `{kind.type}` |")]
            assert len(line) > len(f"| `{kind.type}` | . |")
