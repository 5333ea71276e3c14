"""The probes of an exercise for one worker, out of reach of the code that they look at."""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

PACKAGE = "keras_checks"


@dataclass(frozen=True)
class Probes:
    """``run(probe, names, case)`` gives an observation; ``set_seeds(seed)`` seeds all generators.

    ``build(probe, names, case)`` gives a model as data, ``measure(probe, model, case)`` what is seen of one.
    """

    run: Callable[[str, dict[str, Any], dict[str, Any]], dict[str, Any]]
    build: Callable[[str, dict[str, Any], dict[str, Any]], dict[str, Any]]
    measure: Callable[[str, dict[str, Any], dict[str, Any]], dict[str, Any]]
    set_seeds: Callable[[int], None]
    modules: tuple[ModuleType, ...]
    """Where all this lies: what is replaced there is tampering."""


def take_probes(exercise: str) -> Probes:
    """Import the probes of an exercise, then forget that package: what a notebook imports is another copy."""
    observe = importlib.import_module(f"{PACKAGE}.observe")
    of_models = importlib.import_module(f"{PACKAGE}.model_probes")
    seeds = importlib.import_module(f"{PACKAGE}.seeds")
    observe.load_probes(exercise)
    modules = [sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] == PACKAGE]
    run, build, measure = (
        functools.partial(each, exercise)
        for each in (observe.run_probe, of_models.build_model, of_models.measure_model)
    )
    return Probes(run, build, measure, seeds.set_seeds, tuple(modules))
