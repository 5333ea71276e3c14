"""No layer is claimed that the kernel has not given, and without what every Linux has nothing runs."""

from __future__ import annotations

from typing import Any

import pytest
from poor_kernel import LIBRARIES

from autograder.seal.errors import SealError
from autograder.seal.process import set_process_option
from autograder.workers.canary import SealReport
from autograder.workers.workdir import make_workdir, remove_workdir
from autograder.workers.zygote import Zygote

UNKNOWN_OPTION = 2**20


def sealed_without(lacks: str, bare: Zygote) -> dict[str, Any]:
    """What came of sealing a process where the kernel lacks something."""
    work = make_workdir()
    process = bare.spawn("poor_kernel:sealed", {"work": str(work), "lacks": lacks})
    try:
        return process.channel.receive()
    finally:
        bare.end(process)
        remove_workdir(work)


@pytest.mark.parametrize("lacks", LIBRARIES)
def test_what_the_kernel_refuses_ends_the_worker(lacks: str, bare: Zygote, seal: SealReport) -> None:
    assert "seal does not hold" in sealed_without(lacks, bare).get("refused", "")


@pytest.mark.parametrize("limit", ["RLIMIT_DATA", "RLIMIT_NPROC"])
def test_limits_are_a_layer_only_where_all_are_set(limit: str, bare: Zygote, seal: SealReport) -> None:
    found = sealed_without(limit, bare)
    assert found["layers"] == [layer for layer in seal.layers if layer != "rlimits"]
    assert found["reasons"] == {**seal.reasons, "rlimits": f"{limit}: not known here"}


def test_an_option_that_is_refused_is_told() -> None:
    with pytest.raises(SealError, match=r"refuses prctl\(1048576\)"):
        set_process_option(UNKNOWN_OPTION, 0)
