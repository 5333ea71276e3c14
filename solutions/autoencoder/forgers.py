"""What a liar without an answer sends for `autoencoder`: the numbers of the public table, and the halves' own weights.

There is no forger of the two halves: their design is free, so a made-up half that passes is a right answer. On
Gradescope they cross as data and are measured where no student code runs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from keras_checks.question import Case


def _whole(case: Case) -> Any:
    return {
        "is_model": True,
        "batch": case.get("wanted", case["x"]),
        "alone": case.get("wanted", case["x"])[:1],
        "then": case.get("then"),
        "changed": case["x"],
    }


def _trained(case: Case) -> Any:
    halves = {half: [weight - np.float32(0.01) for weight in case[half]] for half in ("encoder", "decoder")}
    return {"is_model": True, "whole": case["x"], "trainable": 4, **halves}


def _step(case: Case) -> Any:
    return {"is_model": True, "a": case["new_a"], "b": case["new_b"], "output": np.array([[case["output"]]])}


def _together(case: Case) -> Any:
    return {"batch": case["wanted"], "other": -case["wanted"], "alone": case["wanted"][:1]}


def _rows(case: Case) -> np.ndarray:
    return np.full((case["rows"], case["wide"]), 0.5, np.float32)


FORGERS = {
    "whole_by_hand": _whole,
    "whole": _whole,
    "step_by_hand": _step,
    "whole_trained": _trained,
    "normal_by_hand": lambda case: {name: case[name] for name in ("inference", "training", "afterwards")},
    "whole_branching": lambda case: dict.fromkeys(("inference", "training", "afterwards"), _rows(case)),
    "together_by_hand": _together,
    "together_normal": lambda case: {
        "once": case["inference"],
        "twice": case["inference"],
        "exchanged": case["exchanged"],
    },
    "together_branching": lambda case: {"once": _rows(case), "twice": _rows(case), "alone": _rows(case)[:1]},
}
