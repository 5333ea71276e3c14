"""One grading session with short limits for all attacks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from attacks import LIMITS
from sealing import need
from worker_fixtures import bare, seal

from autograder.grading.session import Session
from autograder.workers.canary import SealReport

__all__ = ["bare", "seal"]


@pytest.fixture(scope="session")
def session(seal: SealReport) -> Iterator[Session]:
    """A session whose workers are sealed; not with a user alone, to whom the files of this repository are open."""
    need(seal, "landlock", "seccomp")
    with Session(limits=LIMITS) as running:
        yield running


@pytest.fixture(scope="module")
def unsealed() -> Iterator[Session]:
    """A session whose workers are not sealed, to see that attacks work where nothing stops them."""
    with Session(limits=LIMITS, unsealed=True) as running:
        yield running
