"""Grades on the workers of a Dask scheduler: each worker process has its own zygote, and all give the same results."""

from __future__ import annotations

import contextlib
import logging
import uuid
from collections.abc import Callable
from types import TracebackType
from typing import TypeVar, cast

from distributed import Client, KilledWorker, Worker, WorkerPlugin, get_worker

from autograder.classroom.batch import CannotGrade
from autograder.grading.session import Session
from autograder.results.identity import checks_sha256
from autograder.results.key import NO_KEY
from autograder.results.records import PlanRow, Status
from autograder.results.result import Grading
from autograder.submissions.read import Submission

# It writes tracebacks of connections that end, as they do when a worker dies or a run is stopped.
logging.getLogger("distributed").setLevel(logging.CRITICAL)

T = TypeVar("T")
PLUGIN = "keras-exercise-kit"
CONNECT_SECONDS = 20
WAIT_SECONDS = 120


class ClusterError(CannotGrade):
    """The scheduler or its workers can't be used. One line that says what to do."""


class SessionPlugin(WorkerPlugin):
    """Gives a worker process a grading session; its imports run while it waits for the first submission."""

    def __init__(self, unsealed: bool, key: bytes) -> None:
        self.session = Session(unsealed=unsealed, key=key)

    def setup(self, worker: Worker) -> None:  # noqa: ARG002 - Dask's signature
        """Start the zygote."""
        self.session.__enter__()

    def teardown(self, worker: Worker) -> None:  # noqa: ARG002
        """End it with all that it has forked. A worker that is killed has no time for this: then the zygote sees it."""
        self.session.__exit__(None, None, None)

    def __reduce__(self) -> tuple[type[SessionPlugin], tuple[bool, bytes]]:
        return SessionPlugin, (self.session.unsealed, self.session.key)


class Cluster:
    """Grades as a :class:`~autograder.grading.session.Session` does, on all workers of a scheduler. A context manager.

    A worker that dies gives its submission back; one that takes several workers down is a fault, and no more is lost.

    Raises:
        ClusterError: on entering, when nobody answers; when grading, on a worker with another kit.
    """

    def __init__(self, address: str, *, unsealed: bool = False, key: bytes = NO_KEY) -> None:
        self.address = address
        self.key = key
        self.unsealed = unsealed
        self._client: Client | None = None

    def __enter__(self) -> Cluster:
        try:
            self._client = Client(self.address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError):  # TimeoutError is an OSError
            raise ClusterError(f"No scheduler answers at {self.address}. Start one with `dask scheduler`.") from None
        try:
            self._client.wait_for_workers(1, timeout=WAIT_SECONDS)
        except TimeoutError:
            self._client.close()
            raise ClusterError(f"{self.address} has no worker. Start one with `dask worker {self.address}`.") from None
        self._client.register_plugin(SessionPlugin(self.unsealed, self.key), name=PLUGIN)
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Take back what has not been graded, and end the workers' sessions; the workers stay for the next class."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(Exception):  # a scheduler that has gone has no session to end
                client.unregister_worker_plugin(PLUGIN)
            client.close()

    def plan(self, exercise: str) -> list[PlanRow]:
        """One row a check of the exercise."""
        return self._run(_plan, exercise)

    def grade(self, submission: Submission, exercise: str, *, only: str | None = None) -> Grading:
        """Grade a submission, or one question of it, on any worker."""
        try:
            return self._run(_grade, exercise, submission, only)
        except KilledWorker as error:
            said = f"The grader stopped: it took down {error.last_worker.address}, the last of several workers."
            plan = [row for row in self.plan(exercise) if only in (None, row["question"])]
            return Grading(submission.name, exercise, submission.sha256, plan=plan, ended=Status.FAULT, message=said)

    def _run(self, function: Callable[..., T], exercise: str, *arguments: object) -> T:
        if self._client is None:
            raise ClusterError("The run was stopped.")
        key = f"{function.__name__.strip('_')}-{exercise}-{uuid.uuid4().hex}"
        future = self._client.submit(function, checks_sha256(exercise), exercise, *arguments, key=key, pure=False)
        return cast(T, future.result())


def _session(expected: str, exercise: str) -> Session:
    """The session of this worker process, which must judge as the kit that asks does."""
    worker = get_worker()
    if checks_sha256(exercise) != expected:
        raise ClusterError(
            f"The worker at {worker.address} has another kit, or other versions of TensorFlow, Keras or Python: "
            "install the same there, from the same uv.lock."
        )
    return cast(SessionPlugin, worker.plugins[PLUGIN]).session


def _plan(expected: str, exercise: str) -> list[PlanRow]:
    return _session(expected, exercise).plan(exercise)


def _grade(expected: str, exercise: str, submission: Submission, only: str | None) -> Grading:
    return _session(expected, exercise).grade(submission, exercise, only=only)
