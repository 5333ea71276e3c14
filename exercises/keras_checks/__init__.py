"""The checks that run in the exercise notebooks. Importing this is cheap: TensorFlow comes with the first check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from keras_checks.notebook.grader import Notebook

__all__ = ["Notebook"]
__version__ = "1.0.0"


def __getattr__(name: str) -> Any:
    if name == "Notebook":
        from keras_checks.notebook.grader import Notebook

        return Notebook
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
