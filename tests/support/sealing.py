"""What the tests of the seal share."""

from __future__ import annotations

from collections.abc import Callable

from autograder.workers.student import Student

MakeStudent = Callable[..., Student]

# A submission may define probes of its own: they run in its worker, and only there.
OWN_PROBES = """
import sys, types
from keras_checks.observe import probe
sys.modules["keras_checks.exercises.own"] = types.ModuleType("keras_checks.exercises.own")

def own(function):
    function.__module__ = "keras_checks.exercises.own"
    return probe(function)
"""
