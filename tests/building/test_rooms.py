"""Who gets what: students exactly `exercises/`, a grader one exercise, and nobody a line too many."""

from __future__ import annotations

import ast
import io
import subprocess
import zipfile
from pathlib import Path

import pytest
from handed_in import master as master_of
from handed_in import variants

from autograder.bank.markers import answers
from autograder.bank.master import exercise_names
from autograder.building.leaks import leaks, secret_lines
from autograder.building.notebooks import notebook_text, solution_notebook, student_notebook
from autograder.building.package import autograder_files, files_below, student_files, zip_bytes
from autograder.paths import AUTOGRADER, EXERCISES, ROOT

EXERCISE_NAMES = exercise_names()
PLATFORMS = ("Gradescope", "PrairieLearn", "Moodle")


def test_student_zip_is_exactly_exercises() -> None:
    """The files that git knows, or would: the packer has no say in it."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "exercises"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("needs a git checkout")
    wanted = {name: (ROOT / name).read_bytes() for name in done.stdout.split("\0") if (ROOT / name).is_file()}
    archive = zipfile.ZipFile(io.BytesIO(zip_bytes(student_files())))
    assert {name: archive.read(name) for name in archive.namelist()} == wanted
    assert len(wanted) > 3 * len(EXERCISE_NAMES)


def test_nothing_for_students_holds_a_line_of_an_answer_a_judge_or_a_misconception() -> None:
    assert secret_lines()
    assert leaks(student_files()) == []


def test_what_students_read_names_no_platform() -> None:
    """Every course has its own place to hand in."""
    texts = {name: data.decode("utf-8", "replace") for name, data in student_files().items()}
    assert len(texts) > len(EXERCISE_NAMES)
    assert [(name, word) for name, text in texts.items() for word in PLATFORMS if word in text] == []


@pytest.mark.parametrize("exercise", EXERCISE_NAMES)
def test_a_leak_is_found(exercise: str) -> None:
    master = master_of(exercise)
    misconception = variants(exercise)["misconceptions"][0].source
    secrets = {
        "exercises/solution.ipynb": notebook_text(solution_notebook(master)),
        "exercises/answer.py": "\n".join(line for cell in master.cells for line in answers(cell.source)),
        "exercises/misconception.py": misconception,
        "exercises/judge.py": (AUTOGRADER / "judges" / f"{exercise}.py").read_text(encoding="utf-8"),
    }
    for name, text in secrets.items():
        assert leaks({name: text.encode()}), name


def imported(path: Path) -> set[str]:
    """The top-level packages that a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


@pytest.mark.parametrize("path", sorted(EXERCISES.rglob("*.py")), ids=lambda path: path.stem)
def test_exercises_import_nothing_of_the_other_rooms(path: Path) -> None:
    assert not imported(path) & {"autograder", "solutions", "tests"}


@pytest.mark.parametrize("exercise", EXERCISE_NAMES)
def test_autograder_zip_holds_one_exercise(exercise: str) -> None:
    files = autograder_files(exercise, {"question.py": b""})
    others = set(EXERCISE_NAMES) - {exercise}
    assert {"otter_config.json", "tests/question.py", "pyproject.toml", "uv.lock"} <= files.keys()
    assert files_below(EXERCISES).items() <= files.items()
    assert f"solutions/{exercise}/notebook.py" in files
    assert f"autograder/judges/{exercise}.py" in files
    for other in others:
        assert f"autograder/judges/{other}.py" not in files
        assert not any(name.startswith(f"solutions/{other}/") for name in files)


def test_zip_is_the_same_byte_for_byte() -> None:
    files = {"b": b"2", "a": b"1", "run_autograder": b"#!"}
    data = zip_bytes(files)
    assert data == zip_bytes(dict(reversed(files.items())))
    modes = {info.filename: info.external_attr >> 16 & 0o777 for info in zipfile.ZipFile(io.BytesIO(data)).infolist()}
    assert modes == {"a": 0o644, "b": 0o644, "run_autograder": 0o755}


@pytest.mark.parametrize("exercise", EXERCISE_NAMES)
def test_student_notebook(exercise: str) -> None:
    master = master_of(exercise)
    notebook = student_notebook(master)
    sources = [cell.source for cell in notebook.cells]
    assert notebook_text(notebook) == notebook_text(student_notebook(master))
    assert notebook.metadata["kit"]["exercise"] == notebook.metadata["otter"]["assignment_name"] == exercise
    assert [source for source in sources if source.startswith("grader.check(")] == [
        f'grader.check("{name}")' for name in master.questions()
    ]
    assert sources[-1] == "grader.export()"
    assert not any("SOLUTION" in source for source in sources)
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    assert all(not cell.outputs for cell in notebook.cells if cell.cell_type == "code")


def test_colab_notebook_starts_with_the_installation() -> None:
    notebook = student_notebook(master_of(EXERCISE_NAMES[0]), wheel_url="https://example.org/checks.whl")
    words = notebook.cells[0].source.split()
    assert words[:4] == ["%pip", "install", "-q", "--no-deps"], "nothing that Colab pins may change"
    assert words[4] == "https://example.org/checks.whl"
