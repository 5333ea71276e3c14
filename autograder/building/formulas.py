"""Formulas as MathML, which browsers show without a script and without a network."""

from __future__ import annotations

import itertools
import re
from xml.etree import ElementTree

from keras_checks.show import one_line
from latex2mathml.converter import convert

from autograder.errors import KitError

MATHML = "http://www.w3.org/1998/Math/MathML"
BELOW = ("max", "min", "sup", "inf", "lim")
"""What has its index below it, in a formula on a line of its own."""
SIGNS, CLOSING = ("\u2212", "+"), tuple(")]}|\u2016!")
BAR = "\u2015"
LINE_ABOVE = "border-top: 1px solid; padding-top: 1px"
_WORDS = re.compile(r"\\text\{[^{}]*\}")
_SIZED_BAR = re.compile(r"\\[Bb]igg?[lr]?\s*(?=\\[lr]?[Vv]ert|\\\|)")
"""What makes a bar larger, which the converter knows for other delimiters only."""

ElementTree.register_namespace("", MATHML)


class UnknownFormula(KitError):
    """A formula that uses a command which MathML can't be made from."""


def mathml(latex: str, *, block: bool = False) -> str:
    """A formula; ``block``: on a line of its own. Raises UnknownFormula."""
    known = _SIZED_BAR.sub("", _WORDS.sub(lambda found: found[0].replace(r"\_", "_"), latex.strip()))
    tree = ElementTree.fromstring(convert(known, display="block" if block else "inline"))
    for element in tree.iter():
        _improve(element, block)
        _mark_signs(element)
    shown = ElementTree.tostring(tree, encoding="unicode")
    if "\\" in shown:
        raise UnknownFormula(f"The formula {one_line(latex)} can't be shown on a page. Write it with other commands.")
    return shown


def _improve(element: ElementTree.Element, block: bool) -> None:
    """Draw a line above a term by its style, as no font is sure to stretch one; put an index below its operator."""
    if element.tag == f"{{{MATHML}}}mover" and element[1].text == BAR:
        element.tag = f"{{{MATHML}}}mrow"
        element.set("style", LINE_ABOVE)
        element.remove(element[1])
    if block and element.tag == f"{{{MATHML}}}msub" and element[0].text in BELOW:
        element.tag = f"{{{MATHML}}}munder"


def _mark_signs(row: ElementTree.Element) -> None:
    """Tell a sign from a difference: after an operator, a minus belongs to what follows."""
    terms = [element for element in row if element.tag != f"{{{MATHML}}}mspace"]
    for before, element in itertools.pairwise(terms):
        after_operator = before.tag == f"{{{MATHML}}}mo" and before.text not in CLOSING
        if after_operator and element.text in SIGNS:
            element.set("form", "prefix")
