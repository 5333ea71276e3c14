"""`kit diff`: nothing changes in silence when a check is mended."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from command_line import kit, kit_here
from synthetic import class_results

from autograder.files import write_json
from autograder.results.comparison import NoResults, change_of, compare, other_checks, read_results
from autograder.results.records import CheckRecord, Outcome, Result

Class = dict[str, Result]


@pytest.fixture
def old() -> Class:
    return dict(class_results(20))


@pytest.fixture
def new(old: Class) -> Class:
    return copy.deepcopy(old)


def mended(result: Result) -> CheckRecord:
    """Turn the first failed check of a result into a passed one, as a mended check does."""
    check = next(check for check in result["extra_data"]["checks"] if check["outcome"] == "failed")
    check["outcome"], check["points"] = Outcome.PASSED, check["max_points"]
    check["misconception"] = check["message"] = None
    test = next(test for test in result["tests"] if test["name"] == check["question"])
    test["score"] += check["max_points"]
    result["score"] += check["max_points"]
    return check


def imperfect(results: Class) -> str:
    return next(
        name for name, result in results.items() if result["score"] < 9 and result["extra_data"]["status"] == "graded"
    )


def reasons(old: Result, new: Result) -> list[str]:
    """Why the result of a submission has changed."""
    change = change_of("a", old, new)
    assert change is not None
    return change.reasons()


def test_same_is_same(old: Class, new: Class) -> None:
    for result in new.values():
        result["execution_time"] = result["extra_data"]["seconds"] = 99.0
    assert compare(old, new) == []


def test_whose_score_by_how_much_because_of_which_check(old: Class, new: Class) -> None:
    name = imperfect(new)
    check = mended(new[name])
    (change,) = compare(old, new)
    assert (change.name, change.points) == (name, 1)
    assert change.reasons()[0].startswith(f"{check['question']}.{check['check']} failed")
    assert change.reasons()[0].endswith("→ passed (+1)")
    (back,) = compare(new, old)
    assert back.points == -1


def test_two_changes_that_cancel_are_no_silence(old: Class, new: Class) -> None:
    name = imperfect(new)
    mended(new[name])
    passed = next(check for check in old[name]["extra_data"]["checks"] if check["outcome"] == "passed")
    for check in new[name]["extra_data"]["checks"]:
        if (check["question"], check["check"]) == (passed["question"], passed["check"]):
            check |= {"outcome": Outcome.FAILED, "points": 0.0}
    new[name]["score"] -= 1
    (change,) = compare(old, new)
    assert change.points == 0
    assert len(change.reasons()) == 2


def test_other_misconception_other_points_other_words(old: Class, new: Class) -> None:
    name = imperfect(new)
    check = next(check for check in new[name]["extra_data"]["checks"] if check["outcome"] == "failed")
    check["misconception"] = "another"
    assert "(another)" in reasons(old[name], new[name])[0]
    check |= {"misconception": None, "max_points": 2.0}
    assert "of 2 p" in " ".join(reasons(old[name], new[name]))
    words = copy.deepcopy(old[name])
    words["tests"][0]["output"] += " Look again."
    assert reasons(old[name], words) == ["only the words of the feedback"]


def test_a_check_that_is_new_and_one_that_is_gone(old: Class, new: Class) -> None:
    name = imperfect(new)
    gone = new[name]["extra_data"]["checks"].pop(0)
    said = " ".join(reasons(old[name], new[name]))
    assert f"{gone['question']}.{gone['check']}" in said
    assert "→ missing" in said
    assert "missing →" in " ".join(reasons(new[name], old[name]))


def test_submissions_that_came_went_or_were_handed_in_again(old: Class, new: Class) -> None:
    names = list(new)
    del new[names[0]]
    new["late"] = new[names[1]]
    new[names[2]]["extra_data"]["submission_sha256"] = "other"
    said = {change.name: change.reasons()[0] for change in compare(old, new)}
    assert said == {names[0]: "is not graded any more", "late": "is new", names[2]: "other code was handed in"}


def test_largest_change_comes_first(old: Class, new: Class) -> None:
    one, two = [name for name in new if new[name]["score"] < 8 and new[name]["extra_data"]["status"] == "graded"][:2]
    mended(new[one])
    mended(new[two])
    mended(new[two])
    assert [change.name for change in compare(old, new)] == [two, one]


def test_what_was_graded_by_other_checks(old: Class) -> None:
    current = {result["extra_data"]["exercise"]: result["extra_data"]["checks_sha256"] for result in old.values()}
    assert other_checks(old, current) == []
    current["custom_loss"] = "mended"
    earlier = other_checks(old, current)
    assert earlier == [name for name, result in old.items() if result["extra_data"]["exercise"] == "custom_loss"]


def test_command(old: Class, new: Class, tmp_path: Path) -> None:
    name = imperfect(new)
    check = mended(new[name])
    for folder, class_ in (("old", old), ("new", new)):
        for key, result in class_.items():
            result["extra_data"]["checks_sha256"] = folder
            write_json(tmp_path / folder / f"{key}.json", result)
    (tmp_path / "new" / "notes.json").write_text("[]")
    said = kit_here("diff", tmp_path / "old", tmp_path / "new")
    assert name in said
    assert f"{check['question']}.{check['check']}" in said
    assert "20 submissions in both: 1 gains points, 0 lose points." in said
    assert "not graded by the same checks" in said
    assert "Graded by other checks than the current ones: 20 submissions" in said
    same = tmp_path / "old" / f"{name}.json"
    assert kit("diff", same, same).startswith("1 submission in both: 0 gain points")


def test_nothing_to_compare(tmp_path: Path) -> None:
    with pytest.raises(NoResults, match="There is no result in"):
        read_results(tmp_path)
    kit_here("diff", tmp_path, tmp_path, status=2)
