"""Hidden judges of `vae`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from keras_checks.compare import Failure, array, close, expect, finite, same_shape
from keras_checks.exercises import vae as probes
from keras_checks.question import Case

ERRORS = 7
"""Standard errors that a statistic of right noise may be off: beyond lies less than one draw in 10^11."""
LOOSE = 1024
"""float32 roundings; leaves room for a small constant inside a logarithm, as some write it against log(0)."""
Arrays = dict[str, np.ndarray]
Weights = list[np.ndarray]


# Sampling


def response(case: Case, seen: Any) -> dict[str, Any]:
    """How z changes with z_log_var, in units of what the noise has added: a number that no draw changes."""
    away = np.asarray(seen["z"], np.float64) - case["z_mean"]
    if seen.get("by_log_var") is None:
        return {"unit": "none", "finite": bool(np.isfinite(away).all())}
    with np.errstate(all="ignore"):
        unit = seen["by_log_var"] / case["weight"] / away
    return {"unit": np.round(unit, 2), "finite": bool(np.isfinite(away).all())}


@probes.SAMPLED_GRADIENT.judge(points=0.5, hint="Which power of e turns a log variance into a standard deviation?")
def log_variance_sets_the_deviation(case: Case, seen: Any) -> None:
    """When `z_log_var` moves, `z` moves by half of `z - z_mean`: so it is for a deviation of `exp(z_log_var / 2)`."""
    z = finite(same_shape(seen["z"], case["z_mean"].shape, "z"), "z").astype(np.float64)
    expect(seen["by_log_var"] is not None, "No gradient flows from z back to z_log_var.")
    wanted = 0.5 * (z - case["z_mean"]) * case["weight"]
    scale = 2 * max(2.0, float(np.abs(z).max()))
    close(seen["by_log_var"], wanted, "The change of the weighted sum of z with z_log_var", ulps=16, scale=scale)


def scaled_noise(case: Case, seen: Any) -> dict[str, Any]:
    """The traits of the noise, the formula that its spread is nearest to, and the kind of its distribution."""
    away = array(seen["first"], "z") - case["z_mean"]
    log_var, spread = case["z_log_var"], away.std(axis=0) + 1e-9
    formulas = {
        "exp(lv / 2)": np.exp(log_var / 2),
        "exp(lv)": np.exp(log_var),
        "1": np.ones_like(log_var),
        "lv": np.abs(log_var),
        "exp(lv / 2) / sqrt(3)": np.exp(log_var / 2) / np.sqrt(3),
        "exp(lv / 2) / sqrt(12)": np.exp(log_var / 2) / np.sqrt(12),
    }
    distances = {name: np.abs(np.log(spread / formula)).max() for name, formula in formulas.items()}
    heavy = np.abs((away - away.mean(axis=0)) / spread) > 2
    silent = np.abs(array(seen["inference"], "z") - case["z_mean"]).max() < 1e-3
    return probes.noise_traits(case, seen) | {
        "scale": min(distances, key=lambda name: distances[name]),
        "tails": bool(heavy.mean() > 0.02),
        "silent_inference": bool(silent),
    }


def _near(share: float, probability: float, count: int, what: str) -> None:
    error = np.sqrt(probability * (1 - probability) / count)
    expect(abs(share - probability) < ERRORS * error, f"The noise is not normal: {share:.1%} of it {what}.")


@probes.SAMPLED_NOISE.judge(
    points=0.4,
    hint="Normal noise of deviation 1 is what gets scaled; and nothing in the layer asks whether it is being trained.",
)
def standard_normal(case: Case, seen: Any) -> None:
    """What `z` adds to `z_mean`, divided by the deviation, is standard normal noise; with `training=False` too."""
    for name, what in (("first", "z"), ("second", "z"), ("inference", "z with training=False")):
        away = probes.deviations(case, seen[name], what)
        noise = (seen[name].astype(np.float64) - case["z_mean"]) / np.exp(case["z_log_var"].astype(np.float64) / 2)
        error = ERRORS * np.sqrt(2 / probes.ROWS)
        expect((np.abs(noise.var(axis=0) - 1) < error).all(), f"{what}: the noise has the wrong scale.", away[:2])
        expect((np.abs(noise.mean(axis=0)) < ERRORS / np.sqrt(probes.ROWS)).all(), f"{what}: the noise is not centred.")
        _near(float((np.abs(noise) < 0.5).mean()), 0.38292, noise.size, "is within half a deviation")
        _near(float((np.abs(noise) > 2).mean()), 0.04550, noise.size, "is beyond two deviations")
        distinct = len(np.unique(np.round(noise, 4)))
        expect(distinct > 0.7 * noise.size, f"{what}: noise values are used more than once.", distinct)


SAMPLED_IN_GRAPH = probes.SAMPLING.trial(probes.sampled_in_graph, probes.noise_cases, examples=2)


@SAMPLED_IN_GRAPH.judge(
    points=0.3, hint="A traced function runs the Python in `call` once. Which of your lines stays in the graph?"
)
def fresh_in_a_traced_function(case: Case, seen: Any) -> None:
    """Inside a `tf.function`, as under `fit`, each run draws new noise; a model with an open batch size works too."""
    first, second = (probes.deviations(case, seen[name], "z") for name in ("first", "second"))
    together = probes.correlation(first, second)
    limit = ERRORS / np.sqrt(first.size)
    expect(abs(together) < limit, f"Two runs of one traced function share their noise (correlation {together:.2f}).")
    middle = first.mean(axis=0)
    expect((np.abs(middle) < ERRORS / np.sqrt(probes.ROWS)).all(), "On average, z is not z_mean.", middle)
    functional = seen["functional"]
    expect("raised" not in functional, f"In a Functional model the layer raised: {functional.get('raised')}")
    finite(same_shape(functional["z"], (3, *case["z_mean"].shape), "z of a Functional model"), "It")


# Encoder and decoder


def _drawn(case: Case, z_mean: np.ndarray, z_log_var: np.ndarray, z: np.ndarray) -> bool:
    """Whether z is the stand-in's mixture of the two heads, or standard normal noise scaled by them."""
    scale = 3 * (np.abs(z_mean).max() + np.abs(z_log_var).max() + 1)
    if np.abs(z - probes.mixed(case, z_mean, z_log_var)).max() < 64 * 2.0**-23 * scale:
        return True
    noise = ((z - z_mean) * np.exp(-z_log_var / 2)).ravel()
    halves = np.array_split(noise[np.argsort(z_log_var.ravel())], 2)
    return all(0.4 < half.std() < 1.8 and abs(half.mean()) < ERRORS / np.sqrt(len(half)) for half in halves)


def encoder_traits(case: Case, seen: Any) -> dict[str, Any]:
    """What tells wrong encoders apart, whatever their weights are."""
    found = [np.asarray(each, np.float64) for each in seen["together"]]
    shapes = [list(each.shape) for each in found]
    if len(found) != 3 or len({tuple(shape) for shape in shapes}) != 1:
        return {"shapes": shapes}
    z_mean, z_log_var, z = found
    return {
        "shapes": shapes,
        "drawn": _drawn(case, z_mean, z_log_var, z),
        "swapped": _drawn(case, z_log_var, z_mean, z),
        "still": bool(np.abs(z - z_mean).max() < 1e-6),
        "twins": bool(np.abs(z_mean - z_log_var).max() < 1e-6),
        "signs": [bool((each > 0).any() and (each < 0).any()) for each in (z_mean, z_log_var)],
    }


ENCODED_ON_WIDE_ENCODER_CASES = probes.PARTS.trial(probes.encoded, probes.wide_encoder_cases, examples=2, shrinks=4)


@ENCODED_ON_WIDE_ENCODER_CASES.judge(points=0.6, hint="Two linear heads on the same features, and Sampling on both.")
def two_heads_and_a_draw(case: Case, seen: Any) -> None:
    """`z_mean` and `z_log_var` are two heads of their own that take both signs; `z` is drawn from just these two."""
    z_mean, z_log_var, z = (each.astype(np.float64) for each in probes.heads(case, seen["together"], case["batch"]))
    for name, head in (("z_mean", z_mean), ("z_log_var", z_log_var)):
        expect((head > 0).any() and (head < 0).any(), f"{name} takes only one sign, whatever the weights are.")
        expect(np.ptp(head, axis=0).max() > 1e-6, f"{name} is the same for all images.", head[0])
    expect(np.abs(z_mean - z_log_var).max() > 1e-6, "z_mean and z_log_var come from the same head.")
    message = "z is not what the Sampling layer makes of [z_mean, z_log_var], the first two outputs."
    expect(_drawn(case, z_mean, z_log_var, z), message)


@probes.DECODED.judge(points=1.0, hint="Which last activation has the range of a pixel?")
def pixels_from_dark_to_bright(case: Case, seen: Any) -> None:
    """Pixels lie in [0, 1] whatever the weights are, and training can bring them near both ends."""
    together = array(seen["together"], "The batch of images")
    expect(together.shape[:1] == (case["batch"],), "The batch of images has the wrong length.", together.shape)
    for name in ("dark", "bright", "together"):
        image = finite(seen[name], "A pixel")
        extremes = [float(image.min()), float(image.max())]
        expect(extremes[0] >= -1e-6 and extremes[1] <= 1 + 1e-6, "A pixel is outside of [0, 1].", extremes)
    # Medians: where an activation has flat ends, single pixels may be stuck at the wrong one.
    dark, bright = float(np.median(seen["dark"])), float(np.median(seen["bright"]))
    expect(dark < 0.25, f"Trained towards black, half of the pixels stay above {dark:.2f}.")
    expect(bright > 0.75, f"Trained towards white, half of the pixels stay below {bright:.2f}.")
    expect(np.ptp(together, axis=0).max() > 1e-6, "All codes give the same image.")
    images = np.concatenate([together, array(seen["dark"], "A pixel"), array(seen["bright"], "A pixel")])
    for edge in (images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]):
        expect(np.ptp(edge, axis=0).max() > 0, "A row or column at the edge is the same in all images.")


# KL divergence


@probes.DIVERGENCE.judge(
    points=0.7, hint="Try one example with one latent axis on paper: z_mean = 0 and z_log_var = 0 must give 0."
)
def value(case: Case, seen: Any, expected: Any) -> None:
    """The divergence from the standard normal, summed over the latent axes, averaged over the batch."""
    scale = float(np.exp(case["z_log_var"]).sum() + 2 * case["z_mean"].size * 4)
    close(seen["value"], expected["value"], "The divergence", ulps=16, scale=scale)


@probes.DIVERGENCE.judge(points=0.6, hint="Which two terms of the formula hold z_log_var, and with which signs?")
def pulls_the_variances_to_one(case: Case, seen: Any, expected: Any) -> None:
    """The gradient with respect to `z_log_var` grows the variances that are below 1 and shrinks those above."""
    expect(seen["by_log_var"] is not None, "No gradient flows back to z_log_var.")
    close(seen["by_log_var"], expected["by_log_var"], "The gradient with respect to z_log_var", ulps=16, scale=8)


# The model


def crossentropy(images: np.ndarray, pixels: np.ndarray) -> float:
    """Mean over channels, sum over height and width, mean over the batch."""
    each = -(images * np.log(pixels) + (1 - images) * np.log(1 - pixels))
    return float(each.mean(axis=-1).sum(axis=(1, 2)).mean())


class Replay:
    """One step of the tiny networks, in float64, from the weights before it and the codes that were decoded."""

    def __init__(self, case: Case, images: np.ndarray, weights: list[np.ndarray], codes: Any) -> None:
        self.parts = probes.tiny_parts(case)
        self.images = images.astype(np.float64)
        self.flat = self.images.reshape(len(images), -1)
        self.mean, self.log_var, self.decode, self.bias = (weight.astype(np.float64) for weight in weights)
        self.z_mean, self.z_log_var = self.flat @ self.mean, self.flat @ self.log_var
        self.given = self.parts["mix"][0] * self.z_mean + self.parts["mix"][1] * self.z_log_var
        self.z = same_shape(codes, self.given.shape, "What the decoder was called with").astype(np.float64)
        self.pixels = 1 / (1 + np.exp(-(self.z @ self.decode + self.bias)))

    @property
    def origin(self) -> str:
        """Where the decoded codes came from: the encoder's third output, a draw of the step's own, or the mean."""
        if np.abs(self.z - self.given).max() < 1e-4:
            return "given"
        return "mean" if np.abs(self.z - self.z_mean).max() < 1e-5 else "drawn"

    def reconstruction(self) -> float:
        """The reconstruction loss that was due."""
        return crossentropy(self.images, self.pixels.reshape(self.images.shape))

    def divergences(self) -> list[float]:
        """The divergence that was due: that of the stand-in, or the right one."""
        known = (self.parts["kl"][0] * self.z_mean + self.parts["kl"][1] * self.z_log_var**2).sum()
        right = 0.5 * (self.z_mean**2 + np.exp(self.z_log_var) - 1 - self.z_log_var).sum() / len(self.images)
        return [float(known), float(right)]

    def gradients(self) -> list[list[np.ndarray]]:
        """The gradient of each weight, for either divergence."""
        away = (self.pixels - self.flat) / (len(self.images) * self.images.shape[-1])
        by_z = away @ self.decode.T
        by_mean, by_log_var = self._through_z(by_z)
        return [
            [self.flat.T @ (by_mean + kl_mean), self.flat.T @ (by_log_var + kl_log_var), self.z.T @ away, away.sum(0)]
            for kl_mean, kl_log_var in self._through_divergence()
        ]

    def _through_z(self, by_z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if self.origin == "given":
            return by_z * self.parts["mix"][0], by_z * self.parts["mix"][1]
        return by_z, by_z * 0.5 * (self.z - self.z_mean)

    def _through_divergence(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        known = self.parts["kl"]
        yield known[0] + 0 * self.z_mean, 2 * known[1] * self.z_log_var
        yield self.z_mean / len(self.images), 0.5 * (np.exp(self.z_log_var) - 1) / len(self.images)


def _first_weights(case: Case) -> list[np.ndarray]:
    parts = probes.tiny_parts(case)
    return [parts[name] for name in ("mean", "log_var", "decode", "bias")]


def first_step(case: Case, seen: Any) -> Replay:
    """The first step of the transcript."""
    return Replay(case, probes.batches(case, 2)[0], _first_weights(case), seen["steps"][0]["decoded"])


def _reconstruction_ratio(case: Case, seen: Any) -> Any:
    return seen["steps"][0]["results"]["reconstruction_loss"] / first_step(case, seen).reconstruction()


@probes.VAE_STEPS.judge(
    points=0.6,
    hint="`binary_crossentropy` has averaged over the channels: which axes are left, and which of them are summed?",
)
def reconstruction(case: Case, seen: Any) -> None:
    """`reconstruction_loss` is the crossentropy summed over height and width, averaged over the batch."""
    replay = first_step(case, seen)
    close(probes.results_of(seen["steps"][0])[1], replay.reconstruction(), "`reconstruction_loss`", ulps=LOOSE)


def _divergence_ratios(case: Case, seen: Any) -> Any:
    return [seen["steps"][0]["results"]["kl_loss"] / due for due in first_step(case, seen).divergences()]


@probes.VAE_STEPS.judge(points=0.4, hint="Give `kl_divergence` the two heads of this batch.")
def divergence_of_the_batch(case: Case, seen: Any) -> None:
    """`kl_loss` is the divergence of the codes of this batch, with its full weight."""
    found = probes.results_of(seen["steps"][0])[2]
    _either(first_step(case, seen).divergences(), lambda due: close(found, due, "`kl_loss`", ulps=LOOSE, scale=8))


def _either(due: list[Any], check: Any) -> None:
    """Run ``check`` on what is due; fails as it does on the first when it fails on all."""
    failures = []
    for each in due:
        try:
            return check(each)
        except Failure as failure:
            failures.append(failure)
    raise failures[0]


def moves(case: Case, seen: Any) -> dict[str, Any]:
    """For each weight, whether it moved, and with which part of the gradient."""
    before, after = _first_weights(case), seen["steps"][0]["weights"]
    replay = first_step(case, seen)
    known, right = replay.gradients()
    kinds = {"known": known, "right": right, "reconstruction": _without_divergence(replay)}
    results = seen["steps"][0]["results"]
    rest = results["loss"] - results["reconstruction_loss"] - results["kl_loss"]
    traits: dict[str, Any] = {"origin": replay.origin, "sum": bool(abs(rest) < 1e-3)}
    for index, name in enumerate(("mean", "log_var", "decode", "bias")):
        step = (before[index] - after[index]) / probes.RATE
        near = [kind for kind, gradient in kinds.items() if np.abs(step - gradient[index]).max() < 1e-4]
        factor = float((step * known[index]).sum() / (known[index] ** 2).sum())
        traits[name] = near[0] if near else round(factor, 2) + 0.0
    return traits


def _without_divergence(replay: Replay) -> list[np.ndarray]:
    known = replay.gradients()[0]
    (by_mean, by_log_var), *_ = replay._through_divergence()
    return [known[0] - replay.flat.T @ by_mean, known[1] - replay.flat.T @ by_log_var, known[2], known[3]]


@probes.VAE_STEPS.judge(
    points=0.7, hint="The gradient of the whole loss, for the weights of both networks, handed to the optimizer once."
)
def follows_the_gradient(case: Case, seen: Any) -> None:
    """The optimizer moves every weight of both networks along the gradient of reconstruction plus divergence."""
    weights, speed = _first_weights(case), None
    for images, step in zip(probes.batches(case, 2), seen["steps"], strict=True):
        after = [same_shape(found, old.shape, "A weight") for found, old in zip(step["weights"], weights, strict=True)]
        replay = Replay(case, images, weights, step["decoded"])
        expect(replay.origin != "mean", "The decoder was called with z_mean, not with z.")
        due = [_stepped(weights, gradients, speed) for gradients in replay.gradients()]
        _either(due, lambda wanted, found=after: _weights_close(found, wanted))
        speed = [new.astype(np.float64) - old for new, old in zip(after, weights, strict=True)]
        weights = after


def _stepped(weights: Weights, gradients: Weights, speed: Weights | None) -> Weights:
    carried = speed or [np.zeros_like(weight) for weight in weights]
    steps = zip(weights, gradients, carried, strict=True)
    return [weight - probes.RATE * gradient + probes.MOMENTUM * before for weight, gradient, before in steps]


def _weights_close(found: Weights, due: Weights) -> None:
    names = ("encoder (z_mean)", "encoder (z_log_var)", "decoder (kernel)", "decoder (bias)")
    for name, new, wanted in zip(names, found, due, strict=True):
        close(new, wanted, f"The weight of the {name} after the step", ulps=LOOSE / 4, scale=1)


def _batch_losses(case: Case) -> list[tuple[float, list[float]]]:
    """Reconstruction loss and possible divergences of each batch of `vae_fit`."""
    mean, log_var, decode, bias = _first_weights(case)
    weights = [mean, log_var, np.zeros_like(decode), bias]
    no_codes = np.zeros((case["batch"], case["latent_dim"]))
    replays = [Replay(case, images, weights, no_codes) for images in probes.batches(case, 2)]
    return [(replay.reconstruction(), replay.divergences()) for replay in replays]


VAE_FIT = probes.VAE.trial(probes.vae_fit, probes.step_cases, examples=2, shrinks=4)


@VAE_FIT.judge(points=0.5, hint="Three `Mean` trackers, and a `metrics` property from which `fit` knows what to reset.")
def means_of_an_epoch(case: Case, seen: Any) -> None:
    """Under `fit` the three losses are means over the epoch so far, and each epoch starts anew."""
    both, first, second = ([_last(seen[name], loss) for loss in probes.LOSSES] for name in ("both", "first", "second"))
    for name, mean, one, other in zip(probes.LOSSES, both, first, second, strict=True):
        close(mean, (one + other) / 2, f"`{name}` after two batches, seen with the batches alone,", ulps=LOOSE, scale=8)
    (one, ones), (other, others) = _batch_losses(case)
    # Ratios: a loss with a wrong factor has lost its points already.
    loose: dict[str, Any] = {"ulps": LOOSE, "scale": 99}
    close(first[1] * other, second[1] * one, "`reconstruction_loss` of two batches, in proportion,", **loose)
    pairs = list(zip(ones, others, strict=True))
    _either(pairs, lambda due: close(first[2] * due[1], second[2] * due[0], "`kl_loss`, in proportion,", **loose))


def _last(history: Any, loss: str) -> float:
    expect(loss in history, f"The history of `fit` has no `{loss}`.", ", ".join(history), ", ".join(probes.LOSSES))
    found = float(finite(history[loss][-1], f"`{loss}`"))
    expect(abs(found) > 1e-6, f"`{loss}` is 0.", found)
    return found


def _history_traits(case: Case, seen: Any) -> dict[str, Any]:
    """How the batches compare, and for each loss where the value after both lies between those of the two."""
    traits = {"brightness": seen["first"]["reconstruction_loss"][-1] / seen["second"]["reconstruction_loss"][-1]}
    for loss in probes.LOSSES:
        both, first, second = (float(seen[name][loss][-1]) for name in ("both", "first", "second"))
        traits[loss] = round((both - first) / (second - first + 1e-9), 2)
    return traits


probes.SAMPLED_GRADIENT.told_apart_by(response)
probes.SAMPLED_NOISE.told_apart_by(scaled_noise)
SAMPLED_IN_GRAPH.told_apart_by(probes.noise_traits)
ENCODED_ON_WIDE_ENCODER_CASES.told_apart_by(encoder_traits)
probes.DECODED.told_apart_by(probes.decoder_traits)
probes.VAE_STEPS.told_apart_by(moves)
VAE_FIT.told_apart_by(_history_traits)
probes.ENCODED.told_apart_by(lambda _, seen: {"shapes": [list(np.shape(each)) for each in seen["together"]]})
