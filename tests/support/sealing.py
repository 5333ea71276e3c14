"""What the tests of sealed workers share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.workers.canary import SealReport
from autograder.workers.student import Student

SUPPORT = Path(__file__).parent
OWN_PROBES = "own.probes"
MakeStudent = Callable[..., Student]


def need(seal: SealReport, *layers: str) -> None:
    """Skip the test, and say why, where this machine lacks one of the layers."""
    for layer in layers:
        if layer not in seal.layers:
            pytest.skip(f"needs the layer {layer}, which is off here: {seal.reasons.get(layer, 'no reason given')}")
