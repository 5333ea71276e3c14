"""The page of evidence grows by what each run tried."""

from __future__ import annotations

import datetime
from pathlib import Path

from autograder.bank.variants import Variant
from autograder.verifying.evidence import add_mutants, add_reports
from autograder.verifying.verify import KEEPS, Report, Scope, VerifiedAnswer

TODAY = datetime.date(2026, 11, 27)


def _report(exercise: str, right: int, accepted: int = 0) -> Report:
    answer = Variant("question", "answer", "", "", "")
    rows = [VerifiedAnswer("alternative", answer, 1, 1, 0.1, []) for _ in range(right)]
    rows += [VerifiedAnswer("misconception", answer, 1, 1, 0.1, [], [KEEPS]) for _ in range(accepted)]
    return Report(exercise, rows, [], [])


def _cells(page: Path, exercise: str) -> list[list[str]]:
    """The rows of an exercise, in the order of the page, without name, date, and checks."""
    lines = page.read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.split("|")[4:-1]] for line in lines if line.startswith(f"| `{exercise}` |")]


def test_a_run_replaces_its_own_rows_only(tmp_path: Path) -> None:
    page = tmp_path / "EVIDENCE.md"
    add_reports(page, [_report("vae", 4), _report("gan", 3)], Scope(), TODAY)
    add_mutants(page, {"gan": (40, 5, 1)}, TODAY)
    add_reports(page, [_report("gan", 6, accepted=2)], Scope(parts=2, salts=10), TODAY)
    assert _cells(page, "vae") == [["all", "4", "0", "0", "0", "0", "0", "0", "1", "0", "0"]]
    assert _cells(page, "gan") == [
        ["1 of 2", "6", "0", "0", "2", "2", "0", "2", "10", "0", "0"],
        ["40", "35", "4", "1"],
    ]


def test_rows_of_another_environment_stay(tmp_path: Path) -> None:
    page = tmp_path / "EVIDENCE.md"
    page.write_text(
        "# Evidence\n\n## python 3.10.0\n\n| exercise |\n| --- |\n| `gan` | 2026-11-01 |\n", encoding="utf-8"
    )
    add_reports(page, [_report("gan", 1)], Scope(), TODAY)
    headings = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("## ")]
    assert headings[0] == "## python 3.10.0"
    assert len(headings) == len(_cells(page, "gan")) == 2
