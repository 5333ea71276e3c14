"""What the command line asks of a trusted process: one submission to grade."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from autograder.bank.variants import Variant
from autograder.workers.limits import Limits

SEED = 20


@dataclass(frozen=True)
class Job:
    """One submission to grade. ``cells`` of None asks for the plan of the exercise only; ``checks`` is their hash."""

    exercise: str
    reference: list[str]
    misconceptions: list[Variant]
    cells: list[str] | None = None
    files: dict[str, str] = field(default_factory=dict)
    salt: str = ""
    only: str | None = None
    unsealed: bool = False
    profile: bool = False
    checks: str = ""
    seed: int = SEED
    limits: Limits = field(default_factory=Limits)

    def to_json(self) -> str:
        """The job as one line."""
        return json.dumps(asdict(self)) + "\n"

    @classmethod
    def from_json(cls, line: str) -> Job:
        """The job that :meth:`to_json` wrote."""
        data = json.loads(line)
        known = [Variant(**item) for item in data["misconceptions"]]
        return cls(**{**data, "misconceptions": known, "limits": Limits(**data["limits"])})
