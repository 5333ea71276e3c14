"""Reads the transcript of an adversarial step (see :mod:`keras_checks.testbeds.players`): turns, images, scores.

A transcript comes from the code under test. :func:`checked` looks at its size and shapes before anything is computed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from keras_checks.causes import cause
from keras_checks.compare import Failure, array, expect, finite
from keras_checks.question import Case
from keras_checks.testbeds.bends import squares
from keras_checks.testbeds.players import Event

D, G = "discriminator", "generator"
MOST_EVENTS, MOST_ROWS = 256, 8192
"""Events of a step, and examples in all of them together, in a transcript that is read."""
image_shapes = st.permutations((2, 3, 1)).map(tuple)
"""Height, width and channels of the images of a game: one, two or three channels, no two axes alike."""


@dataclass(frozen=True)
class Turn:
    """What led to a change of weights: whose changed, the events before it, and the weights before and after."""

    moved: frozenset[str]
    events: list[Event]
    before: Event
    after: Event

    def change(self, player: str) -> np.ndarray:
        """How far each weight of a network moved, in float64."""
        return self.after[player].astype(np.float64) - self.before[player]


@dataclass(frozen=True)
class Scored:
    """An image, where it came from ("fake", "real" or "unknown"), and the score that it got.

    ``scorer`` and ``maker`` are the weights that discriminator and generator had when they were called.
    """

    kind: str
    image: np.ndarray
    score: float
    scorer: np.ndarray
    latent: np.ndarray | None = None
    maker: np.ndarray | None = None
    eager: bool = True


def checked(case: Case, seen: Any, count: int, what: str) -> list[dict[str, Any]]:
    """The ``count`` steps of an observation; fails where they can't be a transcript of the case's networks."""
    expect(isinstance(seen, list) and len(seen) == count, f"{what} did not give {count} steps.")
    for step in seen:
        events: Any = step.get("events") if isinstance(step, dict) else None
        expect(isinstance(events, list) and events, f"{what} gave no transcript of a step.")
        expect(len(events) <= MOST_EVENTS, f"{what} called its networks and losses more than {MOST_EVENTS} times.")
        left = MOST_ROWS
        for event in events:
            left -= _checked_event(event, case, what)
            expect(left >= 0, f"{what} used more than {MOST_ROWS} examples in one step.")
    return seen


def _checked_event(event: Any, case: Case, what: str) -> int:
    """The number of examples of an event; fails where a number or a shape is not of the case."""
    expect(isinstance(event, dict) and isinstance(event.get("kind"), str), f"{what} gave no transcript of a step.")
    pixels, latent_dim = len(case["g_bias"]), len(case["g_kernel"])
    states = {D: pixels + 1, G: latent_dim * pixels + pixels}
    for name, size in states.items():
        found = event.get(name)
        fits = isinstance(found, np.ndarray) and found.dtype.kind == "f" and found.shape == (size,)
        expect(fits, f"{what} gave a transcript with wrong shapes.")
    called = {f"{G} call": (latent_dim, pixels), f"{D} call": (pixels, 1)}.get(event["kind"])
    if called is None:
        others = [value.size for name, value in event.items() if name not in states and isinstance(value, np.ndarray)]
        return max(others, default=0)
    into, out = array(event.get("into"), what), array(event.get("out"), what)
    rows = into.shape[0] if into.ndim > 1 and out.ndim > 1 else -1
    fits = (into.size, out.size, out.shape[:1]) == (rows * called[0], rows * called[1], (rows,))
    expect(fits, f"{what} gave a transcript with wrong shapes.")
    return rows


def turns(events: Sequence[Event]) -> tuple[list[Turn], list[Event]]:
    """The turns in their order, and the events after the last."""
    played, start = [], 0
    for index in range(len(events) - 1):
        before, after = events[index], events[index + 1]
        moved = frozenset(player for player in (D, G) if not np.array_equal(before[player], after[player]))
        if moved:
            played.append(Turn(moved, list(events[start : index + 1]), before, after))
            start = index + 1
    return played, list(events[start:])


class Shown:
    """The images that the discriminator was shown so far, found again by the score that each got.

    Each event is looked at once, and each image looked up by its bytes.
    """

    def __init__(self, real: Iterable[np.ndarray]) -> None:
        self._real = {_key(image) for image in real}
        self._made: dict[bytes, tuple[Event, int]] = {}
        self._by_score: dict[float, Scored] = {}

    def follow(self, event: Event) -> None:
        """Take note of the next event."""
        if event["kind"] == f"{G} call":
            self._made |= {_key(image): (event, row) for row, image in enumerate(event["out"])}
        elif event["kind"] == f"{D} call":
            for image, score in zip(event["into"], np.ravel(event["out"]), strict=True):
                self._by_score[float(score)] = self._scored(image, float(score), event)

    def find(self, score: Any) -> Scored:
        """The image that last got exactly this score; one of kind "unknown" where none did."""
        unknown = Scored("unknown", np.empty(0), float(score), np.empty(0))
        return self._by_score.get(float(np.float32(score)), unknown)

    def _scored(self, image: np.ndarray, score: float, event: Event) -> Scored:
        key, common = _key(image), (np.ravel(image), score, event[D])
        if key in self._made:
            maker, row = self._made[key]
            return Scored("fake", *common, np.ravel(maker["into"][row]), maker[G], bool(maker["eager"]))
        return Scored("real" if key in self._real else "unknown", *common)


def _key(image: Any) -> bytes:
    return (np.ravel(image).astype(np.float32) + 0.0).tobytes()  # -0.0 and 0.0 are one number


def expect_start(step: Any, case: Case, what: str) -> None:
    """Fail unless the step began with the weights of the case."""
    for player, letter in ((D, "d"), (G, "g")):
        weights = np.concatenate([np.ravel(case[f"{letter}_kernel"]), np.ravel(case[f"{letter}_bias"])])
        same = np.array_equal(step["events"][0][player], weights)
        expect(same, f"{what} did not use the {player} that it was given.", hint=STORED)


WORKED_GAMES = "moving", "frozen", "curved", "frozen_curved"
"""The worked steps. In the frozen ones the discriminator's learning rate is 0: a mistake in its half costs only in the
others. In the curved ones the discriminator squares each pixel first."""


def worked(game: Case, latent_dim: int, d_rate: float) -> Case:
    """The worked steps of a game with images of one pixel, whose generator's kernel is 0."""
    game = game | {"latent_dim": latent_dim, "g_kernel": np.zeros((latent_dim, 1), np.float32)}
    games = {"moving": game | {"d_rate": d_rate}, "frozen": game | {"d_rate": 0.0}}
    curved = {name: games[name] | {"d_bends": squares(1)} for name in games}
    return games | {"curved": curved["moving"], "frozen_curved": curved["frozen"]}


def of_worked(case: Case, seen: Any, name: str, what: str) -> tuple[Any, Event]:
    """One of the worked steps, and the state of both networks after it."""
    expect(isinstance(seen, list) and len(seen) == len(WORKED_GAMES), f"There are not {len(WORKED_GAMES)} steps.")
    index = WORKED_GAMES.index(name)
    step = checked(case[name], seen[index : index + 1], 1, what)[0]
    expect_start(step, case[name], what)
    return step, step["events"][-1]


STORED = "Look at `__init__` and `train_step`: store each network on `self`, and use these in the step."


def finished(step: Any) -> None:
    """Fail with the student's error where a step raised one."""
    if "raised" in step:
        kind, message = (str(step["raised"].get(name, ""))[:200] for name in ("type", "message"))
        if message.startswith(RETURNS):
            raise Failure(f"{RETURNS}.", hint="Look at the keys of the dict in the last line of your `train_step`.")
        usual = cause({"type": kind, "message": message})
        raise Failure(f"`train_step` raised {kind}: {message}", hint=usual or ABOUT_A_LINE)


def latents_of(step: Any) -> list[np.ndarray]:
    """The latents of each call of the generator in a step, without those that an earlier call of the step was given:
    one half may use those of the other."""
    used: set[bytes] = set()
    found = []
    for event in step["events"]:
        if event["kind"] == f"{G} call":
            rows = [row for row in event["into"] if row.tobytes() not in used]
            used |= {row.tobytes() for row in rows}
            found += [np.stack(rows)] if rows else []
    return found


def drawn_in_all(steps: Sequence[Sequence[np.ndarray]], hint: str = "") -> None:
    """:func:`drawn_each` for what :func:`latents_of` found in each of some steps: for the first calls alone, then for
    all calls."""
    for calls in ([drawn[:1] for drawn in steps], steps):
        drawn_each([rows for drawn in calls for rows in drawn], hint)


def drawn_each(latents: Sequence[np.ndarray], hint: str = "") -> None:
    """Fail where two latents are equal or opposite, or nearly, or two of their numbers are so in all latents; or where
    their numbers, those of one call or all of them, are not ones that a standard normal distribution gives."""
    expect(latents, "The generator was not called.")
    rows = finite(np.concatenate(latents), "The latent")
    for axis, message, more in (
        (0, "A latent was used twice, or again with the opposite sign.", hint),
        (1, "In all latents, two of the numbers are equal or opposite.", OF_EACH),
    ):
        found, due = different(rows, axis)
        expect(found == due, message, f"{found} different ones", f"{due} different ones", more)
    message = "Two latents point in nearly the same direction, or in opposite ones."
    expect(independent(rows), message, hint=hint or OF_EACH)
    for numbers in (rows, *latents):
        _standard_normal(np.ravel(numbers).astype(np.float64))


def independent(rows: np.ndarray) -> bool:
    """Whether no two rows point in directions that are so near, or so nearly opposite, as independent ones rarely are.

    The cosine of two independent normal rows of n numbers is beyond c with a probability below x^a / (c sqrt(pi a)),
    where x = 1 - c^2 and a = (n - 1) / 2.
    """
    flat = rows.reshape((len(rows), -1)).astype(np.float64)
    half = (flat.shape[1] - 1) / 2
    pairs = len(rows) * (len(rows) - 1) / 2
    if not pairs or not half:
        return True
    unit = flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-12)
    cosine = float(np.abs(unit @ unit.T)[np.triu_indices(len(rows), 1)].max())
    chance = max(0.0, 1 - cosine**2) ** half / (max(cosine, 1e-3) * math.sqrt(math.pi * half))
    return pairs * chance > UNLIKELY


def _standard_normal(numbers: np.ndarray) -> None:
    """Fail where numbers are not ones that a standard normal distribution gives: by the largest of them, by the sum of
    their squares and by their distribution function. The bounds of the last two are those of Laurent and Massart, and
    of Dvoretzky, Kiefer, Wolfowitz and Massart."""
    count, size = len(numbers), np.abs(numbers)
    what = "in the latents is not one that a standard normal distribution gives."
    largest = float(size.max())
    wide, narrow = count * math.erfc(largest / math.sqrt(2)), math.erf(largest / math.sqrt(2)) ** count
    message = f"The largest of {count} numbers {what}"
    expect(min(wide, narrow) > UNLIKELY, message, largest, "2 to 4", NORMAL)
    squares_sum, room = float(np.sum(size**2)), math.log(2 / UNLIKELY)
    far = 2 * math.sqrt(count * room)
    message = f"The root of the mean square of {count} numbers {what}"
    expect(-far < squares_sum - count < far + 2 * room, message, math.sqrt(squares_sum / count), 1, NORMAL)
    below = np.array([math.erfc(-number / math.sqrt(2)) / 2 for number in np.sort(numbers)])
    ranks = np.arange(count + 1) / count
    distance = float(max(np.abs(below - ranks[1:]).max(), np.abs(below - ranks[:-1]).max()))
    message = f"The distribution of {count} numbers in the latents is not the standard normal distribution."
    middle = f"{float(np.median(numbers)):.2f} in the middle"
    expect(distance < math.sqrt(room / 2 / count), message, middle, "0 in the middle", NORMAL)


NORMAL = "Draw latents with `tf.random.normal` or `keras.random.normal`, with mean 0 and standard deviation 1."
UNLIKELY = 1e-11
"""How often normal numbers may fail, at most."""


def different(latents: np.ndarray, axis: int) -> tuple[int, int]:
    """How many rows (0) or columns (1) of latents differ in more than the sign, and how many there are."""
    found = np.abs(latents.reshape((len(latents), -1)))
    return np.unique(found, axis=axis).shape[axis], found.shape[axis]


OWN_UPDATES = (
    "Call `apply` of the optimizers that `compile` was given. Do not change weights yourself, and do not make other "
    "optimizers in the step: a new one has no momentum."
)
OF_EACH = "Draw all numbers of a latent: a tensor of shape `(batch_size, latent_dim)`."
RETURNS = "`train_step` must return a dict with `d_loss` and `g_loss`"
ABOUT_A_LINE = "Find the operation in your `train_step` that this message is about."


def returned(step: Any, name: str) -> float:
    """A loss that a step returned; fails where it is not one number."""
    finished(step)
    found = array(step.get("returned", {}).get(name), f"`{name}`")
    expect(math.prod(found.shape) == 1, f"`{name}` is not one number.", f"shape {found.shape}", "shape ()")
    return float(found.ravel()[0])
