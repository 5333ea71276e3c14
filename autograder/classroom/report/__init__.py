"""The report of a class: `report.html`, one page that is complete in itself, and the page of one student alone.

* :func:`report`: the page of a class, from its results and its code.
* :func:`student_page`: one student's page, to answer an appeal.
* :func:`read_code`, :func:`code_of`: what students wrote, for the two above. Results do not hold it.
* :func:`birds`: the pseudonym of each submission, the same on all pages of a class.
"""

from autograder.classroom.report.code import code_of, read_code
from autograder.classroom.report.page import report
from autograder.classroom.report.people import birds
from autograder.classroom.report.students import student_page

__all__ = ["birds", "code_of", "read_code", "report", "student_page"]
