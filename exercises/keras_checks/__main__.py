"""`python -m keras_checks [NOTEBOOK ...]`: run notebooks from the top, and all their public checks.

Exit status 0: every check passes. 1: a check fails. 2: there is nothing to check.
"""

from __future__ import annotations

import argparse
import html
import io
import sys
from collections.abc import Sequence
from pathlib import Path

from keras_checks.notebook.panel import CheckResult
from keras_checks.notebook.whole import Checked, NoExercise, check_notebook, notebooks_in, read

PROGRAM = "python -m keras_checks"
MORE = "Your instructor's grader tries further cases and hidden checks."


def main(arguments: Sequence[str] | None = None) -> int:
    """Check notebooks, say what was found, and return the exit status."""
    options = _parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    try:
        paths = options.notebooks or notebooks_in(Path())
        for path in paths:
            read(path)  # before anything takes its time
        found = [_check(path) for path in paths]
    except NoExercise as problem:
        sys.stderr.write(f"{PROGRAM}: {problem}\n")
        return 2
    if options.summary:
        with open(options.summary, "a", encoding="utf-8") as file:
            file.writelines(map(_page, found))
    return int(any(each.passed < each.total for each in found))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(PROGRAM, description="Run notebooks from the top, and all their public checks.")
    parser.add_argument(
        "notebooks", metavar="NOTEBOOK", nargs="*", type=Path, help="a saved notebook; without one, all in this folder"
    )
    parser.add_argument("--summary", metavar="FILE", type=Path, help="also append the results to a Markdown file")
    return parser


def _check(path: Path) -> Checked:
    """Check one notebook, and print what was found."""
    print(f"{path}: running the cells and the checks …", flush=True)
    found = check_notebook(path)
    for line in found.raised:
        print(f"  ! {line}")
    for result in found.results:
        print(f"  {'✓' if result.passed_all else '✗'} {_count(result)}")
        for failure in result.failures():
            print("\n".join(f"      {line}" for line in failure.splitlines()), end="\n\n")
    print(f"{path}: {found.passed} of {found.total} public checks pass. {MORE}")
    return found


def _count(result: CheckResult) -> str:
    return f"{result.name}: {result.passed_checks} of {len(result.test_case_results)} checks pass"


def _page(found: Checked) -> str:
    """The results as Markdown, in which nothing of a student's is markup."""
    rows = [f"| {'✅' if result.passed_all else '❌'} | {_count(result)} |" for result in found.results]
    failures = [*found.raised, *(failure for result in found.results for failure in result.failures())]
    details = [f"<pre>{html.escape(failure)}</pre>" for failure in failures]
    head = [f"## {html.escape(found.notebook.stem)}: {found.passed} of {found.total} public checks pass", MORE]
    return "\n\n".join([*head, "\n".join(["| | |", "|---|---|", *rows]), *details]) + "\n\n"


if __name__ == "__main__":
    raise SystemExit(main())
