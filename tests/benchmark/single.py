"""One notebook with full marks: `kit grade`, stock `otter run`, and the floor, in one run on one machine.

    uv run python tests/benchmark/single.py [EXERCISE...]

The same cells and the same checks each time. The floor is a bare process that imports TensorFlow and runs the cells;
stock Otter runs the checks in its own process, with the reference beside the student's code.
"""

from __future__ import annotations

import datetime
import json
import os
import platform
import sys
import tempfile
import zipfile
from pathlib import Path

from in_process import otter_test
from measure import Cost, run

from autograder.bank.master import exercise_names
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


def stock_zip(exercise: str, path: Path) -> Path:
    """An autograder zip of stock Otter, without the kit's plugin."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("otter_config.json", '{"show_hidden": true, "pdf": false, "logo": false}')
        for question in load_questions(exercise):
            archive.writestr(f"tests/{question.name}.py", otter_test(exercise, question.name, question.checks))
    return path


def _expect_full_marks(path: Path) -> None:
    tests = json.loads(path.read_text(encoding="utf-8"))["tests"]
    scored = [test for test in tests if "score" in test]
    if not scored or any(test["score"] != test["max_score"] for test in scored):
        raise RuntimeError(f"{path.name}: a solved notebook did not get full marks: {scored}")


class Bench:
    """The measurements of one exercise, each command a process of its own."""

    def __init__(self, exercise: str, folder: Path) -> None:
        self.exercise, self.folder = exercise, folder
        self.log = folder / "log"
        path = os.pathsep.join(map(str, (ROOT, ROOT / "exercises", HERE)))
        hushed = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        self.environment = hushed | {"PYTHONPATH": path, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
        cells = reference_cells(exercise)
        names = [f"{exercise}_{number}" for number in range(FURTHER + 1)]
        put(folder, {f"{it}.ipynb": notebook(*cells, f"# {it}", kit={"exercise": exercise}) for it in names})
        self.notebooks = [folder / f"{name}.ipynb" for name in names]

    def _run(self, *command: str | Path) -> Cost:
        return run(command, self.environment, self.folder, self.log)

    def floor(self) -> Cost:
        """A bare process that runs the cells."""
        return self._run(sys.executable, "-c", FLOOR, self.notebooks[0])

    def kit(self, count: int) -> Cost:
        """`kit grade` of ``count`` submissions, one after another."""
        output = tempfile.mkdtemp(dir=self.folder)
        files = self.notebooks[:count]
        cost = self._run(KIT, "grade", *files, "--exercise", self.exercise, "--output", output)
        for path in Path(output).glob(f"{self.exercise}_*.json"):
            _expect_full_marks(path)
        return cost

    def otter(self) -> Cost:
        """`otter run` of one submission."""
        package = stock_zip(self.exercise, self.folder / "stock.zip")
        output = tempfile.mkdtemp(dir=self.folder)
        cost = self._run(OTTER, "run", "-a", package, "-o", output, self.notebooks[0])
        _expect_full_marks(Path(output, "results.json"))
        return cost

    def row(self) -> str:
        """A line of the table."""
        floor, cold, many, otter = self.floor(), self.kit(1), self.kit(FURTHER + 1), self.otter()
        further = (many.seconds - cold.seconds) / FURTHER
        cells = [
            f"`{self.exercise}`",
            f"{floor.seconds:.1f} s",
            f"{cold.seconds:.1f} s",
            f"{cold.seconds / floor.seconds:.2f}",
            f"{further:.1f} s",
            f"{otter.seconds:.1f} s",
            f"{further / otter.seconds:.2f}",
            f"{many.peak_mb:.0f} MB",
        ]
        return f"| {' | '.join(cells)} |"


def main(exercises: list[str]) -> None:
    """Print the table."""
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    print(f"{datetime.date.today()}, {machine}\n")
    print("| exercise | floor | first | first / floor | each further | stock Otter | further / Otter | peak |")
    print("|---|---|---|---|---|---|---|---|")
    for exercise in exercises:
        with tempfile.TemporaryDirectory() as folder:
            print(Bench(exercise, Path(folder)).row(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or exercise_names())
