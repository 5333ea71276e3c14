"""Grading on a Dask scheduler with two workers gives what this machine gives, also when a worker dies."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree, ignore_patterns

import psutil
import pytest
from command_line import environment, kit, start_kit
from handed_in import answers_to, misconception_of, notebook, put, small_class
from processes import free_port, have_ended, wait_for
from results_on_disk import results_in, verdicts_in

from autograder.paths import ROOT

pytest.importorskip("distributed")
pytestmark = pytest.mark.slow
LIGHT = 6


def dask(*arguments: str, cwd: Path) -> subprocess.Popen[bytes]:
    """Start `dask` as by hand."""
    with (cwd / f"{arguments[0]}-{arguments[-1]}.log").open("wb") as log:
        command = [sys.executable, "-m", "dask", *arguments]
        return subprocess.Popen(command, cwd=cwd, env=environment(), stdout=log, stderr=log)


def start_scheduler(cwd: Path) -> tuple[str, subprocess.Popen[bytes]]:
    """A scheduler of `dask`, and its address."""
    port = free_port()
    process = dask("scheduler", "--no-dashboard", "--host", "127.0.0.1", "--port", str(port), cwd=cwd)
    return f"tcp://127.0.0.1:{port}", process


def stop(*processes: subprocess.Popen[bytes]) -> None:
    """End processes of `dask`."""
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:  # a worker whose scheduler went first may wait for it
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a scheduler, and its two workers; the last test that asks for it kills one."""
    cwd = tmp_path_factory.mktemp("cluster")
    address, scheduler = start_scheduler(cwd)
    options = ("--no-dashboard", "--nthreads", "1", "--no-nanny", "--death-timeout", "60")
    workers = [dask("worker", address, *options, "--name", name, cwd=cwd) for name in ("one", "two")]
    yield address, workers
    stop(*workers, scheduler)


@pytest.fixture(scope="module")
def lonely(tmp_path_factory: pytest.TempPathFactory) -> Iterator[subprocess.Popen[str]]:
    """A run without a scheduler: it waits for one while other tests go on."""
    cwd = tmp_path_factory.mktemp("lonely")
    address = f"tcp://127.0.0.1:{free_port()}"
    run = start_kit("grade", small_class(cwd / "class", 1), "--scheduler", address, "--output", cwd / "results")
    yield run
    run.kill()
    run.wait()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A class with mistakes, a duplicate, and a notebook that is none."""
    folder = small_class(tmp_path / "class", LIGHT)
    base = answers_to("pinball_loss", "pinball_loss_class")
    one, other = (
        notebook(*base, misconception_of(question).source) for question in ("pinball_loss", "pinball_loss_class")
    )
    files = {"mistake": one, "copy": one, "another": other, "empty": b""}
    return put(folder, {f"{name}.ipynb": data for name, data in files.items()})


@pytest.mark.usefixtures("lonely")
@pytest.mark.timeout(300)
def test_ctrl_c_ends_the_sessions_and_leaves_the_workers(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], folder: Path, tmp_path: Path
) -> None:
    address, workers = cluster
    output = tmp_path / "results"
    run = start_kit("grade", folder, "--scheduler", address, "--output", output)
    try:
        wait_for(lambda: output.is_dir() and len(results_in(output)) >= 2)
        zygotes = [child for worker in workers for child in psutil.Process(worker.pid).children()]
        assert zygotes
        run.send_signal(signal.SIGINT)
        said = run.communicate(timeout=60)[0]
    finally:
        run.kill()
    assert run.returncode == 130, said
    assert "Run the same command to resume." in said
    assert "Traceback" not in said
    assert have_ended(zygotes, 30)
    assert [worker.poll() for worker in workers] == [None, None]


@pytest.mark.timeout(600)
def test_a_worker_dies_and_the_results_are_the_same_bit_for_bit(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], folder: Path, tmp_path: Path
) -> None:
    address, (victim, survivor) = cluster
    far, near = tmp_path / "far", tmp_path / "near"
    run = start_kit("grade", folder, "--scheduler", address, "--output", far)
    try:
        wait_for(lambda: far.is_dir() and len(results_in(far)) >= 3)
        orphans = psutil.Process(victim.pid).children(recursive=True)
        assert orphans, "the worker has no zygote"
        victim.kill()
        victim.wait()
        assert have_ended(orphans), "the zygote outlives its worker"
        said = run.communicate(timeout=200)[0]
    finally:
        run.kill()
    assert run.returncode == 0, said
    assert survivor.poll() is None
    kit("grade", folder, "--output", near, "--jobs", "2")
    assert len(results_in(near)) == LIGHT + 4
    assert verdicts_in(far) == verdicts_in(near)
    assert (far / "scores.csv").is_file()
    assert (far / "report.html").is_file()


def test_nobody_there(lonely: subprocess.Popen[str]) -> None:
    said = lonely.communicate(timeout=100)[0]
    assert lonely.returncode == 1
    assert "No scheduler answers" in said
    assert "Traceback" not in said


@pytest.mark.timeout(600)
def test_a_worker_with_another_kit_is_refused(tmp_path: Path) -> None:
    """A worker that would judge by other checks must not: its results would not be those of the others."""
    address, scheduler = start_scheduler(tmp_path)
    other = other_kit(tmp_path / "other")
    command = [sys.executable, "-m", "dask", "worker", address, "--no-dashboard", "--nthreads", "1", "--no-nanny"]
    worker = subprocess.Popen(
        command,
        cwd=other,
        env=environment(other),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        folder = small_class(tmp_path / "class", 1)
        run = start_kit("grade", folder, "--scheduler", address, "--output", tmp_path / "results")
        said = run.communicate(timeout=150)[0]
    finally:
        stop(worker, scheduler)
    assert run.returncode == 1
    assert "has another kit" in " ".join(said.split())
    assert not results_in(tmp_path / "results")


def other_kit(target: Path) -> Path:
    """A copy of the kit in which a judge was changed."""
    for room in ("autograder", "exercises", "solutions"):
        copytree(ROOT / room, target / room, ignore=ignore_patterns("__pycache__"))
    with (target / "autograder" / "judges" / "custom_loss.py").open("a") as judges:
        judges.write("\n# mended\n")
    return target
