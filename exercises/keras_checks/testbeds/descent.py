"""Gradient descent whose rule is drawn with a case: who moves weights by hand would have to know all of it."""

from __future__ import annotations

import keras
from hypothesis import strategies as st

from keras_checks.question import Case
from keras_checks.strategies import cases

PLAIN_DESCENT: Case = {"momentum": 0.0, "nesterov": False, "weight_decay": 0.0}
descent_rules = cases(
    momentum=st.sampled_from([0.5, 0.75]), nesterov=st.booleans(), weight_decay=st.sampled_from([1.0, 0.5, 2.0])
)
"""With momentum, an optimizer that is not used in each step shows in the next. Only the optimizer itself knows when and
how weights decay."""


def descent(case: Case, rate: float) -> keras.optimizers.SGD:
    """An optimizer with a learning rate and the rule of a case."""
    rule = {name: case[name] for name in PLAIN_DESCENT}
    return keras.optimizers.SGD(rate, **rule | {"weight_decay": case["weight_decay"] or None})
