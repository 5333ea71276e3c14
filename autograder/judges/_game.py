"""What the networks of an adversarial transcript had to give and how they had to move: the answers, in NumPy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from keras_checks.compare import EPS32, expect
from keras_checks.question import Case
from keras_checks.testbeds.game import OWN_UPDATES, D, G, Scored, Turn, turns
from keras_checks.testbeds.players import Event

from autograder.judges._descent import ahead, carried, driven, velocity
from autograder.judges._network import Network, network_of


def outputs_are_true(step: Any, case: Case, what: str) -> None:
    """Fail unless each call of a network gave what its weights at that moment make of its inputs."""
    for event in step["events"]:
        for player in (D, G):
            if event["kind"] == f"{player} call":
                _output_is_true(event, player, case, what)


def _output_is_true(event: Event, player: str, case: Case, what: str) -> None:
    network = network_of(case, player, event[player])
    rows = np.asarray(event["into"], np.float64).reshape((len(event["into"]), -1))
    given = np.asarray(event["out"], np.float64).reshape((len(rows), -1))
    right = np.abs(given - network.outputs(rows)) <= 64 * EPS32 * (network.magnitudes(rows) + 1)
    expect(right.all(), f"{what}: the outputs of the {player} do not follow from its weights and inputs.")


def in_turn(
    steps: Sequence[Any], case: Case, tell: Callable[[Any, np.ndarray, Case, Sequence[Turn]], Any]
) -> list[Any]:
    """What ``tell`` makes of each step, its batch, the case, and the turns of the steps before."""
    told, earlier = [], []
    for step, batch in zip(steps, case["batches"], strict=True):
        told.append(tell(step, batch, case, tuple(earlier)))
        earlier.extend(turns(step["events"])[0])
    return told


Pushes = Sequence[np.ndarray | float]
STILL: Pushes = (0.0,)
"""Of a network that has not moved before, or whose optimizer has no momentum."""


def pushes(case: Case, player: str, earlier: Sequence[Turn]) -> Pushes:
    """What momentum may add to the next change of a network, after its ``earlier`` changes.

    It follows from the last of them; from an earlier one where another optimizer made that, which costs elsewhere.
    """
    found: list[np.ndarray | float] = []
    speed: np.ndarray | float = 0.0
    for turn in earlier:
        if player in turn.moved:
            alone, speed = (velocity(case, driven_by(case, turn, player), before) for before in (0.0, speed))
            found += [carried(case, each) for each in (alone, speed)]
    return found or STILL


def rate(case: Case, player: str) -> float:
    """By how much a gradient changes a network's weights at once."""
    return case[f"{player[0]}_rate"] * ahead(case)


def driven_by(case: Case, turn: Turn, player: str) -> np.ndarray:
    """How far each weight of a network moved, without what weight decay did."""
    return driven(case, case[f"{player[0]}_rate"], turn.before[player], turn.change(player))


def moved_by(
    case: Case, turn: Turn, player: str, gradient: np.ndarray, scales: Sequence[float], pushes: Pushes = STILL
) -> None:
    """Fail unless a network moved as its optimizer does, for one of ``scales`` times a gradient and one of ``pushes``,
    within the rounding of float32."""
    change, due = driven_by(case, turn, player), -rate(case, player) * gradient
    size = float(np.abs(due).max(initial=0.0) + np.abs(turn.before[player]).max(initial=0.0) + 1)

    def fits(push: np.ndarray | float, change: np.ndarray = change) -> bool:
        errors = [float(np.abs(change - push - scale * due).max(initial=0.0)) for scale in scales]
        return min(errors) <= 64 * EPS32 * size

    right = any(map(fits, pushes))
    message = f"The {player}'s weights changed without the momentum of the compiled optimizer."
    expect(right or not fits(0.0), message, hint=OWN_UPDATES)
    message = f"The {player}'s weights changed without the weight decay of the compiled optimizer."
    expect(right or not any(fits(push, turn.change(player)) for push in pushes), message, hint=OWN_UPDATES)
    message = f"The change of the {player}'s weights is not minus the learning rate times the gradient."
    wanted = (pushes[-1] + scales[0] * due).astype(np.float32)
    expect(right, message, change.astype(np.float32), wanted)
    # a network that should move and stands still is no matter of rounding
    expect(np.abs(change).max(initial=0.0) > 0, f"The {player}'s weights did not change.")


def moved_along(case: Case, turn: Turn, player: str, gradient: np.ndarray, pushes: Pushes = STILL) -> None:
    """Fail unless a network moved along a gradient, however far and whichever way, after one of ``pushes``."""
    errors = []
    for push in pushes:
        change = driven_by(case, turn, player) - push
        speed = float(change @ gradient / max(gradient @ gradient, 1e-12))
        size = float(np.abs(change).max(initial=0.0) + np.abs(turn.before[player]).max(initial=0.0) + 1)
        errors.append(np.abs(change - speed * gradient).max(initial=0.0) / size if speed else np.inf)
    along = min(errors) <= 64 * EPS32
    expect(along, f"The {player}'s weights did not change along the gradient of its loss.")


def known(image: Scored, who: str) -> None:
    """Fail where a score is not what the discriminator said about an image."""
    expect(image.image.size, f"{who} was given scores that are not outputs of the discriminator.")


def discriminator_gradient(case: Case, images: Sequence[Scored], slopes: Sequence[float] | np.ndarray) -> Any:
    """The gradient with respect to the discriminator's weights, in the order of its state.

    ``slopes`` are the gradient of the loss with respect to the scores of ``images``.
    """
    total: Any = 0.0
    for network, places in _by_state(case, D, [image.scorer for image in images]):
        shown = np.array([images[place].image for place in places], np.float64)
        total = total + network.gradients(shown, np.array([[slopes[place]] for place in places])).weights
    return total


def generator_gradient(case: Case, images: Sequence[Scored], slopes: Sequence[float] | np.ndarray) -> Any:
    """The gradient with respect to the generator's weights, through the discriminator, in the order of its state."""
    toward = np.zeros((len(images), len(case["g_bias"])))
    for network, places in _by_state(case, D, [image.scorer for image in images]):
        shown = np.array([images[place].image for place in places], np.float64)
        toward[places] = network.gradients(shown, np.array([[slopes[place]] for place in places])).inputs
    total: Any = 0.0
    for network, places in _by_state(case, G, [image.maker for image in images]):
        latents = np.array([images[place].latent for place in places], np.float64)
        total = total + network.gradients(latents, toward[places]).weights
    return total


def _by_state(case: Case, player: str, states: Sequence[Any]) -> Iterator[tuple[Network, list[int]]]:
    """Each network that the states stand for, with the places of the images that belong to it."""
    places: dict[bytes, list[int]] = {}
    for place, state in enumerate(states):
        places.setdefault(state.tobytes(), []).append(place)
    for found in places.values():
        yield network_of(case, player, states[found[0]]), found
