"""The measurement of the slowest texts runs, in small."""

from pathlib import Path

from benchmarks import dataset, worst_texts


class TestWorstTexts:
    def test_it_sets_others_beside_each_attack(self, tmp_path: Path) -> None:
        settings = dataset.prepare(tmp_path, 300, lambda _: None)
        lines = worst_texts.measure(settings, 0.2)
        assert lines[0].name == "lists, for comparison"
        assert len({line.name for line in lines}) == len(lines) > 5
        assert not {line.attacks.first_error for line in lines} - {None, "no reply on a connection until the end"}
