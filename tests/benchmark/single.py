"""One notebook of each exercise, right and wrong: `kit grade`, stock `otter run`, and the floor, on one machine.

    uv run python tests/benchmark/single.py [EXERCISE...]

The floor is a bare process that imports TensorFlow and runs the cells of the right notebook. Stock Otter runs the same
checks in its own process, with the reference beside the student's code. A wrong notebook has one answer of the bank's
misconceptions; "cold" is a machine that has graded none before. Prints two tables in Markdown, for the README.
"""

from __future__ import annotations

import datetime
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from in_process import stock_zip
from measure import Cost, run

from autograder.bank.master import exercise_names
from autograder.bank.variants import read_variants
from autograder.grading.grader import load_questions

sys.path.append(str(Path(__file__).parents[1] / "support"))
from handed_in import notebook, put, reference_cells

HERE = Path(__file__).parent
KIT, OTTER = (Path(sys.executable).with_name(name) for name in ("kit", "otter"))
ROOT = HERE.parents[1]
FURTHER = 4
FLOOR = """
import sys
import nbformat
names = {"__name__": "__main__"}
for cell in nbformat.read(sys.argv[1], as_version=4).cells:
    exec(compile(cell.source, "cell", "exec"), names)
"""
RIGHT_HEAD = ("exercise", "floor", "first", "first / floor", "each further", "stock Otter", "further / Otter", "peak")
WRONG_HEAD = (
    "exercise",
    "right",
    "wrong",
    "wrong / right",
    "wrong, cold",
    "further",
    "wrong / right",
    "CPU, right",
    "wrong",
)


def _expect_marks(path: Path, *, full: bool) -> None:
    tests = json.loads(path.read_text(encoding="utf-8"))["tests"]
    scored = [test for test in tests if "score" in test]
    if not scored or all(test["score"] == test["max_score"] for test in scored) != full:
        raise RuntimeError(f"{path.name}: {'not ' if full else ''}full marks: {scored}")


@dataclass(frozen=True)
class Pair:
    """What one notebook took, and all of them together."""

    first: Cost
    many: Cost

    @property
    def further(self) -> float:
        """Seconds of one more."""
        return (self.many.seconds - self.first.seconds) / FURTHER

    @property
    def further_cpu(self) -> float:
        """CPU seconds of one more."""
        return (self.many.cpu - self.first.cpu) / FURTHER


class Bench:
    """The measurements of one exercise, each command a process of its own."""

    def __init__(self, exercise: str, folder: Path) -> None:
        self.exercise, self.folder = exercise, folder
        self.log = folder / "log"
        path = os.pathsep.join(map(str, (ROOT, ROOT / "exercises", HERE)))
        hushed = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        own = {"PYTHONPATH": path, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
        self.environment = hushed | own | {"KIT_CACHE": str(folder / "cache")}
        cells = reference_cells(exercise)
        mistakes = [variant.source for variant in read_variants(exercise, "misconceptions")]
        spread = mistakes[:: max(1, len(mistakes) // (FURTHER + 1))]
        self.right = self._notebooks("right", [cells] * (FURTHER + 1))
        self.wrong = self._notebooks("wrong", [[*cells, mistake] for mistake in spread[: FURTHER + 1]])

    def _notebooks(self, kind: str, all_cells: Sequence[Sequence[str]]) -> list[Path]:
        names = [f"{kind}_{number}" for number in range(len(all_cells))]
        kit = {"exercise": self.exercise}
        put(
            self.folder,
            {f"{it}.ipynb": notebook(*cells, f"# {it}", kit=kit) for it, cells in zip(names, all_cells, strict=True)},
        )
        return [self.folder / f"{name}.ipynb" for name in names]

    def _run(self, *command: str | Path) -> Cost:
        return run(command, self.environment, self.folder, self.log)

    def floor(self) -> Cost:
        """A bare process that runs the cells."""
        return self._run(sys.executable, "-c", FLOOR, self.right[0])

    def kit(self, files: Sequence[Path], *, full: bool) -> Cost:
        """`kit grade` of these notebooks, one after another."""
        output = tempfile.mkdtemp(dir=self.folder)
        cost = self._run(KIT, "grade", *files, "--output", output, "--jobs", "1")
        for file in files:
            _expect_marks(Path(output, f"{file.stem}.json"), full=full)
        return cost

    def pair(self, files: Sequence[Path], *, full: bool) -> Pair:
        """The first notebook alone, then all."""
        return Pair(self.kit(files[:1], full=full), self.kit(files, full=full))

    def otter(self) -> Cost:
        """`otter run` of one submission."""
        questions = load_questions(self.exercise)
        checks = [(question.name, it.name, it.points) for question in questions for it in question.checks]
        package = stock_zip(self.folder / "stock.zip", self.exercise, checks)
        output = tempfile.mkdtemp(dir=self.folder)
        cost = self._run(OTTER, "run", "-a", package, "-o", output, self.right[0])
        _expect_marks(Path(output, "results.json"), full=True)
        return cost

    def rows(self) -> tuple[str, str]:
        """A line of each table."""
        self.kit(self.right[:1], full=True)
        cold = self.kit(self.wrong[:1], full=False)
        floor, right, wrong, otter = (
            self.floor(),
            self.pair(self.right, full=True),
            self.pair(self.wrong, full=False),
            self.otter(),
        )
        return _line(
            f"`{self.exercise}`",
            f"{floor.seconds:.1f} s",
            f"{right.first.seconds:.1f} s",
            f"{right.first.seconds / floor.seconds:.2f}",
            f"{right.further:.1f} s",
            f"{otter.seconds:.1f} s",
            f"{right.further / otter.seconds:.2f}",
            f"{right.many.peak_mb:.0f} MB",
        ), _line(
            f"`{self.exercise}`",
            f"{right.first.seconds:.1f} s",
            f"{wrong.first.seconds:.1f} s",
            f"{wrong.first.seconds / right.first.seconds:.2f}",
            f"{cold.seconds:.1f} s",
            f"{wrong.further:.1f} s",
            f"{wrong.further / right.further:.2f}",
            f"{right.further_cpu:.1f} s",
            f"{wrong.further_cpu:.1f} s",
        )  # fmt: skip


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _table(head: Sequence[str], rows: Sequence[str]) -> str:
    return "\n".join([_line(*head), _line(*["---"] * len(head)), *rows])


def main(exercises: list[str]) -> None:
    """Print the tables."""
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    print(f"{datetime.date.today()}, {machine}, load before: {os.getloadavg()[0]:.1f}\n")
    rows = []
    for exercise in exercises:
        with tempfile.TemporaryDirectory() as folder:
            rows.append(Bench(exercise, Path(folder)).rows())
        print(*rows[-1], sep="\n", file=sys.stderr, flush=True)
    for head, lines in zip((RIGHT_HEAD, WRONG_HEAD), zip(*rows, strict=True), strict=True):
        print(_table(head, lines), end="\n\n")


if __name__ == "__main__":
    main(sys.argv[1:] or exercise_names())
