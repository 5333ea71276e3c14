"""What platforms export of a class of three, in the layouts that they document: Anna, Ben, and Cleo with a PDF.

Each is a mapping of paths to bytes, from the notebooks of Anna and Ben. Where the layouts are described:

* Moodle, *View all submissions*, *Download all submissions*, with and without "in folders":
  https://docs.moodle.org/en/Using_Assignment
* Canvas, *Download submissions*: community.canvaslms.com, "How do I download all student submissions"
* Gradescope, *Export Submissions*: https://guides.gradescope.com, "Reviewing grades and exporting submissions"
* nbgrader, the folder of a course: https://nbgrader.readthedocs.io, "The philosophy of nbgrader"
"""

from __future__ import annotations

from collections.abc import Callable

from handed_in import zipped

from autograder.submissions.people import Person

Files = dict[str, bytes]
PDF = b"%PDF-1.7"
METADATA = """---
submission_7:
  :submitters:
  - :name: Zoë Ångström
    :sid: 'a1'
    :email: zoe@example.org
  :created_at: 2026-11-20 10:00:00.000000000 +00:00
submission_8:
  :submitters:
  - :name: Ben Beck
    :sid:
    :email: ben@example.org
submission_9:
  :submitters:
  - :name: Cleo Cruz
    :sid: 'c3'
    :email: cleo@example.org
"""


def moodle(first: bytes, second: bytes) -> Files:
    """Folders named by student, number and kind of hand-in; Ben's is a zip; Cleo has two folders."""
    return {
        "Zoë Ångström_4711_assignsubmission_file_/vae.ipynb": first,
        "Ben Beck_4712_assignsubmission_file_/work.zip": zipped({"work/vae.ipynb": second}),
        "Cleo Cruz_4713_assignsubmission_file_/essay.pdf": PDF,
        "Cleo Cruz_4713_assignsubmission_onlinetext_/onlinetext.html": b"<p>See the PDF.</p>",
    }


def moodle_flat(first: bytes, second: bytes) -> Files:
    """The same without folders."""
    return {
        "Zoë Ångström_4711_assignsubmission_file_vae.ipynb": first,
        "Ben Beck_4712_assignsubmission_file_vae.ipynb": second,
        "Cleo Cruz_4713_assignsubmission_file_essay.pdf": PDF,
    }


def canvas(first: bytes, second: bytes) -> Files:
    """Files in one folder: name without spaces, last name first; Canvas's numbers. Ben's is late, and his second."""
    return {
        "ångströmzoë_4711_90001_vae.ipynb": first,
        "beckben_LATE_4712_90002_vae-1.ipynb": second,
        "cruzcleo_4713_90003_essay.pdf": PDF,
    }


def gradescope(first: bytes, second: bytes) -> Files:
    """A folder per submission, and the list of who handed them in."""
    return {
        "assignment_3_export/submission_metadata.yml": METADATA.encode(),
        "assignment_3_export/submission_7/vae.ipynb": first,
        "assignment_3_export/submission_8/vae.ipynb": second,
        "assignment_3_export/submission_9/essay.pdf": PDF,
    }


def nbgrader(first: bytes, second: bytes) -> Files:
    """The course's folder of what was handed in: student, assignment, notebook."""
    return {
        "submitted/zoe/ps1/vae.ipynb": first,
        "submitted/zoe/ps1/timestamp.txt": b"2026-11-20 10:00:00 UTC",
        "submitted/ben/ps1/vae.ipynb": second,
        "submitted/cleo/ps1/essay.pdf": PDF,
    }


EXPORTS: dict[str, Callable[[bytes, bytes], Files]] = {
    "moodle": moodle,
    "moodle without folders": moodle_flat,
    "canvas": canvas,
    "gradescope": gradescope,
    "nbgrader": nbgrader,
}
MOODLE_PEOPLE = [
    Person("Zoë Ångström", platform_id="4711"),
    Person("Ben Beck", platform_id="4712"),
    Person("Cleo Cruz", platform_id="4713"),
]
PEOPLE = {
    "moodle": MOODLE_PEOPLE,
    "moodle without folders": MOODLE_PEOPLE,
    "canvas": [
        Person("ångströmzoë", platform_id="4711"),
        Person("beckben", platform_id="4712"),
        Person("cruzcleo", platform_id="4713"),
    ],
    "gradescope": [
        Person("Zoë Ångström", "a1", "zoe@example.org"),
        Person("Ben Beck", "", "ben@example.org"),
        Person("Cleo Cruz", "c3", "cleo@example.org"),
    ],
    "nbgrader": [Person(sid="zoe"), Person(sid="ben"), Person(sid="cleo")],
}
"""What an export tells of Zoë, Ben and Cleo."""
ROSTER = """Student,ID,SIS User ID,SIS Login ID,Section,vae (81)
"    Points Possible",,,,,10
"Ångström, Zoë",4711,a1,zoe@example.org,A,
"Beck, Ben",4712,b2,ben@example.org,A,
"Cruz, Cleo",4713,c3,cleo@example.org,B,
"Diaz, Dora",4714,d4,dora@example.org,B,
"""
"""The class of four as Canvas's grade book exports it. Dora has handed nothing in."""
