"""The only place where a check touches a student's objects: probes, and what may leave them."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from keras_checks.defaults import default_settings
from keras_checks.errors import describe_error, short
from keras_checks.question import EXERCISES, Case, Probe

_PROBES: dict[tuple[str, str], Any] = {}
SECRET = "secret_"
"""Keys of a case that start so never reach an answer."""


class MissingAnswer(Exception):
    """A graded name is not defined in the notebook, or gives nothing yet."""


class Namespace:
    """The names that a notebook has defined. Reading one that is missing raises :class:`MissingAnswer`."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.names = names

    def __getitem__(self, name: str) -> Any:
        if name not in self.names:
            raise MissingAnswer(f"`{name}` is not defined in the notebook.")
        return self.names[name]

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call an answer; an answer of None (a stub) is an error that says so."""
        result = self[name](*args, **kwargs)
        if result is None:
            raise MissingAnswer(f"`{name}(...)` returned None. Is it written, and does it end in a `return`?")
        return result

    def with_method(self, name: str, method: str, base: type, made: Any = None) -> Any:
        """An answer that is a class with a method of its own: notebooks extend a class from cell to cell.

        Raises MissingAnswer where the method is missing, or is that of ``base``, and ``made``, an object of the class,
        holds no function of that name either.
        """
        found = self[name]
        missing = getattr(found, method, None) in (None, getattr(base, method, None))
        if isinstance(found, type) and missing and method not in getattr(made, "__dict__", {}):
            raise MissingAnswer(
                f"`{name}` has no method `{method}`: the class that the notebook holds now is that of another cell. "
                "Run the cells of this question again, from top to bottom. A cell that adds a method begins with "
                f"`class {name}({name}):`."
            )
        return found

    def eager(self, name: str) -> Callable[..., Any]:
        """The Python function behind an answer that may be decorated with ``tf.function``."""
        return getattr(self[name], "python_function", self[name])

    @contextmanager
    def replaced(self, **names: Any) -> Iterator[None]:
        """Rebind globals of the notebook for the time of a probe."""
        missing = object()
        before = {name: self.names.get(name, missing) for name in names}
        self.names.update(names)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is missing:
                    self.names.pop(name, None)
                else:
                    self.names[name] = value


def probe(function: Probe) -> Probe:
    """Register ``function(namespace, case)`` as a probe of the module that defines it."""
    key = (function.__module__, function.__name__)
    _PROBES[key] = function
    return function


def probe_of(exercise: str, name: str) -> Any:
    """A probe of an exercise by its name."""
    return _PROBES[load_probes(exercise), name]


def register_probe(module: str, name: str, probe: Any) -> None:
    """Register anything that is called as a probe is."""
    _PROBES[module, name] = probe


def sent(case: Case) -> Case:
    """A case without its secrets: what only the trusted side may know of how it was made."""
    return {key: value for key, value in case.items() if not key.startswith(SECRET)}


def load_probes(exercise: str) -> str:
    """Import the module of an exercise's probes; its name. (A dotted name is that of a module itself.)"""
    name = exercise if "." in exercise else f"{EXERCISES}.{exercise}"
    if not any(module == name for module, _ in _PROBES):
        importlib.import_module(name)
    return name


def run_probe(exercise: str, name: str, names: dict[str, Any], case: Case) -> dict[str, Any]:
    """Run a probe on a notebook's names.

    Returns ``{"seen": plain data}``, or ``{"error": {"type", "message", "where"}}`` when the code under test raised.
    """
    function = probe_of(exercise, name)
    try:
        with default_settings():
            return {"seen": plain(function(Namespace(names), sent(case)))}
    except Exception as error:
        return {"error": describe_error(error)}


@functools.singledispatch
def plain(value: Any) -> Any:
    """``value`` as plain data: None, bool, int, float, str, list, dict and numeric NumPy arrays.

    Tensors and variables become arrays. Raises TypeError for what cannot be a number.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if type(value).__name__ == "KerasTensor":
        raise TypeError(f"expected numbers, got the symbolic {type(value).__name__} of shape {value.shape}")
    if type(value).__name__ == "IndexedSlices":  # the gradient of what picks rows, as `tf.gather` does
        value = _whole(value)
    if hasattr(value, "numpy") or hasattr(value, "__array__"):
        return _numeric(value.numpy() if hasattr(value, "numpy") else value)
    raise TypeError(f"expected a tensor or a number, got {short(repr(value))} (type={type(value).__name__})")


def _whole(slices: Any) -> Any:
    import tensorflow as tf  # a student's package is imported before TensorFlow is

    return tf.convert_to_tensor(slices)


@plain.register(dict)
def _plain_dict(value: dict[Any, Any]) -> dict[str, Any]:
    return {str(key): plain(item) for key, item in value.items()}


@plain.register(list)
@plain.register(tuple)
def _plain_list(value: Any) -> list[Any]:
    return [plain(item) for item in value]


@plain.register(np.ndarray)
@plain.register(np.generic)
def _numeric(value: Any) -> np.ndarray:
    found = np.asarray(value)
    if found.dtype.name == "bfloat16":
        found = found.astype(np.float32)
    if found.dtype.kind not in "biuf":
        raise TypeError(f"expected numbers, got an array of dtype {found.dtype}")
    return np.array(found)
