"""The reference of an exercise. What it gives on the cases that everybody gets is kept between runs of the kit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from keras_checks.question import Check, Question
from keras_checks.runner import fingerprint, fixed_cases

from autograder.grading.archive import Archive
from autograder.grading.observer import Remembering, Trusted

WHO = "reference"


class Reference(Remembering):
    """The observer of the reference. Only cases that are drawn for one submission need it to run."""

    def __init__(self, exercise: str, sources: Sequence[str], seed: int, archive: Archive | None = None) -> None:
        super().__init__(Trusted(exercise, sources, WHO, seed))
        self.exercise = exercise
        self._archive = archive
        if archive is not None:
            self.known |= archive.read().get(WHO, {})
        self._kept = len(self.known)

    def observe_ahead(self, questions: Sequence[Question]) -> Iterator[None]:
        """Observe what will be asked for all submissions, one case per step."""
        for check in judging_checks(questions):
            for case in fixed_cases(self.exercise, check) if check.needs_reference else []:
                try:
                    self.observe(check.probe, case)
                except Exception:  # it is raised again where the check runs, which then is at fault
                    return
                yield

    def keep(self, questions: Sequence[Question]) -> None:
        """Archive what is new on the cases that everybody gets."""
        if self._archive is None or len(self.known) == self._kept:
            return
        shared = {
            (check.probe, fingerprint(case))
            for check in judging_checks(questions)
            for case in fixed_cases(self.exercise, check)
        }
        found, earlier = {key: self.known[key] for key in shared & self.known.keys()}, self._archive.read()
        if found.keys() - earlier.get(WHO, {}).keys():
            self._archive.write({WHO: earlier.get(WHO, {}) | found})
        self._kept = len(self.known)


def judging_checks(questions: Sequence[Question]) -> Iterator[Check]:
    """All checks of these questions, and those that confirm them."""
    for question in questions:
        for check in question.checks:
            yield check
            yield from check.confirmations
