"""How Keras's gradient descent moves weights by the rule of a case (see `keras_checks.testbeds.descent`), in NumPy."""

from __future__ import annotations

from typing import Any

from keras_checks.question import Case


def ahead(case: Case) -> float:
    """By how many learning rates a gradient moves weights at once: with Nesterov's rule, momentum adds to its step."""
    return 1 + case["momentum"] if case["nesterov"] else 1.0


def driven(case: Case, rate: float, before: Any, change: Any) -> Any:
    """The part of a change that weight decay did not make."""
    return change + rate * case["weight_decay"] * before


def velocity(case: Case, change: Any, earlier: Any) -> Any:
    """The velocity after a change that was driven, where ``earlier`` was the velocity before."""
    return (change + case["momentum"] * earlier) / ahead(case) if case["nesterov"] else change


def carried(case: Case, speed: Any) -> Any:
    """What a velocity adds to the next change."""
    return (case["momentum"] ** 2 if case["nesterov"] else case["momentum"]) * speed
