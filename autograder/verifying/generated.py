"""Right answers that nobody wrote: drawn from the strategies in `solutions/NAME/generated.py`."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import hypothesis
from hypothesis import HealthCheck, Phase
from hypothesis.strategies import SearchStrategy

from autograder.bank.markers import AuthoringError
from autograder.bank.variants import Variant
from autograder.paths import SOLUTIONS

TRIES = 4
"""Drawn sources for each that is wanted: some come twice."""


def generated_answers(exercise: str, count: int, only: str | None = None) -> list[Variant]:
    """``count`` right answers, all different, spread over the questions that have a strategy.

    `generated.py` defines ``ANSWERS``, a dict from question to a Hypothesis strategy of source texts.
    """
    strategies = {name: it for name, it in _strategies(exercise).items() if only in (None, name)}
    found: list[Variant] = []
    for number, (question, strategy) in enumerate(strategies.items()):
        share = count // len(strategies) + (number < count % len(strategies))
        sources = _draw(strategy, share, seed=number)
        found += [Variant(question, f"generated_{index}", "", "", source) for index, source in enumerate(sources)]
    return found


def _strategies(exercise: str) -> dict[str, SearchStrategy[str]]:
    module = load_beside(exercise, "generated.py")
    return module.ANSWERS if module else {}


def load_beside(exercise: str, file: str) -> ModuleType | None:
    """A module in the folder of an exercise, or None where there is none."""
    path = SOLUTIONS / exercise / file
    if not path.is_file():
        return None
    spec = importlib.util.spec_from_file_location(f"solutions_{exercise}_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise AuthoringError(path, "can't be imported: write a Python module")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _draw(strategy: SearchStrategy[str], count: int, seed: int) -> list[str]:
    drawn: dict[str, None] = {}

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=TRIES * count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),  # pyright: ignore[reportArgumentType]
        verbosity=hypothesis.Verbosity.quiet,
    )
    @hypothesis.given(strategy)
    def collect(source: str) -> None:
        drawn.setdefault(source)

    collect()
    return list(drawn)[:count]
