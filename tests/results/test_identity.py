"""`checks_sha256` changes with what decides a verdict, and with nothing else: the rest needs no regrade."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest
from command_line import environment

from autograder.bank.master import exercise_names
from autograder.paths import CHECKS, EXERCISES, ROOT
from autograder.results import identity

PROBES, JUDGES = "exercises/keras_checks/exercises", "autograder/judges"
NOTEBOOK, MISCONCEPTIONS = "solutions/custom_loss/notebook.py", "solutions/custom_loss/misconceptions/pinball_loss.py"
VARIANT = '''

# %% of_the_test
"""It returns zero.

Look at its value.
"""


def pinball_loss(tau):
    return lambda y_true, y_pred: 0.0
'''
ADDED = {NOTEBOOK: "\n# %% [markdown]\n# Prose of the test\n\n# %%\nof_the_test = 1\n", MISCONCEPTIONS: VARIANT}
"""What is added to the copy, so that edits find it whatever authors write."""
MORE_CODE = ("", "\nedited = True\n")
"""An edit is (old, new); with nothing that is old, the new text is appended."""
DECIDES = {
    "a probe": (f"{PROBES}/custom_loss.py", *MORE_CODE),
    "a judge": (f"{JUDGES}/custom_loss.py", *MORE_CODE),
    "the search for a counter-example": ("exercises/keras_checks/runner.py", *MORE_CODE),
    "the comparisons": ("exercises/keras_checks/compare.py", *MORE_CODE),
    "what is kept of an error": ("exercises/keras_checks/errors.py", *MORE_CODE),
    "the settings that probes run under": ("exercises/keras_checks/defaults.py", *MORE_CODE),
    "the seeds": ("exercises/keras_checks/seeds.py", *MORE_CODE),
    "a network of the probes": ("exercises/keras_checks/testbeds/tiny.py", *MORE_CODE),
    "grading": ("autograder/grading/verdict.py", *MORE_CODE),
    "diagnosis": ("autograder/grading/diagnosis.py", *MORE_CODE),
    "the worker": ("autograder/workers/worker.py", *MORE_CODE),
    "the limits": ("autograder/workers/limits.py", *MORE_CODE),
    "the seal": ("autograder/seal/enter.py", *MORE_CODE),
    "how a submission is read": ("autograder/submissions/read.py", *MORE_CODE),
    "which modules it has": ("autograder/submissions/modules.py", *MORE_CODE),
    "how the reference is read": ("autograder/bank/master.py", *MORE_CODE),
    "the reference": (NOTEBOOK, "of_the_test = 1", "of_the_test = 2"),
    "a misconception": (MISCONCEPTIONS, "y_pred: 0.0", "y_pred: 0.5"),
    "a new misconception": (MISCONCEPTIONS, "", VARIANT.replace("of_the_test", "another")),
}
DOES_NOT = {
    "the page of the report": ("autograder/classroom/report/templates/report.html.j2", "", "<!-- edited -->"),
    "the report": ("autograder/classroom/report/page.py", *MORE_CODE),
    "the texts of a result": ("autograder/results/texts.py", *MORE_CODE),
    "the card in a notebook": ("exercises/keras_checks/notebook/cards.py", *MORE_CODE),
    "the usual causes of errors": ("exercises/keras_checks/causes.py", *MORE_CODE),
    "the hint that fits": ("exercises/keras_checks/hints.py", *MORE_CODE),
    "how a notebook names mistakes": ("exercises/keras_checks/sketch.py", *MORE_CODE),
    "the command line": ("autograder/cli.py", *MORE_CODE),
    "a door": ("autograder/doors/gradescope/door.py", *MORE_CODE),
    "the probes of another exercise": (f"{PROBES}/vae.py", *MORE_CODE),
    "the judges of another exercise": (f"{JUDGES}/vae.py", *MORE_CODE),
    "prose of the notebook": (NOTEBOOK, "Prose of the test", "Other prose"),
    "the docstring of a misconception": (MISCONCEPTIONS, "It returns zero.", "Zero comes back."),
    "a comment in a misconception": (
        MISCONCEPTIONS,
        "    return lambda y_true",
        "    # edited\n    return lambda y_true",
    ),
    "the guide": ("autograder/README.md", "", "\nedited\n"),
}
RENDERS_ONLY = {CHECKS / "causes.py"}
"""What modules that decide a verdict import for words alone."""
HASHES = """
import json, sys
from autograder.paths import ROOT
from autograder.results.identity import checks_sha256

def hashed():
    checks_sha256.cache_clear()
    return checks_sha256("custom_loss")

added, edits = json.load(sys.stdin)
found = {"original": hashed()}
for file, text in added.items():
    with (ROOT / file).open("a") as stream:
        stream.write(text)
found[""] = hashed()
for name, (file, old, new) in edits.items():
    path = ROOT / file
    text = path.read_text()
    assert old in text, name
    path.write_text(text.replace(old, new, 1) if old else text + new)
    found[name] = hashed()
    path.write_text(text)
print(json.dumps(found | {"again": hashed()}))
"""


@pytest.fixture(scope="module")
def hashes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The hash after each edit of a copy of the kit, by the name of the edit; "": without any."""
    copy = tmp_path_factory.mktemp("kit")
    for room in ("autograder", "exercises", "solutions"):
        copytree(ROOT / room, copy / room, ignore=ignore_patterns("__pycache__", "*.ipynb"))
    command = [sys.executable, "-P", "-c", HASHES]
    edits = json.dumps([ADDED, DECIDES | DOES_NOT])
    done = subprocess.run(command, input=edits, env=environment(copy), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.mark.slow
def test_the_copy_has_the_hash_of_the_original(hashes: dict[str, str]) -> None:
    assert hashes["original"] == identity.checks_sha256("custom_loss")
    assert hashes["original"] != hashes[""] == hashes["again"]


@pytest.mark.parametrize("edit", DECIDES)
def test_an_edit_that_can_change_a_verdict_changes_the_hash(edit: str, hashes: dict[str, str]) -> None:
    assert hashes[edit] != hashes[""]


@pytest.mark.parametrize("edit", DOES_NOT)
def test_an_edit_that_cannot_change_a_verdict_does_not(edit: str, hashes: dict[str, str]) -> None:
    assert hashes[edit] == hashes[""]


@pytest.mark.parametrize("package", ["python", *identity.PACKAGES])
def test_another_version_changes_the_hash(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = identity.checks_sha256("custom_loss")
    other = identity.versions() | {package: "0.0.1"}
    monkeypatch.setattr(identity, "versions", lambda: other)
    assert identity.checks_sha256.__wrapped__("custom_loss") != before


def test_exercises_have_hashes_of_their_own() -> None:
    assert identity.checks_sha256("custom_loss") != identity.checks_sha256("vae")
    assert identity.checks_sha256("") == ""


def test_what_the_engine_imports_decides_too() -> None:
    deciding = {path for exercise in exercise_names() for path in identity.public_files(exercise)}
    others = {path: imported(path) - deciding - RENDERS_ONLY for path in deciding}
    assert {path: found for path, found in others.items() if found} == {}


def imported(path: Path) -> set[Path]:
    """The modules of the students' package that a module imports, at its top or within a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    files = {EXERCISES / f"{name.replace('.', '/')}.py" for name in found if name.startswith("keras_checks")}
    return {file for file in files if file.is_file()}
