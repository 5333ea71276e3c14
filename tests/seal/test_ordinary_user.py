"""The tests of the seal once more, as a user without rights."""

from __future__ import annotations

from pathlib import Path

from ordinary_user import as_ordinary_user, home_of_nobody, run_tests

TESTS = Path(__file__).parents[1]
AGAIN = (
    "seal/test_isolation.py",
    "workers/test_crashing_cells.py",
    "workers/test_zygote.py",
    "workers/test_workdir.py",
)


@as_ordinary_user
def test_the_seal_holds_for_an_ordinary_user() -> None:
    with home_of_nobody() as home:
        run_tests(home, *(TESTS / name for name in AGAIN))
