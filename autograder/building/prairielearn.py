"""The folder of a question for PrairieLearn: what a course holds in ``questions/``.

What it holds: https://docs.prairielearn.com/question/overview/ and https://docs.prairielearn.com/externalGrading/
"""

from __future__ import annotations

import hashlib
import json
import uuid
from pathlib import Path

from autograder.bank.markers import AuthoringError
from autograder.bank.master import Master
from autograder.bank.settings import FILE, settings_of
from autograder.building.package import Files, student_files, zip_bytes
from autograder.paths import AUTOGRADER, SOLUTIONS

RUN = AUTOGRADER / "doors" / "prairielearn" / "run"
LONGEST = 600
"""Seconds after which PrairieLearn ends any job."""
BESIDE_GRADING = 120
"""What a job may take beyond the settings' seconds: unpacking, starting, writing."""
PAGE = """\
<pl-question-panel>
  <p>
    Download the exercise, unpack it, and follow its README. Hand in the notebook <code>{exercise}.ipynb</code>, saved
    after your last change.
  </p>
  <p><pl-file-download file-name="{exercise}.zip" label="{exercise}.zip"></pl-file-download></p>
  <pl-file-upload file-names="{exercise}.ipynb"></pl-file-upload>
</pl-question-panel>

<pl-submission-panel>
  <pl-external-grader-results></pl-external-grader-results>
</pl-submission-panel>
"""


def question_files(master: Master, grader: bytes, image: str) -> Files:
    """The files of the question's folder; ``grader`` is the autograder zip, ``image`` has the locked environment."""
    name = master.exercise
    return {
        "info.json": (json.dumps(_info(master, image), indent=2, ensure_ascii=False) + "\n").encode(),
        "question.html": PAGE.format(exercise=name).encode(),
        f"clientFilesQuestion/{name}.zip": zip_bytes(student_files(name)),
        "tests/run": RUN.read_bytes(),
        "tests/grader.zip": grader,
    }


def _info(master: Master, image: str) -> dict[str, object]:
    return {
        "uuid": str(uuid.UUID(bytes=hashlib.sha256(master.exercise.encode()).digest()[:16], version=4)),
        "title": master.title,
        "topic": "Keras",
        "tags": [],
        "type": "v3",
        "gradingMethod": "External",
        "singleVariant": True,
        "externalGradingOptions": {
            "enabled": True,
            "image": image,
            "entrypoint": "/grade/tests/run",
            "timeout": _timeout(master.exercise),
            "enableNetworking": False,
        },
    }


def _timeout(exercise: str) -> int:
    seconds = settings_of(exercise).seconds + BESIDE_GRADING
    if seconds > LONGEST:
        file: Path = SOLUTIONS / exercise / FILE
        most = LONGEST - BESIDE_GRADING
        raise AuthoringError(file, f"PrairieLearn ends a job after {LONGEST} s: set seconds to {most} at most")
    return seconds
