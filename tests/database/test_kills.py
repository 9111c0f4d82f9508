"""What a server has acknowledged survives its sudden death; `make kills` tries it a hundred times."""

from codimir.config import Settings
from tools.kills import survive


class TestKills:
    def test_what_was_acknowledged_is_there_again(self, settings: Settings) -> None:
        survived = survive(settings, kills=3)
        assert survived.tickets > 0
