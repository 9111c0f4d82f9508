"""`python -m benchmarks.plots`: write what `benchmarks.growth` has saved into docs/performance.md.

The drawing is Mermaid (https://mermaid.js.org/syntax/xyChart.html), which forges draw where Markdown is shown.
"""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from benchmarks.growth import MAX_COST, RESULTS, Growth
from benchmarks.servers import ROOT

PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- written by python -m benchmarks.plots -->", "<!-- until here -->"


def main() -> None:
    """Write the part of the page anew."""
    PAGE.write_text(with_results(PAGE.read_text(), saved()))


def saved(folder: Path = RESULTS) -> list[Growth]:
    """Return what was saved, the oldest version first."""
    found = [msgspec.json.decode(file.read_bytes(), type=Growth) for file in folder.glob("*.json")]
    return sorted(found, key=lambda growth: [int(part) for part in growth.version.split(".")])


def with_results(page: str, results: list[Growth]) -> str:
    """Return the page with the results between its two marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return "\n".join([f"{before}{BEGIN}", "", *section(results), "", f"{END}{after}"])


def section(results: list[Growth]) -> list[str]:
    """Write the drawing of the newest version, its table, and a line for each version."""
    newest = results[-1]
    return [*_drawing(newest), "", *_costs(newest), "", *_versions(results)]


def _drawing(growth: Growth) -> list[str]:
    times = [_times(growth, name) for name in growth.cases]
    most = [MAX_COST[name] for name in growth.cases]
    return [
        "```mermaid",
        "xychart-beta",
        f'    title "Cost with {growth.sizes[-1]:,} tickets as a multiple of that with {growth.sizes[0]:,}"',
        f"    x-axis [{', '.join(_quoted(growth.cases))}]",
        f'    y-axis "times" 0 --> {max(*times, *most) + 0.5:.1f}',
        f"    bar [{_numbers(times)}]",
        f"    line [{_numbers(most)}]",
        "```",
        "",
        "Bars: measured; line: the target.",
    ]


def _costs(growth: Growth) -> list[str]:
    head = ["processor time of one reply", *(f"{size:,}" for size in growth.sizes), "times", "target"]
    lines = [_row(head), _row("---" for _ in head)]
    for name, figures in growth.cases.items():
        costs = [f"{each.processor_ms:.2f} ms" for each in figures]
        lines.append(_row([name, *costs, f"{_times(growth, name):.2f}", f"{MAX_COST[name]:g}"]))
    first, *_, last = growth.started_ms
    lines.append(
        _row(["first reply after the start", *(f"{ms:.0f} ms" for ms in growth.started_ms), f"{last / first:.2f}", ""])
    )
    memory = ["" if mb is None else f"{mb:.0f} MB" for mb in growth.memory_mb]
    return [*lines, _row(["memory after all of it", *memory, "", ""])]


def _versions(results: list[Growth]) -> list[str]:
    names = list(results[-1].cases)
    lines = [_row(["times, by version", *names]), _row("---" for _ in range(len(names) + 1))]
    for growth in results:
        times = [f"{_times(growth, name):.2f}" if name in growth.cases else "" for name in names]
        lines.append(_row([growth.version, *times]))
    return lines


def _times(growth: Growth, name: str) -> float:
    first, *_, last = growth.cases[name]
    return last.processor_ms / first.processor_ms


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _quoted(names: Iterable[str]) -> list[str]:
    return [f'"{name}"' for name in names]


def _numbers(values: Iterable[float]) -> str:
    return ", ".join(f"{value:.2f}" for value in values)


if __name__ == "__main__":
    main()
