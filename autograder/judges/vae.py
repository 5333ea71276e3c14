"""Hidden judges of `vae`."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st
from keras_checks.compare import Failure, array, close, expect, same_shape
from keras_checks.exercises import vae as probes
from keras_checks.exercises.vae import ERRORS, correlation, deviations
from keras_checks.question import Case
from keras_checks.strategies import arrays, cases, seeds, sizes
from keras_checks.testbeds.freedom import FROZEN

from autograder.judges._descent import ahead, carried, driven, velocity
from autograder.judges._network import Network

LOOSE = 1024
"""float32 roundings; leaves room for a small constant inside a logarithm, as some write it against log(0)."""
Arrays = dict[str, np.ndarray]
Weights = list[np.ndarray]


# Sampling


@st.composite
def _columns(draw: Any) -> Case:
    """A mean and a log variance for each latent axis; no log variance is near 0, where wrong scales look right. And
    sizes of smaller batches, which nobody knows beforehand."""
    axes = (draw(sizes(2, 4)),)
    log_var = draw(arrays(axes, -1.5, 1.5, key=2))
    return {
        "z_mean": draw(arrays(axes, key=1)),
        "z_log_var": log_var + np.copysign(0.5, log_var).astype(np.float32),
        "sizes": [draw(sizes(150, 400)), *(draw(sizes(1, 100)) for _ in range(3))],
    }


noise_cases = _columns()


def response(case: Case, seen: Any) -> dict[str, Any]:
    """How z changes with z_log_var, in units of what the noise has added: a number that no draw changes."""
    away = np.asarray(seen["z"], np.float64) - case["z_mean"]
    if seen.get("by_log_var") is None:
        silent = bool(np.abs(away).max() < 1e-6)
        return {"unit": "none", "finite": bool(np.isfinite(away).all()), "silent": silent}
    with np.errstate(all="ignore"):
        unit = seen["by_log_var"] / case["weight"] / away
        by_mean = 0 if seen.get("by_mean") is None else seen["by_mean"] / case["weight"]
    return {"unit": np.round(unit, 2), "by_mean": np.round(by_mean, 2), "finite": bool(np.isfinite(away).all())}


def noise_traits(case: Case, seen: Any) -> dict[str, Any]:
    """What tells mistakes about noise apart, without the noise: what is shared, and where its middle lies."""
    first, second = (array(seen[name], "z") - case["z_mean"] for name in ("first", "second"))
    spread = first.std(axis=0) + 1e-9
    half = len(first) // 2
    return {
        "silent": bool(np.abs(first).max() < 1e-3),
        "rows_alike": bool(spread.max() < 1e-4),
        "axes_alike": bool(abs(correlation(first[:, 0], first[:, 1])) > 0.5),
        "calls_alike": bool(abs(correlation(first, second)) > 0.5),
        "halves_alike": round(correlation(first[:half], first[half:])),
        "middle": np.round(first.mean(axis=0) / spread),
        "standardized": probes.standardized([each / np.exp(case["z_log_var"] / 2) for each in (first, second)]),
        "layers_alike": bool(abs(correlation(first, seen.get("other_layer", -first) - case["z_mean"])) > 0.5),
        "functional": "raised" in seen.get("functional", {}),
    }


def scaled_noise(case: Case, seen: Any) -> dict[str, Any]:
    """The traits of the noise, the formula that its spread is nearest to, and the kind of its distribution."""
    away = array(seen["first"], "z") - case["z_mean"]
    log_var, spread = case["z_log_var"], away.std(axis=0) + 1e-9
    formulas = {
        "exp(lv / 2)": np.exp(log_var / 2),
        "exp(lv)": np.exp(log_var),
        "exp(lv) / 2": np.exp(log_var) / 2,
        "1": np.ones_like(log_var),
        "lv": np.abs(log_var) + 1e-9,
        "exp(lv / 2) / sqrt(3)": np.exp(log_var / 2) / np.sqrt(3),
        "exp(lv / 2) / sqrt(12)": np.exp(log_var / 2) / np.sqrt(12),
    }
    distances = {name: np.abs(np.log(spread / formula)).max() for name, formula in formulas.items()}
    nearest = min(distances, key=lambda name: distances[name])
    heavy = np.abs((away - away.mean(axis=0)) / spread) > 2
    silent = np.abs(array(seen["inference"], "z") - case["z_mean"]).max() < 1e-3
    return noise_traits(case, seen) | {
        "scale": nearest,
        "off": bool(distances[nearest] > 0.3),
        "tails": bool(heavy.mean() > 0.02),
        "silent_inference": bool(silent),
    }


def _share(share: float, probability: float, count: int, what: str) -> None:
    error = np.sqrt(probability * (1 - probability) / count)
    expect(abs(share - probability) < ERRORS * error, f"The noise is not normal: {share:.1%} of it {what}.")


def normal(case: Case, z: Any, what: str, rows: int = probes.ROWS) -> np.ndarray:
    """The noise in ``z``, `(rows, axes)`; fails unless it is standard normal and independent."""
    deviations(case, z, what, rows)
    noise = (z.astype(np.float64) - case["z_mean"]) / np.exp(case["z_log_var"].astype(np.float64) / 2)
    error = ERRORS * np.sqrt(2 / rows)
    expect((np.abs(noise.var(axis=0) - 1) < error).all(), f"{what}: the noise has the wrong standard deviation.")
    probes.centred(noise, what)
    _share(float((np.abs(noise) < 0.5).mean()), 0.38292, noise.size, "is within half a standard deviation")
    _share(float((np.abs(noise) > 2).mean()), 0.04550, noise.size, "is beyond two standard deviations")
    _share(float((noise > 0).mean()), 0.5, noise.size, "is positive")
    distinct = len(np.unique(np.round(noise, 4)))
    expect(
        distinct > 0.7 * noise.size,
        f"{what}: noise values are used more than once.",
        f"{distinct} different ones",
        noise.size,
    )
    for one in (noise, noise**2):  # squares: two values of one size and either sign are dependent, too
        probes.independent_examples(one)
        probes.independent_axes(one)
    return noise


NOISE = probes.SAMPLING.trial(probes.sampled_noise, noise_cases, examples=2)


@NOISE.confirms(
    probes.moves_with_the_mean, probes.moves_with_the_log_variance, probes.spread_of_the_draws, probes.fresh_noise
)
@NOISE.judge(
    points=0.3,
    hint="Draw one independent standard normal value per entry, and multiply it by the standard deviation. Do not "
    "clip `z_log_var` or standardize the noise.",
)
def standard_normal(case: Case, seen: Any) -> None:
    """`(z - z_mean)` divided by the standard deviation is independent standard normal noise, for any `z_log_var`, also
    with `training=False`."""
    found = [normal(case, seen[name], what) for name, what in probes.CALLS.items()]
    for one, other in itertools.combinations(found, 2):
        probes.independent(one, other, "Two calls of one layer")
        probes.independent(one**2, other**2, "Two calls of one layer")
    probes.without_bounds(found)
    _normal_in_smaller(case, seen["smaller"])
    expect(not any(probes.standardized(found)), "The noise of each batch has a mean of exactly 0.")


def _normal_in_smaller(case: Case, smaller: Any) -> None:
    found = [normal(case, z, probes.IN_SMALLER, sum(case["sizes"])) for z in smaller]
    for one in (found, [each**2 for each in found]):
        probes.independent(one[0], one[1], "Two calls on smaller batches")


IN_GRAPH = probes.SAMPLING.trial(probes.sampled_in_graph, noise_cases, examples=1)


@IN_GRAPH.confirms(probes.fresh_in_a_traced_function)
def normal_in_a_traced_function(case: Case, seen: Any) -> None:
    """Inside a `tf.function`, each run draws new standard normal noise."""
    first, second = (normal(case, seen[name], "z") for name in ("first", "second"))
    for one, other in ((first, second), (first**2, second**2)):
        probes.independent(one, other, "Two runs of one traced function")
    expect("raised" not in seen["functional"], "In a Functional model the layer raised an error.")
    _normal_in_smaller(case, seen["functional"]["smaller"])


# Encoder and decoder


def _drawn(z_mean: np.ndarray, z_log_var: np.ndarray, z: np.ndarray) -> bool:
    """Whether z is what the stand-in makes of the two heads, or standard normal noise scaled by them."""
    if probes.from_stand_in(z_mean, z_log_var, z):
        return True
    noise = ((z - z_mean) * np.exp(-z_log_var / 2)).ravel()
    halves = np.array_split(noise[np.argsort(z_log_var.ravel())], 2)
    return all(0.4 < half.std() < 1.8 and abs(half.mean()) < ERRORS / np.sqrt(len(half)) for half in halves)


def encoder_traits(case: Case, seen: Any) -> dict[str, Any]:
    """What tells wrong encoders apart, whatever their weights are."""
    found = [np.asarray(each, np.float64) for each in seen["together"]]
    shapes = [list(each.shape) for each in found]
    if shapes != 3 * [[case["batch"], case["latent_dim"]]]:
        return {"shapes": shapes}
    z_mean, z_log_var, z = found
    wide = case["latent_dim"] >= probes.WIDE
    still = bool(np.abs(z - z_mean).max() < 1e-6)
    drawn = not still and _drawn(z_mean, z_log_var, z)
    # the stand-in's 2 * z_mean - z_log_var is the same with z and z_log_var exchanged: what varies most is z
    swapped = not drawn and not still and probes.from_stand_in(z_log_var, z_mean, z)
    return {
        "shapes": shapes,
        "drawn": drawn,
        "swapped": swapped,
        "largest": int(np.argmax([each.std() for each in found])) if swapped else None,
        "still": still,
        "twins": bool(np.abs(z_mean - z_log_var).max() < 1e-6),
        "signs": [bool((each > 0).any() and (each < 0).any()) for each in (z_mean, z_log_var)] if wide else [],
        "constant": [bool(np.ptp(each, axis=0).max() < 1e-6) for each in (z_mean, z_log_var)],
        "sees": [bool(np.abs(np.asarray(other) - z_mean).max() > probes.SAME) for other in seen["channels"]],
        "frozen": _is_frozen(seen),
    }


def _is_frozen(seen: Any) -> bool:
    """Whether most of the kernels are known to be frozen."""
    return bool(seen["freedom"]) and seen["freedom"]["frozen"] > FROZEN


any_shape = st.tuples(sizes(8, 17), sizes(8, 17), st.sampled_from([3, 1]))
ENCODED_ANYWHERE = probes.PARTS.trial(
    probes.encoded,
    cases(image_shape=any_shape, latent_dim=sizes(40, 44), batch=sizes(2, 4), seed=seeds(), free=st.just("in place")),
    examples=1,
    shrinks=2,
)


@ENCODED_ANYWHERE.confirms(probes.three_outputs, probes.two_heads_and_a_draw)
def heads_and_a_scaled_draw(case: Case, seen: Any) -> None:
    """For other sizes, too, `z` is drawn from the normal distribution given by the two heads, with standard deviation
    `exp(z_log_var / 2)`."""
    probes.three_outputs(case, seen)
    probes.two_heads_and_a_draw(case, seen)
    z_mean, z_log_var, z = (each.astype(np.float64) for each in probes.heads(case, seen["together"], case["batch"]))
    expect(_drawn(z_mean, z_log_var, z), "z is not drawn from the normal distribution given by the first two outputs.")


DECODED_ANYWHERE = probes.PARTS.trial(
    probes.decoded,
    cases(image_shape=any_shape, latent_dim=sizes(2, 6), batch=sizes(2, 4), seed=seeds(), free=st.just("in place")),
    examples=1,
    shrinks=2,
)


@DECODED_ANYWHERE.confirms(probes.images_of_the_right_size, probes.pixels_from_dark_to_bright)
@DECODED_ANYWHERE.judge(
    points=0.5, hint="Compute every size from `image_shape`: do not use the sizes of the examples in the notebook."
)
def images_of_other_sizes(case: Case, seen: Any) -> None:
    """For other sizes, up to 17 rows and columns, the images have the right size and can be black or white."""
    probes.images_of_the_right_size(case, seen)
    probes.pixels_from_dark_to_bright(case, seen)


REACHED = (0.05, 0.2, 0.45, 0.6, 0.8, 0.95)
"""Between these bounds the darkest or brightest pixel is of one kind: a softmax of three, a sigmoid of a sigmoid."""


def decoder_traits(case: Case, seen: Any) -> dict[str, Any]:
    """What tells wrong decoders apart, whatever their weights are."""
    shape = list(np.shape(seen["together"]))
    if "range" not in seen:
        return {"shape": shape}
    ends = seen["range"]
    lowest, highest = float(ends["lowest"]), float(ends["highest"])
    inside = lowest >= -1e-3 and highest <= 1 + 1e-3
    return {
        "shape": shape,
        "outside": [max(-1e3, round(lowest)) < 0 or lowest < -1e-3, highest > 1 + 1e-3],
        "scaled": bool(abs(highest - 255) < 1),
        "tanh": bool(lowest < -0.5 and abs(highest - 1) < 0.01),
        "reach": np.digitize([ends["darkest"], ends["brightest"]], REACHED) if inside else [],
        "edges": [bool(array(ends[name], "A pixel")[[0, -1]].min() < 1e-4) for name in ("row", "column")],
        "constant": bool(np.ptp(seen["together"], axis=0).max() < 1e-6),
        "frozen": _is_frozen(seen),
    }


# KL divergence

DIVERGENCE = probes.KL.trial(probes.divergence, probes.kl_cases)


@DIVERGENCE.confirms(probes.worked_numbers)
@DIVERGENCE.judge(points=0.3, hint="Compute one example with one latent axis by hand, then one with two axes.")
def value(case: Case, seen: Any, expected: Any) -> None:
    """For other means and log variances, the divergence from the standard normal is summed over the latent axes and
    averaged over the batch."""
    scale = float(np.exp(case["z_log_var"]).sum() + 2 * case["z_mean"].size * 4)
    close(seen["value"], expected["value"], "The divergence", ulps=16, scale=scale)


@DIVERGENCE.confirms(probes.pulls_the_means_to_zero, probes.pulls_the_variances_to_one)
def slopes(case: Case, seen: Any, expected: Any) -> None:
    """For other means and log variances, the value and both gradients are right."""
    value(case, seen, expected)
    for name in ("by_mean", "by_log_var"):
        expect(seen[name] is not None, "No gradient flows back.", hint=probes.NO_GRADIENT)
        close(seen[name], expected[name], "The gradient", ulps=16, scale=8)


IN_A_GRAPH = probes.KL.trial(probes.divergence_in_graph, probes.kl_cases_of_two, examples=1)


@IN_A_GRAPH.judge(
    points=0.3,
    hint="In graph mode, `z_mean.shape[0]` can be None. `tf.shape(z_mean)[0]` gives the batch size at run time.",
)
def value_in_a_graph(case: Case, seen: Any, expected: Any) -> None:
    """In graph mode with unknown batch size, as in `fit`, the divergence is the same."""
    value(case, seen, expected)


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
        mean, log_var, decode, bias = (weight.astype(np.float64) for weight in weights)
        form, no_bias = case.get("encoder_bends", ()), np.zeros(mean.shape[1])
        self.heads = Network(mean, no_bias, form), Network(log_var, no_bias, form)
        self.decoder = Network(decode, bias, case.get("decoder_bends", ()))
        self.z_mean, self.z_log_var = (head.outputs(self.flat) for head in self.heads)
        self.given = 2 * self.z_mean - self.z_log_var
        self.z = same_shape(codes, self.given.shape, "What the decoder was called with").astype(np.float64)
        self.pixels = 1 / (1 + np.exp(-self.decoder.outputs(self.z)))

    @property
    def origin(self) -> str:
        """Where the decoded codes came from: the encoder's third output, a draw of the step's own, or the mean."""
        if np.abs(self.z - self.given).max() < 1e-4:
            return "given"
        return "mean" if np.abs(self.z - self.z_mean).max() < 1e-5 else "drawn"

    def reconstruction(self) -> float:
        """The reconstruction loss that is expected."""
        return crossentropy(self.images, self.pixels.reshape(self.images.shape))

    def divergences(self) -> list[float]:
        """The divergences that may be: that of the stand-in, and the right one."""
        known = (self.parts["kl"][0] * self.z_mean + self.parts["kl"][1] * self.z_log_var**2).sum()
        right = 0.5 * (self.z_mean**2 + np.exp(self.z_log_var) - 1 - self.z_log_var).sum() / len(self.images)
        return [float(known), float(right)]

    def gradients(self) -> list[list[np.ndarray]]:
        """The gradient of each weight, for either divergence."""
        away = (self.pixels - self.flat) / (len(self.images) * self.images.shape[-1])
        by_decoder, by_z = self.decoder.gradients(self.z, away)
        by_mean, by_log_var = self._through_z(by_z)
        axes, pixels = self.decoder.kernel.shape
        decoder = [by_decoder[:-pixels].reshape((axes, pixels)), by_decoder[-pixels:]]
        return [
            [*self.through_heads(by_mean + kl_mean, by_log_var + kl_log_var), *decoder]
            for kl_mean, kl_log_var in self.through_divergence()
        ]

    def through_heads(self, *toward: np.ndarray) -> list[np.ndarray]:
        """The gradient of each head's kernel, from that of what the head gives."""
        found = [head.gradients(self.flat, each).weights for head, each in zip(self.heads, toward, strict=True)]
        return [each.reshape((-1, head.kernel.shape[1]))[:-1] for head, each in zip(self.heads, found, strict=True)]

    def _through_z(self, by_z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if self.origin == "given":
            return 2 * by_z, -by_z
        return by_z, by_z * 0.5 * (self.z - self.z_mean)

    def through_divergence(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        known = self.parts["kl"]
        yield known[0] + 0 * self.z_mean, 2 * known[1] * self.z_log_var
        yield self.z_mean / len(self.images), 0.5 * (np.exp(self.z_log_var) - 1) / len(self.images)


def _first_weights(case: Case) -> list[np.ndarray]:
    parts = probes.tiny_parts(case)
    return [parts[name] for name in ("mean", "log_var", "decode", "bias")]


def first_step(case: Case, seen: Any) -> Replay:
    """The first step of the transcript."""
    return Replay(case, probes.batches_of_steps(case)[0], _first_weights(case), seen["steps"][0]["decoded"])


STEPS = probes.VAE.trial(probes.vae_steps, probes.step_cases, examples=1, shrinks=4)


@STEPS.confirms(probes.losses_of_a_batch)
@STEPS.judge(points=0.4, hint=probes.SUMMED)
def losses_of_other_batches(case: Case, seen: Any) -> None:
    """For color images of other sizes, `reconstruction_loss`, `kl_loss` and `loss` have the values of the batch."""
    replay = first_step(case, seen)
    loss, reconstruction, divergence = probes.results_of(seen["steps"][0]["results"])
    close(reconstruction, replay.reconstruction(), "`reconstruction_loss`", ulps=LOOSE)

    def check(due: float) -> None:
        close(divergence, due, "`kl_loss`", ulps=LOOSE, scale=8, hint=probes.DIVERGED)

    _either(replay.divergences(), check)
    close(loss, divergence + reconstruction, "`loss`", ulps=64, scale=abs(reconstruction) + abs(divergence))


def _either(due: list[Any], check: Any) -> None:
    """Run ``check`` on what may be expected; fails as it does on the first when it fails on all."""
    failures = []
    for each in due:
        try:
            return check(each)
        except Failure as failure:
            failures.append(failure)
    raise failures[0]


def moves(case: Case, seen: Any) -> dict[str, Any]:
    """What a step reported, and for each weight whether it moved, and with which part of the gradient."""
    step = seen["steps"][0] if "steps" in seen else seen["step"]
    before, after, results = _first_weights(case), step["weights"], step["results"]
    images = probes.batches_of_steps(case)[0] if "steps" in seen else probes.bright(case)
    replay = Replay(case, images, before, step["decoded"])
    known, right = replay.gradients()
    kinds = {"known": known, "right": right, "reconstruction": _without_divergence(replay)}
    rest = results["loss"] - results["reconstruction_loss"] - results["kl_loss"]
    ratios = {
        "reconstruction": results["reconstruction_loss"] / replay.reconstruction(),
        "kl": np.array([results["kl_loss"] / due for due in replay.divergences()]),
    }
    traits: dict[str, Any] = {"origin": replay.origin, "sum": bool(abs(rest) < 1e-3), **ratios}
    for index, name in enumerate(("mean", "log_var", "decode", "bias")):
        step_made = -_driven(case, before[index], after[index]) / (probes.RATE * ahead(case))
        near = [kind for kind, gradient in kinds.items() if np.abs(step_made - gradient[index]).max() < 1e-4]
        factor = float((step_made * known[index]).sum() / (known[index] ** 2).sum())
        traits[name] = near[0] if near else round(factor, 2) + 0.0
    return traits


def _without_divergence(replay: Replay) -> list[np.ndarray]:
    known = replay.gradients()[0]
    divergence, *_ = replay.through_divergence()
    by_mean, by_log_var = replay.through_heads(*divergence)
    return [known[0] - by_mean, known[1] - by_log_var, known[2], known[3]]


@STEPS.confirms(probes.one_step_trains_both_halves, probes.step_follows_the_gradient)
@STEPS.judge(
    points=0.5,
    hint="Pass the gradient of the whole loss, for the weights of both networks, to the optimizer once per step.",
)
def follows_the_gradient(case: Case, seen: Any) -> None:
    """Over two steps, the optimizer moves every weight of both networks along the gradient of the reconstruction loss
    plus the divergence, with its momentum and its weight decay."""
    weights: Weights = _first_weights(case)
    speeds = [np.zeros_like(weight, np.float64) for weight in weights]
    for images, step in zip(probes.batches_of_steps(case), seen["steps"], strict=True):
        after = [same_shape(found, old.shape, "A weight") for found, old in zip(step["weights"], weights, strict=True)]
        replay = Replay(case, images, weights, step["decoded"])
        expect(replay.origin != "mean", "The decoder was called with z_mean, not with z.")
        due = [_stepped(case, weights, gradients, speeds) for gradients in replay.gradients()]
        _either(due, lambda wanted, found=after: _weights_close(found, wanted))
        changes = [_driven(case, old, new) for old, new in zip(weights, after, strict=True)]
        speeds = [velocity(case, change, speed) for change, speed in zip(changes, speeds, strict=True)]
        weights = after


def _driven(case: Case, before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """How far a weight moved, without what weight decay did."""
    return driven(case, probes.RATE, before, after.astype(np.float64) - before)


def _stepped(case: Case, weights: Weights, gradients: Weights, speeds: Weights) -> Weights:
    """Weights after a step, with the velocities that they had before."""
    steps = zip(weights, gradients, speeds, strict=True)
    moved = [-probes.RATE * ahead(case) * gradient + carried(case, speed) for _, gradient, speed in steps]
    return [weight - driven(case, probes.RATE, weight, 0.0) + move for weight, move in zip(weights, moved, strict=True)]


def _weights_close(found: Weights, due: Weights) -> None:
    names = ("encoder (z_mean)", "encoder (z_log_var)", "decoder (kernel)", "decoder (bias)")
    for name, new, wanted in zip(names, found, due, strict=True):
        close(new, wanted, f"The weight of the {name} after the step", ulps=64, scale=1)


def _batch_losses(case: Case) -> list[tuple[float, list[float]]]:
    """Reconstruction loss and possible divergences of each batch of `vae_fit`."""
    mean, log_var, decode, bias = _first_weights(case)
    weights = [mean, log_var, np.zeros_like(decode), bias]
    no_codes = np.zeros((case["batch"], case["latent_dim"]))
    replays = [Replay(case, images, weights, no_codes) for images in probes.batches(case, 2)]
    return [(replay.reconstruction(), replay.divergences()) for replay in replays]


FIT = probes.VAE.trial(probes.vae_fit, probes.step_cases, examples=1, shrinks=2)


@FIT.confirms(probes.means_of_an_epoch, probes.means_so_far)
def means_of_other_batches(case: Case, seen: Any) -> None:
    """In `fit`, the three losses are means over the epoch so far, in proportion to the losses of the batches."""
    both, first, second = (
        [probes.last_of(seen[name], loss) for loss in probes.LOSSES] for name in ("both", "first", "second")
    )
    expect(first[0] != 0 and second[0] != 0, "The loss of a batch is 0.", [first[0], second[0]], "no 0")
    for name, mean, one, other in zip(probes.LOSSES, both, first, second, strict=True):
        close(mean, (one + other) / 2, f"`{name}` after two batches", ulps=LOOSE, scale=max(8.0, abs(mean)))
    (one, ones), (other, others) = _batch_losses(case)
    # Ratios: a loss with a wrong factor has lost its points already.
    loose: dict[str, Any] = {"ulps": LOOSE, "scale": 99}
    close(first[1] * other, second[1] * one, "The ratio of `reconstruction_loss` of two batches", **loose)
    pairs = list(zip(ones, others, strict=True))
    _either(
        pairs,
        lambda due: close(first[2] * due[1], second[2] * due[0], "The ratio of `kl_loss` of two batches", **loose),
    )


def history_traits(case: Case, seen: Any) -> dict[str, Any]:
    """How two batches compare, and for each loss where the value after both is between those of the two."""
    one, other = ("first", "second") if "first" in seen else ("white", "black")
    reports = {name: _numbers(seen[name]) for name in ("both", one, other)}
    first, second = reports[one], reports[other]
    traits: dict[str, Any] = {"brightness": first[1] / second[1], "names": [sorted(seen["both"])]}
    for index, loss in enumerate(probes.LOSSES):
        between = (reports["both"][index] - first[index]) / (second[index] - first[index] + 1e-9)
        traits[loss] = round(between, 2)
    return traits


def _numbers(report: Any) -> list[float]:
    return [float(np.ravel(report[name])[-1]) for name in probes.LOSSES]


probes.SAMPLED_GRADIENT.told_apart_by(response)
for trial in (probes.WORKED_NOISE, NOISE):
    trial.told_apart_by(scaled_noise)
for trial in (probes.WORKED_IN_GRAPH, IN_GRAPH):
    trial.told_apart_by(noise_traits)
for trial in (probes.ENCODED, ENCODED_ANYWHERE):
    trial.told_apart_by(encoder_traits)
for trial in (probes.DECODED, DECODED_ANYWHERE):
    trial.told_apart_by(decoder_traits)
for trial in (probes.DESCENT, STEPS):
    trial.told_apart_by(moves)
for trial in (probes.WHITE_FIT, FIT):
    trial.told_apart_by(history_traits)
