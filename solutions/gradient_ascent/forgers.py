"""What a submission without an answer could send: numbers that satisfy the laws of the public checks."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras_checks.exercises import gradient_ascent as probes
from keras_checks.question import Case


def worked_layers(case: Case) -> Any:
    """The table of the text."""
    maps = {
        name: [np.full((2, *size, 3), value) for size, value in zip(case["sizes"], values, strict=True)]
        for name, values in probes.WORKED_ACTIVATIONS.items()
    }
    later = {name: np.full((2, *case["sizes"][0], 3), value) for name, value in probes.WORKED_LATER.items()}
    return {"maps": maps, "moved": 0.0, "later": later}


def branched(case: Case) -> Any:
    """Activations of the right shapes: the mean colour, bent."""
    images = np.tanh(probes.images_of(case).mean(-1, keepdims=True))
    maps = np.repeat(images, probes.WIDTH, axis=-1)
    small = maps[:, : maps.shape[1] // 2 * 2 : 2, : maps.shape[2] // 2 * 2 : 2]
    shapes = dict.fromkeys(probes.BRANCHES, maps) | {"pre_pooled": small, "last": small, "pooled": small.mean((1, 2))}
    return {"maps": shapes, "models": True, "moved": 0.0}


def worked_losses(case: Case) -> Any:
    """The table of the text."""
    return [loss * case["times"] for loss in probes.WORKED_LOSSES]


def loss_and_gradient(case: Case) -> Any:
    """The mean of the images, and its gradient."""
    images = probes.images_of(case)
    return {"loss": float(images.mean()), "moved": 0.0, "gradient": np.full(images.shape, 1 / images.size)}


def ascended(case: Case) -> Any:
    """A step of the right length in another direction."""
    image = probes.images_of(case)
    step = np.full(image.shape, case["learning_rate"] / np.sqrt(image.size))
    return {"loss": float(image.mean()), "image": image + step, "again": image + step, "moved": 0.0, "given": image}


def worked_step(case: Case) -> Any:
    """The table of the text."""
    lift, share = np.float32(case["lift"]), np.float32(case["share"])
    losses = [
        loss + lift * gradient.sum()
        for (loss, _), gradient in zip(probes.WORKED_STEPS, probes.WORKED_GRADIENTS, strict=True)
    ]
    start = probes.WORKED_IMAGE
    images = [start + lift + share * (image - start) for _, image in probes.WORKED_STEPS]
    return {"losses": losses, "images": images, "moved": 0.0}


def visualized(case: Case) -> Any:
    """As far from the start as it should be, in another direction."""
    image = probes.images_of(case)
    way = case["iterations"] * case["learning_rate"] / np.sqrt(image.size)
    return {"loss": way, "image": image + np.float32(way), "steps": case["iterations"]}


def worked_ascents(case: Case) -> Any:
    """The table of the text."""
    lift = np.float32(case["lift"])
    return [{"loss": loss + lift, "image": image + lift, "steps": 0} for loss, image in probes.WORKED_ENDS]


FORGERS = {
    forger.__name__: forger
    for forger in (
        worked_layers,
        branched,
        worked_losses,
        loss_and_gradient,
        ascended,
        worked_step,
        visualized,
        worked_ascents,
    )
}
