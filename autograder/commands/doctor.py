"""`kit doctor`."""

from __future__ import annotations

import typer
from rich.console import Console
from rich.table import Table

from autograder.grading.session import HIDDEN
from autograder.verifying.doctor import HOLDS, isolation_table, memory_available_mb, versions


def run(console: Console) -> None:
    """Show a table of layers, then versions and memory; exit with 1 where the seal does not hold."""
    table = Table("Layer", "Works", "Why")
    rows = isolation_table(HIDDEN)
    for row in rows:
        table.add_row(row.layer, "yes" if row.works else "no", row.why)
    console.print(table)
    console.print("  ".join(f"{name} {version}" for name, version in versions().items()), highlight=False)
    console.print(f"Memory available: {memory_available_mb()} MB", highlight=False)
    if not any(row.layer == HOLDS and row.works for row in rows):
        raise typer.Exit(1)
