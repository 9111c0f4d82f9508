"""What the demo workspace is made of: believable, varied, and the same for the same seed."""

import re
from collections import Counter
from random import Random
from statistics import median
from string import Formatter

import pytest

from codimir.demo.phrases import read_phrasebook
from codimir.demo.text import (
    MAX_DESCRIPTION_LENGTH,
    MAX_TITLE_LENGTH,
    Project,
    TicketText,
    comment,
    labels,
    people,
    projects,
    ticket,
)
from codimir.model.enums import TYPES

FILLED_IN_BY_THE_TELLER = {"number", "hex", "key", "title", "pascal", "constant"}


def tell_tickets(seed: int, count: int) -> list[TicketText]:
    rng = Random(seed)
    some_projects = projects(rng, 20)
    return [ticket(rng, some_projects[i % 20]) for i in range(count)]


def tell_everything(seed: int) -> tuple[object, ...]:
    rng = Random(seed)
    titles = [told.title for told in tell_tickets(seed, 200)]
    return people(rng, 200), projects(rng, 30), titles, [comment(rng, title) for title in titles]


@pytest.fixture(scope="module")
def tickets() -> list[TicketText]:
    return tell_tickets(seed=1, count=5_000)


class TestSeed:
    def test_same_seed_tells_the_same(self) -> None:
        assert tell_everything(1) == tell_everything(1)

    def test_another_seed_tells_otherwise(self) -> None:
        assert all(one != other for one, other in zip(tell_everything(1), tell_everything(2), strict=True))

    def test_leaves_the_shared_random_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("random.random", lambda: pytest.fail("used the shared random"))
        tell_everything(1)


class TestPeople:
    @pytest.mark.parametrize("count", [0, 1, 200, 5_000])
    def test_are_as_many_as_asked_and_never_the_same(self, count: int) -> None:
        cast = people(Random(1), count)
        assert len({person.email for person in cast}) == count
        assert len({person.name for person in cast}) == count

    def test_can_all_be_written_to(self) -> None:
        for person in people(Random(1), 5_000):
            assert re.fullmatch(r"[a-z-]+\.[a-z-]+\d*@example\.com", person.email)

    def test_have_both_names_in_full(self) -> None:
        for person in people(Random(1), 5_000):
            assert sorted([person.first_name, person.last_name]) == sorted(person.name.split(" "))

    def test_come_from_many_places(self) -> None:
        names = " ".join(person.name for person in people(Random(1), 5_000))
        for name in ("Zoë", "Łukasz", "Søren", "Юлия", "陳", "O'Brien", "서연"):
            assert name in names

    def test_some_of_two_hundred_write_another_script(self) -> None:
        names = [person.name for person in people(Random(1), 200)]
        assert 1 <= sum(not re.search("[a-z]", name) for name in names) <= 20


class TestProjects:
    @pytest.mark.parametrize("count", [0, 3, 20, 500])
    def test_are_as_many_as_asked_and_never_the_same(self, count: int) -> None:
        found = projects(Random(1), count)
        assert len({project.key for project in found}) == count
        assert len({project.name for project in found}) == count

    def test_keys_fit_the_contract(self) -> None:
        for project in projects(Random(1), 500):
            assert re.fullmatch(r"[A-Z][A-Z0-9]{1,9}", project.key)

    def test_the_usual_ones_come_first(self) -> None:
        assert [project.name for project in projects(Random(1), 3)] == ["Web", "Mobile", "Billing"]

    def test_too_many_are_refused(self) -> None:
        with pytest.raises(ValueError, match="population"):
            projects(Random(1), 1_000)


class TestLabels:
    def test_have_a_name_and_a_colour(self) -> None:
        assert len(dict(labels())) == 15
        assert all(re.fullmatch("#[0-9a-f]{6}", colour) for _, colour in labels())


class TestTicket:
    def test_titles_are_neither_empty_nor_long(self, tickets: list[TicketText]) -> None:
        assert all(10 <= len(told.title) <= MAX_TITLE_LENGTH for told in tickets)

    def test_titles_hardly_repeat(self, tickets: list[TicketText]) -> None:
        assert len({told.title for told in tickets}) > 4_950

    def test_types_are_of_natural_shares(self, tickets: list[TicketText]) -> None:
        shares = Counter(told.type for told in tickets)
        assert set(shares) == set(TYPES)
        assert shares["BUG"] > shares["FEATURE"] > shares["EPIC"] > 50

    def test_some_have_no_description(self, tickets: list[TicketText]) -> None:
        assert 0.06 < sum(told.description is None for told in tickets) / len(tickets) < 0.1

    def test_descriptions_are_of_natural_lengths(self, tickets: list[TicketText]) -> None:
        lengths = [len(told.description) for told in tickets if told.description is not None]
        assert 20 < min(lengths) < 100
        assert 500 < median(lengths) < 700
        assert MAX_DESCRIPTION_LENGTH / 2 < max(lengths) <= MAX_DESCRIPTION_LENGTH
        assert 0.01 < sum(length > 3_000 for length in lengths) / len(lengths) < 0.04

    @pytest.mark.parametrize("mark", ["```", "\n1. ", "- [ ] ", "| --- |", "https://", "🙏", "Здравствуйте", "您好"])
    def test_descriptions_use_the_whole_of_markdown(self, tickets: list[TicketText], mark: str) -> None:
        assert any(mark in (told.description or "") for told in tickets)

    def test_nothing_is_left_to_fill_in(self, tickets: list[TicketText]) -> None:
        texts = [f"{told.title} {told.description}" for told in tickets]
        assert not any(re.search(r"\{[A-Za-z_]+(:\d+)?\}(?!\w)", text) for text in texts)

    def test_vocabulary_is_that_of_a_company(self, tickets: list[TicketText]) -> None:
        texts = [f"{told.title} {told.description}" for told in tickets]
        heard = Counter(word for text in texts for word in set(re.findall(r"\w+", text)))
        assert len(heard) > 3_000
        assert sum(times > 0.3 * len(tickets) for times in heard.values()) > 10
        assert sum(times <= 2 for times in heard.values()) > len(heard) / 2

    def test_speaks_of_what_its_project_is_about(self) -> None:
        rng = Random(1)
        _, mobile, billing = projects(rng, 3)
        assert any("invoice PDF" in ticket(rng, billing).title for _ in range(300))
        assert not any("invoice PDF" in ticket(rng, mobile).title for _ in range(300))

    def test_a_project_of_any_name_has_tickets(self) -> None:
        assert ticket(Random(1), Project("", "X1", "")).title


class TestComment:
    def test_is_short_and_varied(self) -> None:
        rng = Random(1)
        comments = [comment(rng, "Login is slow") for _ in range(1_000)]
        assert all(1 <= len(text) <= 600 for text in comments)
        assert len(set(comments)) > 700

    def test_quotes_any_title_as_it_is(self) -> None:
        rng = Random(1)
        assert any("> {odd} %s {" in comment(rng, "{odd} %s {") for _ in range(200))


class TestPhrasebook:
    def test_every_name_in_braces_has_phrases(self) -> None:
        assert self.named() - FILLED_IN_BY_THE_TELLER <= set(read_phrasebook())

    def test_every_phrase_can_be_told(self) -> None:
        first_told = re.compile(r"\w+_(title|opening|section)|evidence|comment|project_note")
        assert not [name for name in set(read_phrasebook()) - self.named() if not first_told.fullmatch(name)]

    def test_no_phrase_is_blank(self) -> None:
        assert all(phrase.strip() for phrases in read_phrasebook().values() for phrase in phrases)

    @staticmethod
    def named() -> set[str]:
        phrases = [phrase for phrases in read_phrasebook().values() for phrase in phrases]
        return {name.lower() for phrase in phrases for _, name, _, _ in Formatter().parse(phrase) if name is not None}
