"""Observes what typical mistakes do before the first submission comes, so that no student waits for it."""

from __future__ import annotations

import os

from autograder.bank.master import exercise_names
from autograder.verifying.in_process import fill_archive, without_noise
from autograder.workers.zygote import ENVIRONMENT

SECONDS = 45.0
"""What the preparation may take longer for it; what is left out is observed when it is needed."""

if __name__ == "__main__":
    os.environ.update(ENVIRONMENT)
    (exercise,) = exercise_names()
    with without_noise():
        fill_archive(exercise, SECONDS)
