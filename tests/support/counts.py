"""Prints the sentence of the README that counts exercises and answers: run it, and paste what it prints.

uv run python tests/support/counts.py
"""

from __future__ import annotations

from autograder.bank.master import exercise_names
from autograder.bank.variants import read_bank


def sentence() -> str:
    """What the bank holds, in numbers."""
    names = exercise_names()
    banks = [read_bank(name) for name in names]
    right, wrong = (sum(len(bank[kind]) for bank in banks) for kind in ("alternatives", "misconceptions"))
    return f"For {len(names)} exercises, the bank holds {right} right answers and {wrong} wrong ones."


if __name__ == "__main__":
    print(sentence())
