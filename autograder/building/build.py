"""`kit build`: from the authors' files to what students and graders get."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.bank.markers import AuthoringError
from autograder.bank.master import Master, exercise_names, read_master
from autograder.bank.variants import read_variants
from autograder.building.leaks import leaks
from autograder.building.notebooks import notebook_text, student_notebook
from autograder.building.package import Files, autograder_files, build_wheel, student_files, zip_bytes
from autograder.building.prairielearn import question_files
from autograder.building.start import NAME as START
from autograder.building.start import start_notebook
from autograder.building.student_tests import student_test
from autograder.files import PUBLIC, write_bytes
from autograder.paths import AUTOGRADER, CHECKS, EXERCISES, ROOT, SOLUTIONS, shown
from autograder.results.key import NO_KEY, key_in
from autograder.results.otter_tests import grader_test
from autograder.results.records import PlanRow

TESTS, MISTAKES = CHECKS / "tests", CHECKS / "mistakes"


@dataclass(frozen=True)
class Built:
    """What a build did: files of `exercises/` that were not up to date, and the packages written."""

    changed: list[Path]
    packages: list[Path]


def build(
    exercises: Sequence[str] | None = None,
    output: Path = ROOT / "dist",
    *,
    check: bool = False,
    wheel_url: str | None = None,
    prairielearn: str | None = None,
) -> Built:
    """Regenerate the notebooks and test files of ``exercises`` (all when None) and write the packages to ``output``.

    With ``check`` nothing is written: :attr:`Built.changed` says what differs. With ``wheel_url`` the notebooks are
    also written for Colab, where they install the checks from there. With ``prairielearn``, the name of an image, the
    folders of PrairieLearn's questions are written, too. Imports TensorFlow, for the checks' names.
    """
    names = list(exercises or exercise_names())
    check_parts(names)
    masters = [read_master(name) for name in names]
    plans = {master.exercise: _plan(master) for master in masters}
    wanted = {path: data for master in masters for path, data in _generated(master, plans[master.exercise]).items()}
    stale = []
    if set(names) == set(exercise_names()):
        wanted[EXERCISES / START] = notebook_text(start_notebook(masters)).encode()
        stale = _stale(wanted)
    changed = sorted([path for path, data in wanted.items() if not _holds(path, data)] + stale)
    if check:
        return Built(changed, [])
    for path in stale:
        path.unlink()
    for path in changed:
        if path in wanted:
            write_bytes(path, wanted[path], PUBLIC)
    return Built(changed, _pack(masters, plans, output, wheel_url, prairielearn))


def check_parts(names: Sequence[str]) -> None:
    """Raise unless each exercise has its three parts and, where all are named, each part an exercise."""
    parts = (CHECKS / "exercises", AUTOGRADER / "judges")
    for name in names:
        for folder in parts:
            if not (folder / f"{name}.py").is_file():
                raise AuthoringError(folder / f"{name}.py", f"is missing: write the checks of {name} there")
    if set(names) != set(exercise_names()):
        return
    for folder in parts:
        for path in sorted(folder.glob("[!_]*.py")):
            if path.stem not in exercise_names():
                raise AuthoringError(path, f"belongs to no exercise: write {shown(SOLUTIONS / path.stem)}/notebook.py")


def _plan(master: Master) -> dict[str, list[PlanRow]]:
    """For each question its checks: name, statement, hidden or not, points."""
    from autograder.grading.grader import load_questions
    from autograder.grading.records import plan_of, points_of

    questions = load_questions(master.exercise)
    module = CHECKS / "exercises" / f"{master.exercise}.py"
    declared, written = [question.name for question in questions], master.questions()
    if declared != written:
        raise AuthoringError(
            master.path,
            f"asks {', '.join(written)}, but {shown(module)} declares {', '.join(declared)}: make them agree",
        )
    for kind in ("alternatives", "misconceptions"):
        read_variants(master.exercise, kind)
    plan = {}
    for question in questions:
        earned = points_of(question.checks)
        if earned != question.points:
            raise AuthoringError(
                module,
                f"the checks of {question.name} add up to {earned:g} points, not to {question.points:g}: fix them",
            )
        plan[question.name] = plan_of([question])
    return plan


def _generated(master: Master, plan: dict[str, list[PlanRow]]) -> dict[Path, bytes]:
    """The files below `exercises/` that come from the master."""
    notebook = notebook_text(student_notebook(master))
    found = {EXERCISES / f"{master.exercise}.ipynb": notebook.encode()}
    for question, checks in plan.items():
        public = [check for check in checks if not check["hidden"]]
        if not public:
            raise AuthoringError(
                CHECKS / "exercises" / f"{master.exercise}.py", f"{question} has no public check: add one"
            )
        path = TESTS / master.exercise / f"{question}.py"
        found[path] = student_test(master.exercise, question, public).encode()
    return found


def _stale(wanted: dict[Path, bytes]) -> list[Path]:
    """Generated files that nothing generates any more."""
    there = [*EXERCISES.glob("*.ipynb"), *TESTS.glob("*/*.py")]
    tables = [path for path in MISTAKES.glob("*.json") if path.stem not in exercise_names()]
    return [path for path in there if path not in wanted] + tables


def _holds(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data


def _pack(
    masters: Sequence[Master],
    plans: dict[str, dict[str, list[PlanRow]]],
    output: Path,
    wheel_url: str | None,
    prairielearn: str | None,
) -> list[Path]:
    student = student_files()
    if found := leaks(student):
        name, _, line = found[0].partition(": ")
        more = f" ({len(found) - 1} more like it)" if found[1:] else ""
        raise AuthoringError(ROOT / name, f"holds a line of an answer or a judge, `{line}`: take it out{more}")
    key = key_in(output)
    packages: dict[Path, bytes] = {output / "student.zip": zip_bytes(student)}
    for master in masters:
        packages[output / "student" / f"{master.exercise}.zip"] = zip_bytes(student_files(master.exercise))
        package = grader_zip(master, plans[master.exercise], key)
        packages[output / "autograder" / f"{master.exercise}.zip"] = package
        if wheel_url:
            text = notebook_text(student_notebook(master, wheel_url))
            packages[output / "colab" / f"{master.exercise}.ipynb"] = text.encode()
        if prairielearn:
            folder = output / "prairielearn" / master.exercise
            packages |= {folder / name: data for name, data in question_files(master, package, prairielearn).items()}
    for path, data in packages.items():
        write_bytes(path, data, PUBLIC)
    return [*packages, build_wheel(output)]


def grader_zip(master: Master, plan: dict[str, list[PlanRow]] | None = None, key: bytes = NO_KEY) -> bytes:
    """The autograder zip of an exercise, as Gradescope and stock Otter take it; ``key`` salts its cases."""
    plan = plan or _plan(master)
    tests: Files = {f"{name}.py": grader_test(name, checks).encode() for name, checks in plan.items()}
    rows = [row for checks in plan.values() for row in checks]
    return zip_bytes(autograder_files(master.exercise, tests, rows, key))
