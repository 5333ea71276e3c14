"""The search for a counter-example: Hypothesis draws the cases and shrinks the first that fails."""

from __future__ import annotations

import copy
import functools
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import hypothesis
import numpy as np
from hypothesis import HealthCheck, Phase

from keras_checks.compare import Failure
from keras_checks.question import Case, Check, Trial

Evaluate = Callable[[Case], Failure | None]
REMEMBERED = 64


@dataclass(frozen=True)
class Found:
    """The smallest case that fails, and how."""

    case: Case
    failure: Failure


class _CounterExample(Exception):
    """Tells Hypothesis that a case fails."""


def search(
    check: Check, evaluate: Evaluate, seed: int, examples: int | None = None, *, skip_first: bool = False
) -> Found | None:
    """Try ``check`` on cases drawn from ``seed``; the smallest failing case found, or None.

    The first case that Hypothesis draws is the smallest one, whatever the seed: ``skip_first`` passes it over.

    Each case is evaluated once and its outcome remembered, so an answer that changes from call to call
    cannot make the search inconsistent. After ``check.trial.shrinks`` evaluations beyond the first failure, cases that
    have not been tried count as passing: the end comes after a fixed number of steps, not of seconds.
    """
    return _search(check.trial, evaluate, seed, examples, skip_first)


def _search(trial: Trial, evaluate: Evaluate, seed: int, examples: int | None, skip_first: bool) -> Found | None:
    outcomes: dict[str, Failure | None] = {}
    failed: dict[str, Found] = {}
    left = trial.shrinks

    skipping = skip_first

    def outcome(case: Case) -> Failure | None:
        nonlocal left, skipping
        key = fingerprint(case)
        if skipping:
            skipping = False
            outcomes[key] = None
        if key not in outcomes:
            if failed and left <= 0:
                return None
            left -= bool(failed)
            outcomes[key] = evaluate(case)
        failure = outcomes[key]
        if failure is not None and failure.final:
            left = 0
        return failure

    last: list[Found] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=(examples or trial.examples) + skip_first,
        database=None,
        deadline=None,
        derandomize=False,
        report_multiple_bugs=False,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),  # pyright: ignore[reportArgumentType]
        verbosity=hypothesis.Verbosity.quiet,
    )
    @hypothesis.given(trial.cases)
    def attempt(case: Case) -> None:
        failure = outcome(case)
        if failure is not None:
            key = fingerprint(case)
            failed.setdefault(key, Found(case, failure))
            last[:] = [failed[key]]
            raise _CounterExample

    try:
        attempt()
    except _CounterExample:
        return last[0]
    return None


def fixed_cases(exercise: str, check: Check) -> list[Case]:
    """The cases of a check that are the same for everybody."""
    return drawn_cases(check, fixed_seed(exercise, check))


def drawn_cases(check: Check, seed: int, examples: int | None = None, *, skip_first: bool = False) -> list[Case]:
    """The cases that :func:`search` tries as long as none fails."""
    return copy.deepcopy([*_drawn(check.trial, seed, examples, skip_first)])


@functools.lru_cache(maxsize=256)  # to draw takes longer than to check what was seen
def _drawn(trial: Trial, seed: int, examples: int | None, skip_first: bool) -> tuple[Case, ...]:
    cases: list[Case] = []
    _search(trial, lambda case: cases.append(case), seed, examples, skip_first)
    return tuple(cases)


def fixed_seed(exercise: str, check: Check) -> int:
    """The seed of the cases that are the same for everybody; checks of one probe and strategy share them."""
    return _hash_int(f"{exercise}/{check.probe}")


def salted_seed(exercise: str, check: Check, salt: str) -> int:
    """The seed of the cases that only this submission gets."""
    return _hash_int(f"{exercise}/{check.probe}/{salt}")


def _hash_int(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def remembering(function: Callable[..., Any]) -> Callable[..., Any]:
    """Call a function of plain data once for equal arguments. What it returns must not be changed."""
    results: dict[str, Any] = {}

    @functools.wraps(function)
    def remembered(*args: Any, **kwargs: Any) -> Any:
        key = fingerprint([args, kwargs])
        if key not in results:
            results[key] = function(*args, **kwargs)
            if len(results) > REMEMBERED:
                del results[next(iter(results))]
        return results[key]

    return remembered


def fingerprint(data: Any) -> str:
    """A hash of plain data; equal for equal values, shapes and types."""
    digest = hashlib.sha256()
    _feed(digest, data)
    return digest.hexdigest()


def _feed(digest: Any, data: Any) -> None:
    if isinstance(data, dict):
        for key in sorted(data):
            digest.update(f"{{{key!r}:".encode())
            _feed(digest, data[key])
    elif isinstance(data, list | tuple):
        digest.update(f"[{len(data)}".encode())
        for item in data:
            _feed(digest, item)
    elif isinstance(data, np.ndarray):
        digest.update(f"{data.dtype.str}{data.shape}".encode())
        digest.update(np.ascontiguousarray(data).tobytes())
    else:
        digest.update(f"{type(data).__name__}={data!r};".encode())
