"""The charts of the report: how the class scored, how the questions did, which mistakes come together.

Matplotlib draws them. It is installed already, because the notebooks draw with it, and it needs neither a network nor
scripts in the page, as chart libraries for browsers do. Its axes, ticks and box plots are tested by more people than
drawings of our own would be. Each chart also says in words what it shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from autograder.classroom.mistakes import Together
from autograder.classroom.report.svg import ACCENT, DIM, INK, LINE, STYLE, inline
from autograder.classroom.statistics import BINS, QuestionStatistics, Summary

WIDTH, HEIGHT = 340, 210
"""Points; charts are drawn at about the width of a phone, so that their text is legible there."""
FIELD = 30
"""Points of a field of the heat map."""
FAINT, STRONG = 0.1, 0.5
"""How strong a field of the heat map is at least and at most: its number stays legible in light and dark."""


def distribution_chart(key: str, counts: Sequence[int], summary: Summary) -> Markup:
    """How many submissions have which share of the points, below a box plot of the same; ``key`` begins its ids."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH / 72, HEIGHT / 72))
        box, bars = figure.subplots(2, height_ratios=(1, 5), sharex=True)
        _box(box, summary)
        drawn = bars.bar([10 * place + 5 for place in range(BINS)], counts, width=9.2, color=ACCENT)
        bars.bar_label(drawn, [str(count) if count else "" for count in counts], padding=2, color=INK)
        bars.set_xlim(0, 100)
        bars.set_xticks(range(0, 101, 20), [f"{share} %" for share in range(0, 101, 20)])
        bars.set_yticks([])
        bars.spines["left"].set_visible(False)
        bars.margins(y=0.12)
        bars.set_xlabel("share of the points")
        figure.subplots_adjust(left=0.03, right=0.95, top=0.98, bottom=0.22, hspace=0.08)
        return inline(figure, f"{key}-distribution", distribution_words(counts, summary))


def distribution_words(counts: Sequence[int], summary: Summary) -> str:
    """The histogram in words."""
    bins = ", ".join(f"{10 * place} to {10 * place + 10} %: {count}" for place, count in enumerate(counts) if count)
    return (
        f"Submissions by share of the points. {bins}. "
        f"Median {summary.median:.0%}, middle half {summary.lower:.0%} to {summary.upper:.0%}, "
        f"lowest {summary.lowest:.0%}, highest {summary.highest:.0%}."
    )


def _box(axes: Axes, summary: Summary) -> None:
    ends = {"whislo": summary.lowest, "q1": summary.lower, "med": summary.median}
    ends |= {"q3": summary.upper, "whishi": summary.highest}
    axes.bxp(
        [{name: 100 * value for name, value in ends.items()} | {"fliers": []}],
        orientation="horizontal",
        widths=0.6,
        patch_artist=True,
        boxprops={"facecolor": LINE, "edgecolor": LINE},
        medianprops={"color": INK, "linewidth": 2.5},
        whiskerprops={"color": DIM},
        capprops={"color": DIM},
    )
    axes.set_axis_off()


def difficulty_chart(key: str, items: Sequence[QuestionStatistics]) -> Markup | None:
    """Difficulty against discrimination, a point per question; None where no question has a discrimination.

    The names are in a column beside the plot, so that they are legible however close the points are.
    """
    placed = [(item, 100 * item.difficulty, item.discrimination) for item in items if item.discrimination is not None]
    if not placed:
        return None
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH / 72, HEIGHT / 72))
        axes = figure.subplots()
        axes.axhline(0, color=DIM, linewidth=1, linestyle=(0, (3, 3)))
        lowest = min(-0.1, *(y - 0.1 for _, _, y in placed))
        for (item, x, y), height in zip(placed, _apart([y for _, _, y in placed], 0.09 * (1 - lowest)), strict=True):
            axes.plot((x, 104), (y, height), color=DIM, linewidth=0.6, clip_on=False, zorder=2)
            axes.plot(x, y, "o", markersize=7, color=ACCENT, clip_on=False, zorder=3)
            axes.text(106, height, item.question, color=INK, fontsize=9.5, va="center_baseline")
        axes.set_xlim(0, 100)
        axes.set_xticks((0, 50, 100), ("0 %", "50 %", "100 %"))
        axes.set_ylim(lowest, 1)
        axes.set_yticks([tick for tick in (-1, -0.5, 0, 0.5, 1) if tick >= lowest])
        axes.set_xlabel("hard  ←  points earned  →  easy")
        axes.set_ylabel("discrimination")
        figure.subplots_adjust(left=0.14, right=0.54, top=0.95, bottom=0.22)
        return inline(figure, f"{key}-difficulty", difficulty_words([item for item, _, _ in placed]))


def _apart(heights: Sequence[float], least: float) -> list[float]:
    """Heights for labels, near to ``heights`` and at least ``least`` from each other."""
    order = sorted(range(len(heights)), key=lambda place: -heights[place])
    found = [0.0] * len(heights)
    above = 1.0 + least
    for place in order:
        above = found[place] = min(heights[place], above - least)
    return found


def difficulty_words(items: Sequence[QuestionStatistics]) -> str:
    """The points of the plot in words."""
    points = "; ".join(f"{item.question}: {item.difficulty:.0%} and {item.discrimination:.2f}" for item in items)
    return f"Share of the points that was earned, and discrimination, of each question. {points}."


def together_chart(key: str, numbers: Mapping[str, int], pairs: Sequence[Together]) -> Markup:
    """Which misconceptions come together: how many have both, the stronger the more of the row's are also the column's.

    Args:
        numbers: the number of each misconception on the page, by its name; the chart has these.
        pairs: the pairs that come together, of these misconceptions.
    """
    names = sorted(numbers, key=lambda name: numbers[name])
    place = {name: at for at, name in enumerate(names)}
    with matplotlib.rc_context(STYLE):
        side = FIELD * len(names) + 30
        figure = Figure(figsize=(side / 72, side / 72))
        axes = figure.add_axes((28 / side, 2 / side, 1 - 30 / side, 1 - 26 / side))
        for pair in pairs:
            _field(axes, place[pair.one.name], place[pair.other.name], pair.both, len(pair.one.who))
            _field(axes, place[pair.other.name], place[pair.one.name], pair.both, len(pair.other.who))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_ticks(range(len(names)), [str(numbers[name]) for name in names])
        axes.set_xlim(-0.5, len(names) - 0.5)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
        return inline(figure, f"{key}-together", together_words(numbers, pairs))


def _field(axes: Axes, row: int, column: int, both: int, of: int) -> None:
    axes.bar(column, 0.94, 0.94, row - 0.47, color=ACCENT, alpha=FAINT + (STRONG - FAINT) * both / of)
    axes.text(column, row, str(both), color=INK, ha="center", va="center_baseline")


def together_words(numbers: Mapping[str, int], pairs: Sequence[Together]) -> str:
    """The fields of the chart in words."""
    fields = [(numbers[pair.one.name], numbers[pair.other.name], pair.both) for pair in pairs]
    said = "; ".join(f"{one} and {other}: {both}" for one, other, both in sorted(fields))
    return f"How many submissions have two misconceptions both, by their numbers. {said}."
