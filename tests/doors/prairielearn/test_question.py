"""The folder of a question: what PrairieLearn reads, what students can download, what only the grader gets."""

from __future__ import annotations

import io
import json
import re
import uuid
import zipfile
from pathlib import Path

import pytest
from handed_in import EXERCISE

from autograder.bank.markers import AuthoringError
from autograder.bank.master import exercise_names, read_master
from autograder.building.leaks import leaks
from autograder.building.prairielearn import question_files

KEYS = {"uuid", "title", "topic", "tags", "type", "gradingMethod", "singleVariant", "externalGradingOptions"}
OPTIONS = {"enabled", "image", "entrypoint", "timeout", "enableNetworking"}
"""Documented keys; PrairieLearn refuses a question with any other."""


def test_a_question_names_its_image_and_its_entrypoint() -> None:
    files = question_files(read_master(EXERCISE), b"the grader", "somebody/kit")
    info = json.loads(files["info.json"])
    assert info.keys() == KEYS and info["externalGradingOptions"].keys() == OPTIONS
    assert (info["type"], info["gradingMethod"], info["title"]) == (
        "v3",
        "External",
        "1. Custom loss: say what a mistake costs",
    )
    assert uuid.UUID(info["uuid"]).version == 4
    options = info["externalGradingOptions"]
    assert options["enabled"] and not options["enableNetworking"]
    assert options["image"] == "somebody/kit"
    assert options["entrypoint"] == "/grade/tests/run"
    assert 420 < options["timeout"] <= 600
    assert files["tests/grader.zip"] == b"the grader"


def test_what_students_can_reach_holds_no_answer() -> None:
    """All but ``tests`` is shown to students, or may be downloaded."""
    files = question_files(read_master(EXERCISE), b"", "image")
    (name,) = re.findall(r'pl-file-download file-name="([^"]+)"', files["question.html"].decode())
    archive = zipfile.ZipFile(io.BytesIO(files[f"clientFilesQuestion/{name}"]))
    assert f"exercises/{EXERCISE}.ipynb" in archive.namelist()
    assert not leaks({name: archive.read(name) for name in archive.namelist()})
    assert {name.partition("/")[0] for name in files} == {"info.json", "question.html", "clientFilesQuestion", "tests"}


def test_questions_have_ids_of_their_own_that_stay() -> None:
    found = [json.loads(question_files(read_master(name), b"", "")["info.json"])["uuid"] for name in exercise_names()]
    assert len(set(found)) == len(exercise_names())
    assert found[exercise_names().index(EXERCISE)] == "fe65ef71-9934-4272-9270-61472467e0b0"


def test_a_grading_longer_than_any_job_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = tmp_path / EXERCISE / "exercise.toml"
    settings.parent.mkdir()
    settings.write_text("seconds = 481\n")
    monkeypatch.setattr("autograder.bank.settings.SOLUTIONS", tmp_path)
    with pytest.raises(AuthoringError, match="set seconds to 480 at most"):
        question_files(read_master(EXERCISE), b"", "image")
