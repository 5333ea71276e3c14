"""Keras's own Dense is no answer to `threaded_dense`, whatever it is dressed in; a layer that contains one is."""

from __future__ import annotations

from typing import Any

import pytest
from keras_checks.observe import run_probe

CASE = {"x": [[1, 2, 3]], "units": 2, "use_bias": True, "activation": None}
DRESSES = ("itself", "heir", "function", "metaclass", "new", "class changed")


def dressed() -> dict[str, Any]:
    """Keras's Dense by its :data:`DRESSES`, and a layer that contains one, as the text allows: `owner`."""
    import keras

    Dense = keras.layers.Dense

    class Heir(Dense):
        """Inherits the work."""

    class Made(type):
        """Classes that make a Dense."""

        def __call__(cls, *args: Any, **kwargs: Any) -> Any:
            return Dense(*args, **kwargs)

    class ByMetaclass(metaclass=Made):
        pass

    class ByNew(keras.layers.Layer):
        def __new__(cls, *args: Any, **kwargs: Any) -> Any:
            return Dense(*args, **kwargs)

    class Turned(keras.layers.Layer):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            self.__class__ = Dense
            Dense.__init__(self, *args, **kwargs)  # pyright: ignore[reportArgumentType]

    class Owner(keras.layers.Layer):
        def __init__(self, units: int, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.inside = Dense(units)

        def call(self, x: Any) -> Any:
            return self.inside(x)

    def function(*args: Any, **kwargs: Any) -> Any:
        return Dense(*args, **kwargs)

    dresses = (Dense, Heir, function, ByMetaclass, ByNew, Turned)
    return dict(zip(DRESSES, dresses, strict=True)) | {"owner": Owner}


@pytest.mark.parametrize("name", DRESSES)
def test_dense_is_no_answer(name: str) -> None:
    found = run_probe("threaded_dense", "worked", {"ThreadedDense": dressed()[name]}, CASE)
    assert "not of `Dense`" in found["error"]["message"]


def test_a_layer_that_contains_one_is() -> None:
    found = run_probe("threaded_dense", "worked", {"ThreadedDense": dressed()["owner"]}, CASE)
    assert found["seen"]["y"].tolist() == [[3.5, 3.5]]
