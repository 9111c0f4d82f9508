"""What a process and its database measure."""

from collections.abc import Mapping
from typing import NamedTuple

from codimir.database.core import Database
from codimir.monitoring.process import descriptor_limit, memory_bytes, open_descriptors
from codimir.server.connections import Connections
from codimir.server.metrics import REQUESTS


class Measure(NamedTuple):
    """A number of now, and what it means."""

    meaning: str
    value: float


async def measure(db: Database, connections: Connections | None) -> Mapping[str, Measure]:
    """Measure what there is to measure; `connections` are there where a server of ours has the request."""
    load = await db.load()
    measures = {"codimir_database_bytes": Measure("How large the database is.", load.size_bytes)}
    if load.waiting_writes is not None:
        measures["codimir_writes_waiting"] = Measure("Writes that wait for the writer.", load.waiting_writes)
    measures |= {name: Measure(meaning, value) for name, meaning, value in _of_process() if value is not None}
    if connections is not None:
        measures |= {
            "codimir_connections": Measure("Open connections.", len(connections)),
            "codimir_connections_waiting": Measure("Connections that wait for a request.", connections.count_waiting()),
            "codimir_connections_limit": Measure("The most connections.", connections.limits.connections),
            "codimir_event_loop_lag_seconds": Measure("How late the event loop was last.", connections.lag_seconds),
        }
    return measures


def _of_process() -> list[tuple[str, str, float | None]]:
    return [
        ("codimir_memory_bytes", "How much memory the process holds.", memory_bytes()),
        ("codimir_descriptors", "Open files and sockets.", open_descriptors()),
        ("codimir_descriptors_limit", "The most open files and sockets.", descriptor_limit()),
    ]


def text_of(measures: Mapping[str, Measure]) -> str:
    """Write measures and requests in the text format of Prometheus."""
    lines = []
    for name, each in measures.items():
        lines += [f"# HELP {name} {each.meaning}", f"# TYPE {name} gauge", f"{name} {each.value}"]
    return "\n".join([*lines, *REQUESTS.lines(), ""])
