"""What arrives in a folder is graded once it is there to its end, and only then."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from handed_in import notebook, put, zipped
from platform_exports import EXPORTS

from autograder.classroom.arrivals import HALF_SECONDS, QUIET_SECONDS, Arrivals, arrivals
from autograder.submissions.collect import find_submissions

NOTEBOOK = notebook("x = 1")


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return put(tmp_path / "class", {"anna.ipynb": NOTEBOOK})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def seen(folder: Path, clock: Clock) -> Arrivals:
    return Arrivals(folder, folder / "results", clock)


def after(seen: Arrivals, clock: Clock, seconds: float = QUIET_SECONDS) -> bool:
    clock.now += seconds
    return seen.look()


def test_a_file_is_told_once_and_again_when_it_changes(seen: Arrivals, clock: Clock, folder: Path) -> None:
    assert not seen.look()
    assert not after(seen, clock, QUIET_SECONDS / 2)
    assert after(seen, clock)
    assert not after(seen, clock)
    put(folder, {"anna.ipynb": notebook("x = 2")})
    assert not after(seen, clock, 60), "it has just changed, however long ago the last look was"
    assert after(seen, clock)
    (folder / "anna.ipynb").unlink()
    assert after(seen, clock), "it has gone"
    assert not after(seen, clock)


def test_half_a_notebook_is_not_read(seen: Arrivals, clock: Clock, folder: Path) -> None:
    half = folder / "ben.ipynb"
    half.write_bytes(NOTEBOOK[:100])
    assert not seen.look()
    assert after(seen, clock), "Anna's is whole"
    assert seen.is_coming(half) and not seen.is_coming(folder / "anna.ipynb")
    assert [source.name for source in find_submissions([folder], coming=seen.is_coming) if source.whole] == ["anna"]
    assert not after(seen, clock, HALF_SECONDS / 2)
    with half.open("ab") as file:
        file.write(NOTEBOOK[100:])
    assert not after(seen, clock)
    assert after(seen, clock)
    assert not seen.is_coming(half)


def test_what_stays_half_is_told_in_the_end(seen: Arrivals, clock: Clock, folder: Path) -> None:
    (folder / "anna.ipynb").write_bytes(NOTEBOOK[:100])
    assert not seen.look()
    assert not after(seen, clock)
    assert after(seen, clock, HALF_SECONDS)


def test_a_result_stays_while_its_notebook_is_copied_again(seen: Arrivals, clock: Clock, folder: Path) -> None:
    seen.look()
    assert after(seen, clock)
    put(folder, {"anna.ipynb": NOTEBOOK[:50], "ben.ipynb": NOTEBOOK})
    assert not after(seen, clock)
    assert after(seen, clock), "Ben's is whole"
    anna, ben = find_submissions([folder], coming=seen.is_coming)
    assert (anna.whole, ben.whole) == (False, True)


def test_nothing_is_told_while_a_classs_zip_is_copied(seen: Arrivals, clock: Clock, folder: Path) -> None:
    data = zipped(EXPORTS["moodle"](NOTEBOOK, notebook("x = 2")))
    (folder / "class.zip").write_bytes(data[:-40])
    assert not seen.look()
    assert not after(seen, clock)
    (folder / "class.zip").write_bytes(data)
    assert not after(seen, clock)
    assert after(seen, clock)
    assert len(find_submissions([folder], coming=seen.is_coming)) == 4


def test_temporary_files_and_results_are_no_arrivals(seen: Arrivals, clock: Clock, folder: Path) -> None:
    seen.look()
    assert after(seen, clock)
    put(folder, {".anna.ipynb.x1y2": NOTEBOOK, "results/anna.json": b"{}", "results/scores.csv": b""})
    assert not after(seen, clock) and not after(seen, clock)
    (folder / ".anna.ipynb.x1y2").rename(folder / "cem.ipynb")
    seen.look()
    assert after(seen, clock)


def test_results_in_the_watched_folder_itself(folder: Path, clock: Clock) -> None:
    seen = Arrivals(folder, folder, clock)
    put(folder, {"anna.json": b"{}", "scores.csv": b"", "report.html": b"", "salt.key": b""})
    seen.look()
    assert after(seen, clock)
    put(folder, {"Anna_11_assignsubmission_file___vae.json": b"{}", "report.html": b"other"})
    assert not after(seen, clock) and not after(seen, clock)
    assert [source.name for source in find_submissions([folder], output=folder)] == ["anna"]


def test_results_named_as_a_platform_names_are_no_submissions(tmp_path: Path) -> None:
    files = {**EXPORTS["moodle"](NOTEBOOK, NOTEBOOK), "results/Zoë_47_assignsubmission_file___vae.json": b"{}"}
    folder = put(tmp_path, files)
    assert len(find_submissions([folder], output=folder / "results")) == 3


def test_a_folder_that_goes_away_takes_no_result_away(seen: Arrivals, clock: Clock, folder: Path) -> None:
    seen.look()
    assert after(seen, clock)
    folder.rename(folder.with_name("away"))
    assert not after(seen, clock)
    folder.with_name("away").rename(folder)
    assert not after(seen, clock)


def test_waits_for_a_file_that_is_written_slowly(folder: Path) -> None:
    found: list[tuple[list[str], list[str]]] = []

    def write() -> None:
        with (folder / "ben.ipynb").open("wb") as file:
            for start in range(0, len(NOTEBOOK), 80):
                file.write(NOTEBOOK[start : start + 80])
                file.flush()
                threading.Event().wait(0.3)

    writer = threading.Thread(target=write)
    writer.start()
    for coming in arrivals(folder, folder / "results"):
        found.append(whole(folder, coming))
        if len(found[-1][0]) == 2:
            break
    writer.join()
    assert found[-1] == (["anna", "ben"], [])
    assert all(names == ["anna"] for names, _ in found[:-1])


def test_looks_even_where_the_system_tells_of_no_changes(folder: Path) -> None:
    away = folder.with_name("not there yet")
    threading.Timer(0.5, folder.rename, [away]).start()
    coming = next(arrivals(away, away / "results"))
    assert whole(away, coming) == (["anna"], [])


def whole(folder: Path, coming: Callable[[Path], bool]) -> tuple[list[str], list[str]]:
    sources = find_submissions([folder], coming=coming)
    return [source.name for source in sources if source.whole], [each.name for each in sources if not each.whole]
