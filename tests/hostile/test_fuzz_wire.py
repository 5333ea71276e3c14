"""A worker that speaks garbage: the judge gets plain data or a failure of the student's, and nothing else."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from garbage import Taken
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from mutations import broken_bytes, json_values, texts

from autograder.grading.trusted_process import _feedback, _well_formed
from autograder.workers.frames import MAX_REPLY_HEADER, WireError, decode, encode
from autograder.workers.student import Limits, ProbeDied, Student
from autograder.workers.zygote import Zygote

pytestmark = pytest.mark.slow
FUZZ = settings(deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
NONCE = "N" * 16

arrays = hnp.arrays(
    st.sampled_from(["float32", "float64", "int32", "int64", "uint8", "bool"]),
    st.lists(st.integers(0, 4), max_size=4).map(tuple),
)
plain = st.recursive(
    st.one_of(st.integers(-(2**63), 2**64 - 1), st.floats(), st.booleans(), st.none(), texts, arrays),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(["loss", "gradient", "mirrored", "$a"]), texts), inner, max_size=3),
    ),
    max_leaves=8,
)
headers = st.one_of(
    json_values,
    st.fixed_dictionaries({"nonce": st.just(NONCE), "observation": json_values}),
    st.fixed_dictionaries({"nonce": st.just(NONCE), "observation": st.fixed_dictionaries({"seen": json_values})}),
    st.fixed_dictionaries({"$a": st.tuples(st.sampled_from(["float32", "bool", "object", "O", "V8"]), json_values)}),
)


@st.composite
def frames(draw: Any) -> bytes:
    """A frame, well-formed, nearly, or not at all."""
    raw = json.dumps(draw(headers)).encode("utf-8", "surrogatepass")
    body = draw(st.binary(max_size=64))
    lengths = draw(
        st.one_of(
            st.just((4 + len(raw) + len(body), len(raw))),
            st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1)),
        )
    )
    data = struct.pack(">II", *lengths) + raw + body
    return draw(st.one_of(st.just(data), broken_bytes(data)))


@settings(FUZZ, max_examples=1500)
@given(frames())
def test_a_frame_is_plain_data_or_refused(data: bytes) -> None:
    try:
        value = decode(data, MAX_REPLY_HEADER)
    except WireError:
        return
    assert decode(encode(value, MAX_REPLY_HEADER), MAX_REPLY_HEADER) is not ...


@settings(FUZZ, max_examples=500)
@given(plain)
def test_whatever_is_observed_has_a_form_that_the_judge_knows(value: Any) -> None:
    if isinstance(value, dict):
        found = _well_formed(value)
        assert set(found) in ({"seen"}, {"error"})


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    with Zygote(bare=True, roots=[Path(__file__).parent]) as started:
        yield started


@settings(FUZZ, max_examples=60)
@given(replies=st.lists(frames(), min_size=1, max_size=3))
def test_a_taken_worker_costs_its_student_only(zygote: Zygote, replies: list[bytes]) -> None:
    limits = Limits(cell_seconds=1, probe_seconds=0.3, total_seconds=20, replays=2)
    with Student(Taken(zygote, replies), [], "own", limits, seed=1) as student:  # type: ignore[arg-type]
        for _ in range(2):
            try:
                found = student.observe("probe", {"x": np.zeros(2)})
            except ProbeDied as died:
                assert died.kind in ("died", "timeout", "malformed", "exhausted")
                assert died.message
            else:
                assert set(_well_formed(found)) in ({"seen"}, {"error"})
    assert zygote.ping()["threads"] == 1


@settings(FUZZ, max_examples=150)
@given(seen=plain)
def test_whatever_is_seen_is_judged(seen: Any) -> None:
    """Each check says passed or failed of it, and what the student then reads can be written."""
    from autograder.grading.diagnosis import alike
    from autograder.grading.grader import load_questions
    from autograder.grading.verdict import FAILED, Outcome, verdict

    for question in load_questions("custom_loss"):
        for check in question.checks:
            case, expected = _reference(check)
            failure = verdict(check, case, {"seen": seen}, expected)
            assert failure is not None, "garbage passes"
            outcome = Outcome(check, FAILED, failure, case, {"seen": seen})
            text = _feedback("custom_loss", outcome, None)
            assert text and text.encode()
            assert alike(seen, expected["seen"]) in (True, False)


KNOWN: dict[tuple[str, str], tuple[Any, Any]] = {}


def _reference(check: Any) -> tuple[Any, Any]:
    """A case of the check, and what the reference gives there."""
    from keras_checks.runner import search

    from autograder.bank.master import read_master
    from autograder.grading.observer import Trusted

    key = (check.question, check.name)
    if key not in KNOWN:
        drawn: list[Any] = []
        search(check, lambda case: drawn.append(case), 1, 1)
        cells = [cell.source for cell in read_master("custom_loss").reference_cells()]
        observer = Trusted("custom_loss", cells, "fuzz", 20)
        observer.ask(check.probe, drawn[0])
        KNOWN[key] = (drawn[0], observer.answer())
    return KNOWN[key]
