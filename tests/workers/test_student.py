"""A submission as its judges see it: its modules, and probes that its cells cannot change."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sealing import MakeStudent

from autograder.bank.master import read_master

EXERCISE = "custom_loss"
TAMPERING = {
    "fills the table of probes": """
import keras_checks.exercises.custom_loss
from keras_checks import observe
assert observe._PROBES
for key in list(observe._PROBES):
    observe._PROBES[key] = lambda namespace, case: {"forged": 1}
""",
    "fills the table before the probes are imported": """
from keras_checks import observe
for name in ("pinball", "pinball_gradient"):
    observe._PROBES["keras_checks.exercises.custom_loss", name] = lambda namespace, case: {"forged": 1}
""",
    "registers probes of the same names": """
from keras_checks.observe import probe
def pinball(namespace, case):
    return {"forged": 1}
pinball.__module__ = "keras_checks.exercises.custom_loss"
probe(pinball)
""",
    "replaces run_probe": """
from keras_checks import observe
observe.run_probe = lambda *arguments: {"seen": {"forged": 1}}
""",
    "replaces plain": """
from keras_checks import observe
observe.plain = lambda value: {"forged": 1}
observe.Namespace = observe.load_probes = None
""",
    "replaces the probes in their module": """
import keras_checks.exercises.custom_loss as probes
assert probes.pinball
probes.pinball = lambda namespace, case: {"forged": 1}
probes._tensors = None
""",
    "replaces the modules": """
import sys, types
for name in ("keras_checks.observe", "keras_checks.seeds", "keras_checks.exercises.custom_loss"):
    sys.modules[name] = types.SimpleNamespace(run_probe=lambda *arguments: {"seen": {"forged": 1}}, set_seeds=None)
""",
}


@pytest.fixture(scope="module")
def case() -> dict[str, Any]:
    """A case of the probe ``pinball``."""
    column = np.array([[0.5], [-1.0]], "float32")
    return {"tau": 0.9, "y_true": column, "y_pred": column + 0.25, "sample_weight": column[:, 0]}


@pytest.mark.parametrize("name", TAMPERING)
def test_cells_cannot_change_a_probe(student: MakeStudent, case: dict[str, Any], name: str) -> None:
    reference = [cell.source for cell in read_master(EXERCISE).reference_cells()]
    honest, forger = student(*reference, exercise=EXERCISE), student(*reference, TAMPERING[name], exercise=EXERCISE)
    assert {outcome.status for outcome in honest.run_cells()} == {"ok"}
    assert {outcome.status for outcome in forger.run_cells()} == {"ok"}, "it must do what it is tested for"
    expected, found = honest.observe("pinball", case), forger.observe("pinball", case)
    assert set(expected["seen"]) == {"loss", "mirrored"}
    assert repr(found) == repr(expected)


def test_no_tampering_makes_a_missing_answer(student: MakeStudent, case: dict[str, Any]) -> None:
    forger = student(*TAMPERING.values(), exercise=EXERCISE)
    forger.run_cells()
    assert forger.observe("pinball", case)["error"]["type"] == "MissingAnswer"


def test_modules_that_were_handed_in_can_be_imported(student: MakeStudent) -> None:
    files = {
        "helper.py": "from second import value\n\ndef double(x):\n    return x * value\n",
        "second.py": "value = 2\n",
    }
    submission = student("import helper", "def answer(x): return helper.double(x)", files=files)
    assert [outcome.status for outcome in submission.run_cells()] == ["ok", "ok"]
    assert submission.observe("call", {"x": 4}) == {"seen": 8}


def test_a_fresh_worker_has_the_modules_too(student: MakeStudent) -> None:
    submission = student("import os; os._exit(0)", "import helper", files={"helper.py": "value = 1"})
    assert [outcome.status for outcome in submission.run_cells()] == ["died", "ok"]
    assert submission.starts == 2


def test_a_module_is_written_into_the_work_folder_only(student: MakeStudent) -> None:
    (outcome,) = student(
        "import os; assert 'evil.py' in os.listdir()", files={"../../evil.py": "value = 1"}
    ).run_cells()
    assert outcome.status == "ok"
    assert not Path(tempfile.gettempdir(), "evil.py").exists()


def test_without_the_file_there_is_no_module(student: MakeStudent) -> None:
    (outcome,) = student("import helper").run_cells()
    assert outcome.error_type == "ModuleNotFoundError"
