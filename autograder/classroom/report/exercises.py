"""What an exercise and its misconceptions are called, in words."""

from __future__ import annotations

import functools
import sys
from dataclasses import dataclass

from autograder.bank.master import exercise_names, read_master
from autograder.bank.variants import read_variants


@functools.cache
def title_of(exercise: str) -> str:
    """The title of an exercise: the first part of its notebook's heading, such as "1. Custom loss"."""
    if exercise not in exercise_names():
        return exercise or "Unknown exercise"
    return read_master(exercise).title.partition(": ")[0].strip()


def place_of(exercise: str) -> tuple[int, str]:
    """What exercises are sorted by: the number in the title, those without one last."""
    number = title_of(exercise).partition(".")[0]
    return int(number) if number.isdecimal() else sys.maxsize, exercise


@dataclass(frozen=True)
class Belief:
    """A misconception in words."""

    statement: str
    hint: str

    @property
    def short(self) -> str:
        """The statement within a sentence."""
        return self.statement.removesuffix(".")


@functools.cache
def beliefs(exercise: str) -> dict[str, Belief]:
    """The misconceptions of an exercise by name; none where the exercise is not in this kit any more."""
    if exercise not in exercise_names():
        return {}
    variants = read_variants(exercise, "misconceptions")
    return {variant.name: Belief(variant.statement, variant.hint) for variant in variants}
