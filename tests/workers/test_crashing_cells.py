"""Submissions that end, hang or flood their process. A result always comes, and the next cell runs."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sealing import MakeStudent

from autograder.workers.frames import WireError
from autograder.workers.limits import PATIENCE
from autograder.workers.student import ProbeDied

RAISED = {
    "sys.exit": ("import sys; sys.exit(3)", "SystemExit"),
    "an interrupt": ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    "a signal": ("import os, signal; os.kill(os.getpid(), signal.SIGINT)", "KeyboardInterrupt"),
    "a generator's end": ("raise GeneratorExit", "GeneratorExit"),
    "a base exception": ("class Odd(BaseException): pass\nraise Odd", "Odd"),
    "recursion": ("def f(): return f()\nf()", "RecursionError"),
    "10 GB": ("import numpy; numpy.ones(10 * 2**30, numpy.uint8)", "MemoryError"),
    "10 GB bit by bit": ("x = []\nwhile True: x.append(bytearray(2**24))", "MemoryError"),
    "10 GB outside the heap": ("import mmap\nx = None\nx = [mmap.mmap(-1, 2**30) for _ in range(10)]", "OSError"),
    "a file of 10 GB": ("f = open('big', 'wb')\nfor _ in range(10240): f.write(bytes(2**20))", "OSError"),
    "input": ("input('name?')", "EOFError"),
    "a password": ("import getpass; getpass.getpass()", "EOFError"),
    "a syntax error": ("def f(:", "SyntaxError"),
    "a fork bomb": ("import os\nwhile True: os.fork()", "PermissionError"),
    "an error that cannot be shown": ("class E(Exception):\n  def __str__(self): return 1\nraise E", "E"),
    "a text that cannot be encoded": ("raise ValueError('\\ud800=cmd')", "ValueError"),
}
GARBAGE = "import os\nfor fd in range(3, 64):\n  try: os.write(fd, b'garbage' * 9)\n  except OSError: pass"
DIED = {
    "os._exit": "import os; os._exit(0)",
    "a kill": "import os; os.kill(os.getpid(), 9)",
    "a wrong pointer": "import ctypes; ctypes.string_at(0)",
    "closed files": "import os; os.closerange(3, 256)",
    "garbage to all files": GARBAGE,
    "a reply ahead of time": (
        "import json, os, struct\n"
        "raw = json.dumps({'status': 'ok', 'nonce': '0' * 16}).encode()\n"
        "for fd in range(3, 64):\n"
        "  try: os.write(fd, struct.pack('>II', 4 + len(raw), len(raw)) + raw)\n"
        "  except OSError: pass"
    ),
    "a length of 4 GB": "import os\nfor fd in range(3, 64):\n  try: os.write(fd, b'\\xff' * 8)\n  except OSError: pass",
    "many files": "for i in range(20_000): open(str(i), 'w').close()",
    "many folders": "import os\nfor i in range(3000): os.mkdir('d'); os.chdir('d')",
    "many bytes": "for i in range(9): open(str(i), 'wb').write(bytes(50 * 2**20))",
}
HANGS = {
    "an endless loop": "while True: pass",
    "one that cannot be interrupted": "while True:\n  try:\n    while True: pass\n  except BaseException: pass",
    "a sleep": "import time; time.sleep(100)",
    "a stop": "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)",
    "a lock": "import threading; threading.Lock().acquire() and threading.Semaphore(0).acquire()",
    "a FIFO": "import os; os.mkfifo('f'); open('f')",
}


@pytest.mark.slow
def test_errors_of_any_kind_are_reported_and_the_worker_goes_on(student: MakeStudent) -> None:
    submission = student(*(source for source, _ in RAISED.values()), "done = 1")
    *outcomes, last = submission.run_cells()
    found = {name: (outcome.status, outcome.error_type) for name, outcome in zip(RAISED, outcomes, strict=True)}
    assert found == {name: ("raised", kind) for name, (_, kind) in RAISED.items()}
    assert last.status == "ok"
    assert submission.starts == 1
    messages = {name: outcome.message for name, outcome in zip(RAISED, outcomes, strict=True)}
    assert messages["an error that cannot be shown"] == ""
    assert messages["a text that cannot be encoded"] == "\ufffd=cmd"
    assert messages["input"] == "input() does not work while a notebook is graded."


@pytest.mark.slow
def test_what_is_printed_takes_no_memory(student: MakeStudent) -> None:
    gigabytes = 2.5
    submission = student(f"for _ in range({int(gigabytes * 1024)}): print('x' * 2**20)", "done = 1")
    assert gigabytes > submission.limits.data_gb
    assert [outcome.status for outcome in submission.run_cells()] == ["ok", "ok"]


@pytest.mark.slow
def test_a_cell_that_ends_its_process_is_left_out(student: MakeStudent) -> None:
    submission = student("kept = 1", *DIED.values(), "assert kept == 1", replays=len(DIED))
    first, *outcomes, last = submission.run_cells()
    found = {name: outcome.status for name, outcome in zip(DIED, outcomes, strict=True)}
    assert found == dict.fromkeys(DIED, "died")
    assert (first.status, last.status) == ("ok", "ok")
    assert all(outcome.message for outcome in outcomes)


@pytest.mark.slow
def test_a_cell_that_hangs_is_left_out(student: MakeStudent) -> None:
    submission = student("kept = 1", *HANGS.values(), "assert kept == 1", cell_seconds=0.3)
    first, *outcomes, last = submission.run_cells()
    assert {outcome.status for outcome in outcomes} == {"timeout"}
    assert (first.status, last.status) == ("ok", "ok")


@pytest.mark.slow
def test_a_million_lines_cost_little(student: MakeStudent) -> None:
    cells = ["for i in range(1_000_000): print('line', i)", "import os\nfor _ in range(10**5): os.write(1, b'x')"]
    submission = student(*cells, cell_seconds=10)
    assert [outcome.status for outcome in submission.run_cells()] == ["ok", "ok"]


def test_many_threads_end_with_their_worker(student: MakeStudent) -> None:
    start = "threading.Thread(target=time.sleep, args=(100,), daemon=True).start()"
    submission = student(f"import threading, time\nfor _ in range(2000): {start}", "1")
    assert [outcome.status for outcome in submission.run_cells()] == ["raised", "ok"]


def test_recursion_without_a_limit(student: MakeStudent) -> None:
    deep = "class A:\n  def __getattr__(self, name): return getattr(self, name)\nA().x"
    first, second = student(f"import sys; sys.setrecursionlimit(10**9)\n{deep}", "1").run_cells()
    assert first.status in ("raised", "died")  # some versions of Python notice
    assert second.status == "ok"


@pytest.mark.slow
def test_the_whole_has_a_deadline(student: MakeStudent) -> None:
    start = time.monotonic()
    submission = student(*["while True: pass"] * 5, cell_seconds=1, total_seconds=1.8)
    statuses = [outcome.status for outcome in submission.run_cells()]
    assert statuses[0] == "timeout" and statuses[-1] == "skipped"
    with pytest.raises(ProbeDied) as died:
        submission.observe("anything", {})
    assert died.value.kind == "exhausted"
    assert time.monotonic() - start < PATIENCE * 1.8 + 5


def test_what_is_left_in_the_folder_is_removed(
    student: MakeStudent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)  # its worker is another user, who must reach it
    submission = student(
        "import os\nfor i in range(800): os.mkdir('d'); os.chdir('d')",
        "os.chdir(os.environ['HOME']); os.mkfifo('fifo'); os.mkdir('closed'); open('closed/x', 'w'); os.umask(0o777)",
        "os.mkdir('nothing'); os.symlink('/', 'root'); open('0', 'w'); open('=cmd', 'w'); open(b'\\xff', 'w')",
    )
    assert {outcome.status for outcome in submission.run_cells()} == {"ok"}
    assert list(tmp_path.iterdir())
    submission.close()
    assert not list(tmp_path.iterdir())


ANSWER = """
def answer(code):
    names = {}
    exec(code, names)
    return names.get("value")
"""
"""An answer that runs code; it gives what the code calls ``value``."""
FOUR = {"code": "value = 2 + 2"}


def test_a_probe_sees_what_the_cells_defined(student: MakeStudent) -> None:
    submission = student(ANSWER)
    submission.run_cells()
    assert submission.observe("call", FOUR) == {"seen": 4}


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("import os; os._exit(0)", "died"),
        ("while True: pass", "timeout"),
        (GARBAGE, "malformed"),
    ],
)
def test_a_probe_that_ends_its_process_does_not_take_the_next_with_it(
    student: MakeStudent, code: str, kind: str
) -> None:
    submission = student(ANSWER, probe_seconds=1)
    submission.run_cells()
    with pytest.raises(ProbeDied) as died:
        submission.observe("call", {"code": code})
    assert died.value.kind == kind
    assert submission.observe("call", FOUR) == {"seen": 4}


def test_a_probe_that_leaves_is_an_error(student: MakeStudent) -> None:
    submission = student(ANSWER)
    submission.run_cells()
    assert submission.observe("call", {"code": "raise SystemExit(1)"})["error"]["type"] == "SystemExit"
    assert submission.observe("call", FOUR) == {"seen": 4}


def test_replays_are_capped(student: MakeStudent) -> None:
    submission = student(ANSWER, replays=0)
    submission.run_cells()
    kinds = []
    for _ in range(2):
        with pytest.raises(ProbeDied) as died:
            submission.observe("call", {"code": "import os; os._exit(0)"})
        kinds.append(died.value.kind)
    assert kinds == ["died", "exhausted"]


def test_a_probe_that_died_twice_is_not_tried_again(student: MakeStudent) -> None:
    """So an answer that crashes in every case leaves time and workers to the other questions."""
    submission = student(ANSWER)
    submission.run_cells()
    for _ in range(4):
        with pytest.raises(ProbeDied) as died:
            submission.observe("call", {"code": "import os; os._exit(0)"})
        assert died.value.kind == "died"
    assert submission.starts == 2


@pytest.mark.parametrize(
    "code",
    ["'x' * 2**17", "[0] * 2**17", "__import__('numpy').zeros(2**24)", "{'x': 2**70}"],
    ids=["long text", "many numbers", "large array", "large number"],
)
def test_an_answer_that_is_too_large_is_malformed(student: MakeStudent, code: str) -> None:
    submission = student(ANSWER)
    submission.run_cells()
    with pytest.raises(ProbeDied) as died:
        submission.observe("call", {"code": f"value = {code}"})
    assert died.value.kind == "malformed"


def test_a_question_that_is_no_plain_data_is_not_the_students_fault(student: MakeStudent) -> None:
    submission = student(ANSWER)
    submission.run_cells()
    with pytest.raises(WireError):
        submission.start("call", {"code": object()})
