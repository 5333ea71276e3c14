"""`kit doctor`."""

from __future__ import annotations

from collections.abc import Sequence

import typer
from rich.console import Console
from rich.table import Table

from autograder.grading.session import HIDDEN
from autograder.seal.enter import LAYERS
from autograder.verifying.doctor import HOLDS, LayerState, isolation_table, memory_available_mb, versions

TWO_MB = 1256
"""What two submissions at a time took at most in a class of 300; see the README's table."""
NEEDED_MB = 2 * TWO_MB
"""For two submissions at a time, one of which may need as much again."""
NOT_SEALED = (
    "hidden files can be read. Use a Linux kernel with Landlock (5.13 or newer), or run as root with a Python that "
    "other users can read (UV_PYTHON_INSTALL_DIR=/opt/python uv sync), or grade in the container of the Containerfile."
)


def run(console: Console) -> None:
    """Show a table of layers, then versions and memory; exit with 1 where the seal does not hold."""
    table = Table("Layer", "Works", "Why")
    rows = isolation_table(HIDDEN)
    for row in rows:
        table.add_row(row.layer, "yes" if row.works else "no", row.why)
    console.print(table)
    console.print("  ".join(f"{name} {version}" for name, version in versions().items()), highlight=False)
    console.print(f"Memory available: {memory_available_mb()} MB", highlight=False)
    memory = memory_available_mb()
    console.print(verdict(rows, memory), highlight=False, markup=False)
    if not _holds(rows):
        raise typer.Exit(1)


def verdict(rows: Sequence[LayerState], memory_mb: int) -> str:
    """Whether this machine is ready to grade, or what to do."""
    if not _holds(rows):
        return f"Not ready: {NOT_SEALED}"
    if 0 < memory_mb < NEEDED_MB:
        return f"Ready to grade one submission at a time (--jobs 1): {memory_mb} MB are free, two need {NEEDED_MB} MB."
    missing = [row.layer for row in rows if row.layer in LAYERS and not row.works]
    return f"Ready to grade, without {', '.join(missing)}." if missing else "Ready to grade."


def _holds(rows: Sequence[LayerState]) -> bool:
    return any(row.layer == HOLDS and row.works for row in rows)
