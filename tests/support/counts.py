"""Prints the sentence of the README that counts exercises and answers: run it, and paste what it prints.

uv run python tests/support/counts.py
"""

from __future__ import annotations

from autograder.bank.master import exercise_names
from autograder.bank.variants import read_variants


def sentence() -> str:
    """What the bank holds, in numbers."""
    names = exercise_names()
    right, wrong = (
        sum(len(read_variants(name, kind)) for name in names) for kind in ("alternatives", "misconceptions")
    )
    return f"For {len(names)} exercises, the bank holds {right} right answers and {wrong} wrong ones."


if __name__ == "__main__":
    print(sentence())
