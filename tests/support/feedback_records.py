"""Failures of every kind, as data."""

from __future__ import annotations

import numpy as np
from keras_checks.feedback import Misconception, Record

LECTURE = 'VAE, "Custom layer: Sampling"'


def record(**parts: object) -> Record:
    """A record of a failed public check, with ``parts`` of it set."""
    defaults = {
        "exercise": "vae",
        "question": "Sampling",
        "check": "fresh_noise_for_every_element",
        "statement": "Every element of `z` gets noise of its own.",
        "hidden": False,
        "counterexample": None,
        "message": "The output `z` has the wrong value.",
        "received": None,
        "expected": None,
        "error": None,
        "misconception": None,
        "hint": "",
        "lecture": LECTURE,
    }
    return Record(**{**defaults, **parts})  # type: ignore[arg-type]


def _raised(kind: str, message: str, where: str = "") -> dict[str, str]:
    return {"type": kind, "message": message, "where": where}


RECORDS = {
    "misconception": record(
        hidden=True,
        counterexample={"z_mean": np.zeros((1, 2), "f"), "z_log_var": np.zeros((1, 2), "f"), "seed": 3},
        message="Both entries of `z` moved by the same amount.",
        received=np.float32(0.731),
        misconception=Misconception(
            "shared_noise", "One noise value is drawn for all latent axes.", "What shape must the noise have?"
        ),
        hint="This one is not shown.",
    ),
    "hidden_has_no_expected": record(
        hidden=True, received=[0.1, 0.2], expected=[0.3, 0.4], counterexample={"tau": 0.5}
    ),
    "withheld": record(hidden=True, withheld=True, received=[0.1, 0.2], counterexample={"tau": 0.5}),
    "holds_alone": record(confirming=True, withheld=True, received=0.2, counterexample={"tau": 0.5}, hint="Divide."),
    "value": record(
        counterexample={"tau": 0.1, "data": {"y_true": np.array([[1.0]]), "y_pred": np.array([[0.25]])}},
        received=np.array([0.675], "f"),
        expected=np.array([0.075], "f"),
        hint="Which side of the target does `tau` weigh?",
    ),
    "shape": record(
        counterexample={"image_shape": [8, 8, 1], "batch": 1},
        message="`z` has the wrong shape.",
        received="shape (1, 8, 2)",
        expected="shape (1, 2)",
    ),
    "nearly_equal": record(received=np.array([0.731], "f"), expected=np.array([0.7310001], "f")),
    "long_arrays": record(
        counterexample={"x": np.linspace(-2, 2, 60, dtype="f").reshape(3, 20)},
        received=np.arange(60.0).reshape(3, 20) + np.eye(3, 20) * [[0], [0], [7]],
        expected=np.arange(60.0).reshape(3, 20),
    ),
    "not_finite": record(received=np.full((2, 3), np.nan), message="`z` is not finite."),
    "raised": record(
        counterexample={"units": 3},
        message="Your code raised ValueError: Dimensions must be equal.",
        error=_raised(
            "ValueError",
            "Dimensions must be equal, but are 3 and 4 for '{{node MatMul}} = MatMul' with input shapes: [2,3], [4,5].",
            "code cell 3, line 7, in call: z @ w",
        ),
        hint="This one is not shown.",
    ),
    "raised_outside": record(
        message="Using your answer raised TypeError: 'NoneType' object is not iterable",
        error=_raised("TypeError", "'NoneType' object is not iterable"),
    ),
    "raised_without_cause": record(
        message="Your code raised OSError: No such file",
        error=_raised("OSError", "No such file", "cell [7], line 2: open(name)"),
        misconception=Misconception("file_read", "It reads a file.", "What is there to read?"),
    ),
    "missing": record(
        counterexample={"units": 3},
        message="`Sampling` is not defined in the notebook.",
        error=_raised("MissingAnswer", "`Sampling` is not defined in the notebook."),
    ),
    "hostile": record(
        message="Your code raised Error: <script>alert(1)</script> ```x``` | **bold** \x1b[31mred \udc80 [a](http://b)",
        received={"<b>": "</code><img src=x>"},
        error=_raised("Error", "…"),
    ),
    "long_case": record(counterexample={f"argument_{index}": 0.123456 * index for index in range(20)}),
}
