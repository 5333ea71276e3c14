"""What the machine's check-up says of the machine on which the tests run."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import environment
from sealing import need

import autograder
from autograder.seal.enter import LAYERS, SealError
from autograder.verifying.doctor import HOLDS, PACKAGES, _attacks, isolation_table, memory_available_mb
from autograder.workers.canary import ATTACKS, SealReport, check_seal
from autograder.workers.zygote import Zygote

KIT = Path(autograder.__file__).parent / "seal" / "enter.py"


@pytest.fixture(scope="module")
def seal() -> SealReport:
    """What the seal gives on this machine."""
    with Zygote(bare=True) as zygote:
        try:
            return check_seal(zygote, [KIT])
        except SealError as error:
            pytest.skip(str(error))


def test_rows_are_measured(seal: SealReport) -> None:
    rows = {row.layer: row for row in isolation_table([KIT])}
    assert set(rows) == {*LAYERS, HOLDS, *(f"cannot {attack}" for attack in ATTACKS)}
    assert [layer for layer in LAYERS if rows[layer].works] == seal.layers
    assert {layer: rows[layer].why for layer in LAYERS if not rows[layer].works} == seal.reasons
    assert rows[HOLDS].works == seal.holds
    assert [attack for attack in ATTACKS if not rows[f"cannot {attack}"].works] == seal.could
    assert all(row.works or row.why for row in rows.values())


def test_other_users_are_for_root_only(seal: SealReport) -> None:
    assert "uid" not in seal.layers or os.geteuid() == 0


def test_the_kits_own_files_are_kept_from_a_worker_by_landlock(seal: SealReport) -> None:
    need(seal, "landlock")
    assert {row.layer: row for row in isolation_table([KIT])}[HOLDS].works


def test_where_nothing_can_be_sealed_one_row_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> SealReport:
        raise SealError("It does not hold here.")

    monkeypatch.setattr("autograder.verifying.doctor.check_seal", refuse)
    (row,) = isolation_table()
    assert (row.works, row.why) == (False, "It does not hold here.")


def test_what_a_missing_layer_costs_is_said() -> None:
    report = SealReport(["uid", "seccomp"], {}, [], [], ["list the temporary folder", "write outside its folder"])
    rows = [row for row in _attacks(report) if not row.works]
    assert [row.why for row in rows] == ["needs landlock"] * 2


def test_a_file_that_can_be_read_is_named(seal: SealReport) -> None:
    rows = {row.layer: row for row in isolation_table([os.__file__])}
    assert not rows[HOLDS].works
    assert os.__file__ in rows[HOLDS].why


ASK = """
import json, sys
from autograder.verifying.doctor import versions
before = set(sys.modules)
found = versions()
print(json.dumps([found, sorted(set(sys.modules) - before), sorted(sys.modules)]))
"""


def test_versions_need_no_import() -> None:
    command = [sys.executable, "-P", "-c", ASK]
    said = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True).stdout
    found, imported, modules = json.loads(said)
    assert found["python"] == platform.python_version()
    assert set(found) == {"python", "system", *PACKAGES}
    assert all(found.values())
    names = {"otter-grader": "otter", "ipython": "IPython"}
    assert not {names.get(package, package) for package in PACKAGES} & set(imported)
    assert not {"tensorflow", "keras", "otter"} & set(modules)


def test_memory_is_less_than_the_machine_has() -> None:
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 20
    assert 0 < memory_available_mb() <= total
