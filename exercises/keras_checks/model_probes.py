"""Probes of models whose design is free: a model of Keras's own layers is data, and is looked at elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from keras_checks import models
from keras_checks.defaults import default_settings
from keras_checks.errors import describe_error
from keras_checks.observe import Namespace, plain, probe_of, register_probe, sent
from keras_checks.question import Case


@dataclass(frozen=True)
class ModelProbe:
    """A probe of a model whose design is free: ``build(namespace, case)`` makes it, ``measure(model, case)`` looks.

    Where a submission is graded, the two run in different processes: the model crosses as configuration and weights.
    A model that can't cross is measured beside the code that made it, and case and observation say so: ``in_place``.
    """

    build: Callable[[Namespace, Case], Any]
    measure: Callable[[Any, Case], Any]

    def __call__(self, namespace: Namespace, case: Case) -> Any:
        here = {"in_place": True}
        return self.measure(self.build(namespace, case), case | here) | here


def model_probe(build: Callable[[Namespace, Case], Any]) -> Callable[[Callable[[Any, Case], Any]], ModelProbe]:
    """Register ``measure(model, case)`` as a probe of the Keras model that ``build(namespace, case)`` makes."""

    def register(measure: Callable[[Any, Case], Any]) -> ModelProbe:
        found = ModelProbe(build, measure)
        register_probe(measure.__module__, measure.__name__, found)
        return found

    return register


def is_model_probe(exercise: str, name: str) -> bool:
    """Whether a probe of an exercise looks at a model that can cross as data."""
    return isinstance(probe_of(exercise, name), ModelProbe)


def build_model(exercise: str, name: str, names: dict[str, Any], case: Case) -> dict[str, Any]:
    """The model of a model probe as plain data: ``{"seen": {"model": ...}}``, or an error as :func:`run_probe` gives.

    ``{"seen": {"model": None}}`` where it holds code of the student's.
    """
    function = probe_of(exercise, name)
    try:
        with default_settings():
            return {"seen": {"model": models.pack(function.build(Namespace(names), sent(case)))}}
    except Exception as error:
        return {"error": describe_error(error)}


def measure_model(exercise: str, name: str, packed: dict[str, Any], case: Case) -> dict[str, Any]:
    """What a model probe sees of a model that came as data."""
    function = probe_of(exercise, name)
    try:
        with default_settings():
            return {"seen": plain(function.measure(models.unpack(packed), sent(case)))}
    except Exception as error:
        return {"error": describe_error(error)}
