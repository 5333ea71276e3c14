"""Hidden judges of `threaded_dense`."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras_checks.compare import close, expect, same_shape
from keras_checks.exercises import threaded_dense as probes
from keras_checks.question import Case

from autograder.judges._unseen import unseen


def _kept(_case: Case, seen: Any) -> Any:
    """Without the number that Keras appends to a name of its own."""
    return {**seen, "name": seen["name"].rstrip("0123456789")}


# --- ThreadedDense

ROWS = probes.LAYER.trial(probes.rows, unseen(probes.LAYER_EXAMPLES[3], probes.layer_cases), examples=1)
ACTIVATED = probes.LAYER.trial(
    probes.activated, unseen(probes.ACTIVATED_EXAMPLES[0], probes.activation_cases), examples=1
)
REBUILT = probes.LAYER.trial(probes.rebuilt, unseen(probes.CONFIG_EXAMPLES[0], probes.config_cases), examples=1)
IN_A_MODEL = probes.LAYER.trial(probes.in_a_model, unseen(probes.MODEL_EXAMPLES[1], probes.layer_cases), examples=1)
for _trial in (probes.REBUILT, REBUILT):
    _trial.told_apart_by(_kept)


@ROWS.confirms(
    probes.rows_on_paper,
    probes.same_weights_for_every_row,
    probes.trains_like_dense,
    probes.layers_share_nothing,
    probes.says_its_output_shape,
)
def learns(case: Case, seen: Any, expected: Any) -> None:
    """One gradient step changes the outputs like a step of one shared kernel and one bias."""
    x, pull = case["x"].astype(np.float64), case["pull"].astype(np.float64)
    expect(seen["trainable"] == expected["trainable"], "The layer has the wrong number of trainable weights.")
    flat, weighed = x.reshape(-1, x.shape[-1]), pull.reshape(-1, case["units"])
    moved = x @ (flat.T @ weighed) + case["use_bias"] * weighed.sum(axis=0)
    before = same_shape(seen["y"], pull.shape, "The output").astype(np.float64)
    after = same_shape(seen["after"], pull.shape, "The output after a step").astype(np.float64)
    scale = 8 + probes.STEP * len(flat) * 4 * (4 * x.shape[-1] + 1)
    close(after - before, -probes.STEP * moved, "The change of the output by a gradient step", ulps=64, scale=scale)


@ACTIVATED.confirms(probes.activation)
def activation_of_the_reference(_case: Case, seen: Any, expected: Any) -> None:
    """The outputs with and without an activation are right."""
    for name in ("linear", "curved", "shares"):
        _same(seen[name], expected[name])


@REBUILT.confirms(probes.configuration)
def configuration_of_the_reference(_case: Case, seen: Any, expected: Any) -> None:
    """The layer and its copies give the right outputs."""
    for name in ("y", "again", "edited", "plain", "plain_again"):
        _same(seen[name], expected[name])


@IN_A_MODEL.confirms(probes.functional_model)
def model_of_the_reference(_case: Case, seen: Any, expected: Any) -> None:
    """The model gives the right outputs."""
    for name in ("y", "twice"):
        _same(seen[name], expected[name])


@IN_A_MODEL.judge(
    points=0.25, hint="A batch may have 0 examples. Take the sizes for a reshape from the tensor that `call` gets."
)
def batch_of_none(case: Case, seen: Any, expected: Any) -> None:
    """In a Functional model, a batch without examples gives an output without examples."""
    shape = (0, *case["x"].shape[1:-1], case["units"])
    same_shape(seen["none"], shape, "The output of the model for a batch of no examples")
    _same(seen["y"], expected["y"])


# --- thread


@probes.THREADED.confirms(probes.threads_on_paper, probes.each_row_on_its_own)
def threads_as_the_reference(_case: Case, seen: Any, expected: Any) -> None:
    """Each row of the result is right."""
    _same(seen["y"], expected["y"])


IN_GRAPH = probes.THREAD.trial(
    probes.threaded_in_graph, unseen(probes.GRAPH_EXAMPLES[1], probes.thread_cases), examples=1
)


@IN_GRAPH.confirms(probes.unknown_batch)
def threads_in_a_graph_as_the_reference(_case: Case, seen: Any, expected: Any) -> None:
    """Each row of both results is right."""
    for name in ("x", "more"):
        _same(seen[name], expected[name])


@probes.THREADED_EMPTY.confirms(probes.empty_batch)
def full_batch_as_the_reference(_case: Case, seen: Any, expected: Any) -> None:
    """Each row of the result for a full batch is right."""
    _same(seen["y"], expected["y"])


# --- count_weights


@probes.COUNTED.judge(points=0.5, hint=probes.COUNT_HINT)
@probes.COUNTED.confirms(probes.counts_on_paper, probes.counts_in_integers, probes.leading_axes_do_not_count)
def number_of_weights(_case: Case, seen: Any, expected: Any) -> None:
    """For any sizes, the count is the number of scalars in the kernel and, if there is one, the bias."""
    for key, what in (("count", "with a bias"), ("no_bias", "without a bias")):
        found = probes.number(seen[key], "The count")
        expect(found == expected[key], f"The count {what} is wrong.", found, expected[key])


def _same(seen: Any, expected: Any) -> None:
    close(seen, expected, "The output", ulps=64, scale=max(8.0, float(np.abs(expected).max(initial=0.0))))
