"""Notebooks that go wrong: each gets a result that a student understands, and the other questions keep their points."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from results_on_disk import points
from sessions import LIMITS, Grade

from autograder.grading.session import Session
from autograder.results.result import result

FULL = {"pinball_loss": 2, "pinball_loss_class": 3, "weighted_binary_crossentropy": 3, "make_quantile_model": 2}
HARMLESS = {
    "exit": "import sys; sys.exit()",
    "quit": "quit()",
    "output": "for i in range(10**6):\n    print('a line of output', i)",
    "input": "name = input('Your name? ')",
    "raise": "raise ValueError('oops')",
    "syntax": "def broken(:",
    "class_that_raises": "class Broken:\n    raise RuntimeError('while the class is made')",
    "interrupt": "raise KeyboardInterrupt",
    "recursion": "def f():\n    return f()\nf()",
    "magics": "%matplotlib inline\n%timeit -n1 -r1 1\n!ls",
    "await": "import asyncio\nawait asyncio.sleep(0.01)",
    "display": "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\ndisplay({'a': 1})",
}


@pytest.fixture
def hasty(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The session waits less for what does not end."""
    monkeypatch.setattr(session, "limits", replace(LIMITS, cell_seconds=1.5, probe_seconds=1.5))


ENDS = {
    "os_exit": "import os; os._exit(0)",
    "endless": "while True:\n    pass",
    "memory": "hog = bytearray(10**10)",
}
"""Cells that end the worker, or are ended with it."""


@pytest.mark.slow
def test_bad_cells_cost_nothing_else(grade: Grade) -> None:
    outcome = result(grade("custom_loss", *HARMLESS.values()))
    assert points(outcome) == FULL, outcome["output"]


@pytest.mark.slow
@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("name", ENDS)
def test_a_cell_that_ends_the_worker_costs_nothing_else(name: str, grade: Grade) -> None:
    outcome = result(grade("custom_loss", ENDS[name]))
    assert points(outcome) == FULL, outcome["output"]


ANSWERS = {
    "missing": ("del pinball_loss", "not defined"),
    "wrong kind": ("pinball_loss = 3", "not callable"),
    "raises": ("def pinball_loss(tau):\n    raise ValueError('half done')", "half done"),
    "exits": ("def pinball_loss(tau):\n    import os\n    os._exit(1)", "ended its own process"),
    "system exit": ("def pinball_loss(tau):\n    raise SystemExit", "SystemExit"),
    "nothing": ("def pinball_loss(tau):\n    ...", "returned None"),
    "text": ("def pinball_loss(tau):\n    return lambda t, p: 'loss'", "not a tensor"),
    "keras tensor": ("def pinball_loss(tau):\n    return lambda t, p: keras.Input((1,))", "symbolic"),
}
COSTLY = {"hangs": ("def pinball_loss(tau):\n    while True:\n        pass", "did not finish")}
"""It takes seconds to end, so it is graded once, with all questions."""


@pytest.mark.parametrize("name", ANSWERS)
def test_bad_answer_has_no_points_and_a_reason(name: str, grade: Grade) -> None:
    answer, said = ANSWERS[name]
    outcome = result(grade("custom_loss", answer, only="pinball_loss"))
    assert points(outcome) == {"pinball_loss": 0}
    assert said in outcome["tests"][0]["output"]
    assert "Traceback" not in str(outcome["tests"])


@pytest.mark.slow
@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("name", [*COSTLY, "missing", "exits"])
def test_bad_answer_costs_its_question_only(name: str, grade: Grade) -> None:
    answer, said = {**ANSWERS, **COSTLY}[name]
    outcome = result(grade("custom_loss", answer))
    assert points(outcome) == FULL | {"pinball_loss": 0}
    assert said in outcome["tests"][0]["output"]
    assert "Traceback" not in str(outcome["tests"])


@pytest.mark.slow
def test_same_submission_same_result(grade: Grade) -> None:
    results = []
    for _ in range(2):
        answer = "def pinball_loss(tau):\n    return lambda t, p: tau * (t - p)"
        outcome: Any = result(grade("custom_loss", answer))
        del outcome["execution_time"], outcome["extra_data"]["seconds"], outcome["extra_data"]["peak_mb"]
        results.append(outcome)
    assert results[0] == results[1]
