"""What the application brings into its process."""

import subprocess
import sys

LOADED = "import sys; from codimir.app import create_app; create_app(); print(*sys.modules)"


def test_nothing_is_loaded_that_only_holds_memory() -> None:
    """Litestar brings plugins for every library of shapes that happens to be installed."""
    loaded = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True).stdout.split()  # noqa: S603 - our own
    assert "litestar" in loaded
    assert {"pydantic", "attrs", "alembic", "typer", "uvicorn"}.isdisjoint(loaded)
