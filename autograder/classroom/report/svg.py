"""A figure of Matplotlib's as a part of the page.

It is drawn in stand-in colours, which become the page's CSS variables: so it follows light and dark and is sharp at any
size and in print. Its text stays text, in the page's font.
"""

from __future__ import annotations

import io
import re
from typing import Any
from xml.etree import ElementTree

from markupsafe import Markup
from matplotlib.figure import Figure

INK, DIM, LINE, ACCENT = "#010101", "#020202", "#030303", "#040404"
VARIABLES = {INK: "--ink", DIM: "--dim", LINE: "--line", ACCENT: "--accent"}
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "report",
    "font.size": 10.5,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.labelcolor": DIM,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": LINE,
    "ytick.color": LINE,
    "xtick.labelcolor": DIM,
    "ytick.labelcolor": DIM,
}
SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"
LARGEST = 1.35
"""How much larger than drawn a chart is shown at most."""


def inline(figure: Figure, key: str, words: str) -> Markup:
    """A figure as an element of an HTML page; ``key`` begins its ids, ``words`` say what it shows."""
    buffer = io.StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(buffer, format="svg", transparent=True, metadata=nothing)
    root = ElementTree.fromstring(buffer.getvalue())
    for parent in root.iter():
        for child in [child for child in parent if child.tag == f"{SVG}style"]:
            parent.remove(child)
    ids = {name: f"{key}-{number}" for number, name in enumerate(_referenced(root))}
    for element in root.iter():
        _adopt(element, ids)
    root.attrib = {"viewBox": root.attrib["viewBox"], "role": "img", "aria-label": words, "class": "chart"}
    root.attrib["style"] = f"max-width: {float(root.attrib['viewBox'].split()[2]) * LARGEST:.0f}px"
    return Markup(ElementTree.tostring(root, encoding="unicode", method="html"))


def _referenced(root: ElementTree.Element) -> list[str]:
    """The ids that other elements name."""
    names = [value for element in root.iter() for value in element.attrib.values()]
    found = [re.fullmatch(r"(?:url\()?#([\w.]+)\)?", name) for name in names]
    return list(dict.fromkeys(match[1] for match in found if match))


def _adopt(element: ElementTree.Element, ids: dict[str, str]) -> None:
    """Make an element the page's: no namespaces, ids of its own, the page's font, variables for colours."""
    element.tag = element.tag.removeprefix(SVG)
    if HREF in element.attrib:
        element.attrib["href"] = element.attrib.pop(HREF)
    element.attrib.pop("type", None)
    if (identity := element.attrib.pop("id", None)) in ids:
        element.attrib["id"] = ids[identity or ""]
    for name, value in element.attrib.items():
        value = re.sub(r"#([\w.]+)", lambda found: f"#{ids.get(found[1], found[1])}", value)
        value = re.sub(r"font-family: [^;]*;? ?", "", value)
        for stand_in, variable in VARIABLES.items():
            value = value.replace(stand_in, f"var({variable})")
        element.attrib[name] = value.replace("\n", "")
