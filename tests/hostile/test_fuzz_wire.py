"""A worker that speaks garbage: the judge gets plain data or a failure of the student's, and nothing else.

What imports TensorFlow is imported by the tests that need it: to collect them must cost nothing.
"""

from __future__ import annotations

import json
import struct
from collections import Counter
from typing import Any

import numpy as np
import pytest
from garbage import Taken
from handed_in import EXERCISE, reference_cells
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from keras_checks.errors import MAX_TEXT
from keras_checks.runner import search
from mutations import broken_bytes, json_values, texts

from autograder.results.records import Outcome
from autograder.workers import sealed_worker
from autograder.workers.frames import DTYPES, LENGTHS, MAX_REPLY_HEADER, WireError, check_lengths, decode, encode
from autograder.workers.limits import Limits
from autograder.workers.student import ProbeDied, Student
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


def is_plain(value: Any) -> bool:
    """Whether it is made of what may cross, and nothing else."""
    match value:
        case None | bool() | float():
            return True
        case int():
            return -(2**63) <= value < 2**64
        case str():
            return value == value.encode("utf-8", "replace").decode()
        case list():
            return all(map(is_plain, value))
        case dict():
            return all(type(key) is str and is_plain(key) and is_plain(item) for key, item in value.items())
    return type(value) is np.ndarray and value.dtype in DTYPES.values() and value.flags.writeable


def test_a_frame_is_plain_data_or_refused() -> None:
    became: Counter[str] = Counter()

    @settings(FUZZ, max_examples=1500)
    @given(frames())
    def decoded(data: bytes) -> None:
        try:
            value = decode(data, MAX_REPLY_HEADER)
        except WireError:
            became["refused"] += 1
            return
        became["data"] += 1
        assert is_plain(value)
        again = encode(value)
        assert encode(decode(again)) == again
        np.testing.assert_equal(decode(again), value)

    decoded()
    assert min(became["refused"], became["data"]) > 100, "the frames are all alike"


MANY = 3
"""Cases of a check: a number such as 0 is right in one of them, and in all of them it is garbage."""
UNKNOWN = {"error": {"type": "ValueError", "message": "the answer has no known form", "where": ""}}


@settings(FUZZ, max_examples=300)
@given(seen=plain, more=st.dictionaries(texts.filter(lambda key: key not in ("seen", "error")), plain, max_size=2))
def test_of_an_observation_nothing_is_kept_but_what_was_seen(seen: Any, more: dict[str, Any]) -> None:
    from autograder.grading.worker_observer import well_formed

    found = well_formed({**more, "seen": seen})
    assert found.keys() == {"seen"}
    assert found["seen"] is seen
    assert well_formed(more) == UNKNOWN


@settings(FUZZ, max_examples=300)
@given(st.fixed_dictionaries({"type": plain, "message": plain, "where": st.one_of(texts, st.just("x" * 5000))}))
def test_of_an_error_three_short_texts_are_kept(error: dict[str, Any]) -> None:
    from autograder.grading.worker_observer import well_formed

    found = well_formed({"error": error, "points": 10})
    if all(isinstance(text, str) for text in error.values()):
        kept = {"type": error["type"][:80], "message": error["message"][:MAX_TEXT], "where": error["where"][:MAX_TEXT]}
        assert found == {"error": kept}
    else:
        assert found == UNKNOWN


LIMITS = Limits(cell_seconds=1, probe_seconds=0.1, total_seconds=20, replays=0)


def outcome_of(reply: bytes) -> Any:
    """What must come of a reply: an observation, or the kind of failure."""
    if len(reply) < LENGTHS.size:
        return "timeout"  # the rest is waited for
    length, header = LENGTHS.unpack_from(reply)
    try:
        check_lengths(length, header, MAX_REPLY_HEADER)
        if len(reply) < 4 + length:
            return "timeout"
        message = decode(reply[: 4 + length], MAX_REPLY_HEADER)
    except WireError:
        return "malformed"
    match message:
        case {"nonce": nonce, "observation": dict(observation)} if nonce == NONCE:
            return observation
    return "malformed"


def test_a_taken_worker_gives_an_observation_or_fails(bare: Zygote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_worker, "LATE_SECONDS", 0.5)
    became: Counter[str] = Counter()

    @settings(FUZZ, max_examples=60)  # a third of them has to be waited for
    @given(reply=frames())
    def asked(reply: bytes) -> None:
        expected = outcome_of(reply)
        became[expected if isinstance(expected, str) else "seen"] += 1
        with Student(Taken(bare, [reply]), [], "own", LIMITS, seed=1) as student:  # type: ignore[arg-type]
            try:
                found: Any = student.observe("probe", {"x": np.zeros(2)})
            except ProbeDied as died:
                assert died.message
                found = died.kind
        assert repr(found) == repr(expected)

    asked()
    assert min(became[kind] for kind in ("seen", "malformed", "timeout")) > 2, became
    assert bare.ping()["threads"] == 1


def test_whatever_is_seen_is_judged() -> None:
    """No check passes garbage, and what the student then reads can be written."""
    from autograder.grading.agreement import alike
    from autograder.grading.grader import load_questions
    from autograder.grading.observer import Trusted
    from autograder.grading.trusted_process import _said
    from autograder.grading.verdict import Verdict, judge_case
    from autograder.results.markdown import markdown

    checks = [check for question in load_questions(EXERCISE) for check in question.checks]
    observer = Trusted(EXERCISE, reference_cells(), "fuzz", 20)
    known = []
    for check in checks:
        drawn: list[Any] = []
        search(check, lambda case, drawn=drawn: drawn.append(case), 1, MANY)
        known.append((check, [(case, observer.observe(check.probe, case)) for case in drawn]))
    for check, cases in known:
        for case, expected in cases:
            assert judge_case(check, case, expected, lambda expected=expected: expected) is None, "the reference fails"

    @settings(FUZZ, max_examples=150)
    @given(seen=plain)
    def judged(seen: Any) -> None:
        assert alike(seen, seen)
        for check, cases in known:
            for case, expected in cases:
                failure = judge_case(check, case, {"seen": seen}, lambda expected=expected: expected)
                if failure is not None:
                    break
            assert failure is not None, f"garbage passes {check.question}.{check.name}"
            said = _said(EXERCISE, Verdict(check, Outcome.FAILED, failure, case, {"seen": seen}), None)
            assert said is not None
            text = markdown(said)
            assert check.question.replace("_", "\\_") in text
            text.encode()
            assert not alike(seen, expected["seen"])

    judged()
