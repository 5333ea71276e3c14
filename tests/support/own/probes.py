"""Probes of the tests' own, found by workers of a fork server that has `tests/support` among its roots."""

from __future__ import annotations

from typing import Any

from keras_checks.observe import Namespace, probe
from keras_checks.question import Case


@probe
def call(namespace: Namespace, case: Case) -> Any:
    """What the notebook's ``answer`` returns for the values of the case."""
    return namespace["answer"](**case)
