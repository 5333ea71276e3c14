"""What the machine's check-up says of the machine on which the tests run."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import autograder
from autograder.seal.enter import LAYERS
from autograder.verifying.doctor import HOLDS, _attacks, isolation_table, memory_available_mb, versions
from autograder.workers.canary import ATTACKS, SealReport


def test_rows_are_measured() -> None:
    rows = {row.layer: row for row in isolation_table([Path(autograder.__file__).parent / "seal" / "enter.py"])}
    assert set(rows) == {*LAYERS, HOLDS, *(f"cannot {attack}" for attack in ATTACKS)}
    assert rows[HOLDS].works
    assert rows["uid"].works == (os.geteuid() == 0)
    assert all(row.works or row.why for row in rows.values())


def test_what_a_missing_layer_costs_is_said() -> None:
    report = SealReport(["uid", "seccomp"], {}, [], [], ["list the temporary folder", "write outside its folder"])
    rows = [row for row in _attacks(report) if not row.works]
    assert [row.why for row in rows] == ["needs landlock"] * 2


def test_a_file_that_can_be_read_is_named() -> None:
    rows = {row.layer: row for row in isolation_table([os.__file__])}
    assert not rows[HOLDS].works
    assert os.__file__ in rows[HOLDS].why


def test_versions_need_no_import() -> None:
    found = versions()
    assert found["python"] == platform.python_version()
    assert all(found.values())


def test_memory_is_less_than_the_machine_has() -> None:
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 20
    assert 0 < memory_available_mb() <= total
