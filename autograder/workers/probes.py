"""The probes of an exercise for one worker, out of reach of the code that they look at."""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

PACKAGE = "keras_checks"


@dataclass(frozen=True)
class Probes:
    """``run(probe, names, case)`` gives an observation; ``set_seeds(seed)`` seeds all generators."""

    run: Callable[[str, dict[str, Any], dict[str, Any]], dict[str, Any]]
    set_seeds: Callable[[int], None]


def take_probes(exercise: str) -> Probes:
    """Import the probes of an exercise, then forget that package: what a notebook imports is another copy."""
    observe = importlib.import_module(f"{PACKAGE}.observe")
    seeds = importlib.import_module(f"{PACKAGE}.seeds")
    observe.load_probes(exercise)
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]
    return Probes(functools.partial(observe.run_probe, exercise), seeds.set_seeds)
