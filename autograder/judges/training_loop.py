"""Hidden judges of `training_loop`."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras_checks.compare import Failure, close, expect
from keras_checks.exercises import training_loop as probes
from keras_checks.question import Case

# --- next_batch


@probes.BATCHES.judge(
    points=0.75,
    hint="Rows of both arrays must be picked by the same index. A shuffle in place reorders the caller's own data.",
)
def inputs_keep_their_targets(case: Case, seen: Any) -> None:
    """Each example keeps its own target, and `X` and `y` themselves stay as they were."""
    for run in probes.runs(seen):
        expect(probes.in_step(case, run), "A batch holds inputs with the targets of other examples.")
        expect(probes.unchanged(case, run), "`next_batch` changed the arrays that it was given.")


BATCHES_ON_ORDER_CASES = probes.NEXT_BATCH.trial(probes.batches, probes.order_cases)


@BATCHES_ON_ORDER_CASES.judge(points=0.75, hint="Draw an order of all rows first, then cut it into batches.")
def examples_are_shuffled(case: Case, seen: Any) -> None:
    """With `shuffle=True`, the default, any example may land in any batch; with `shuffle=False` the order is kept."""
    kept = list(dict.fromkeys(probes.order(case, seen["in order"])))  # a row that comes again is another mistake
    expect(kept == sorted(kept), "`shuffle=False` changes the order.", received=kept)
    shuffled = [*seen["seeded"][:1], *seen["other seeds"], *seen["no seed"]]
    found = [probes.order(case, run) for run in shuffled]
    expect(not any(rows == sorted(rows) for rows in found), "The default leaves the examples in their order.")
    blocks = [probes.in_blocks(case, run) for run in shuffled]
    expect(not all(blocks), "Each batch holds neighbours: batches were shuffled, or rows within a batch, not examples.")
    near = [probes.starts_near(case, run) for run in shuffled]
    expect(not all(near), "The first batch never holds an example from far down the data.", received=found[0])


@BATCHES_ON_ORDER_CASES.judge(
    points=0.75,
    hint="What does your code do with `seed` when it is 0, and when it is None? Call it twice with the same seed.",
)
def seed_decides_the_order(case: Case, seen: Any) -> None:
    """The same seed gives the same order, 0 included; other seeds give others, and no seed a new one each time."""
    seeded, zero, free = ([probes.order(case, run) for run in seen[name]] for name in ("seeded", "seed 0", "no seed"))
    others = [probes.order(case, run) for run in seen["other seeds"]]
    expect(seeded[0] == seeded[1], f"Two epochs with seed {case['seed']} differ.", received=seeded)
    expect(zero[0] == zero[1], "Two epochs with seed 0 differ.", received=zero)
    expect([*others, zero[0]] != [seeded[0]] * 6, "All seeds give the same order.", received=seeded[0])
    expect(free[0] != free[1], "Two epochs without a seed have the same order.", received=free[0])


# --- train_step


STEPS_ON_TRAINING_CASES = probes.TRAIN_STEP.trial(probes.steps, probes.training_cases, shrinks=8)


@STEPS_ON_TRAINING_CASES.judge(
    points=1, hint="Some layers behave differently in training. How does a layer know that it is being trained?"
)
def runs_in_training_mode(case: Case, seen: Any, expected: Any) -> None:
    """The forward pass of a step runs the network as in training."""
    for start, step, due, batch in zip(probes.before(case, seen), seen, expected, case["batches"], strict=True):
        loss = probes.true_loss(start, batch["x"], batch["y"], doubles=True)
        close(step["loss"], np.asarray(loss), "The loss of a step", ulps=64, scale=64)
        for part in (0, 1, 3, 4):
            close(step["weights"][part], due["weights"][part], "A weight after the step", ulps=128, scale=32)


STEPS_ON_FIXED_CASES = probes.TRAIN_STEP.trial(probes.steps, probes.fixed_cases, examples=3, shrinks=8)


@STEPS_ON_FIXED_CASES.judge(
    points=1.25, hint="A model lists the weights that may be trained apart from those that may not."
)
def moves_only_what_is_trained(case: Case, seen: Any, expected: Any) -> None:
    """Frozen weights and weights that no gradient trains stay; all others move as they must."""
    if "raised" in seen[0]:
        raise Failure(f"With frozen weights in the model your code raised {seen[0]['raised']}")
    for step, due in zip(seen[:2], expected[:2], strict=True):
        for part in (2, 3, 4):
            same = np.array_equal(step["weights"][part], case["weights"][part])
            expect(same, "A weight moved that must not be trained.")
        for part in (0, 1):
            close(step["weights"][part], due["weights"][part], "A weight after the step", ulps=128, scale=32)


# --- fit


@probes.TRAININGS.judge(
    points=1, hint="For each batch of each epoch: one step, on the model, with your loss and your learning rate."
)
def one_step_for_each_batch(case: Case, seen: Any) -> None:
    """Each epoch takes one step on every batch of the data, and trains the model that was given."""
    n = len(case["data"]["X"])
    expect(len(seen) == 2, "There are no two trainings.")
    for run in seen:
        expect(not run["foreign"], "`fit` hands on another value than the one it was given.", received=run["foreign"])
        counts = [len(rows) for _, rows in probes.batches_of(case, run)]
        due = case["data"]["counts"] * case["epochs"]
        expect(counts == due, f"The steps do not cover {case['epochs']} epochs of {n} examples.", received=counts)
        every = all(sorted(rows) == list(range(n)) for rows in probes.orders(case, run))
        expect(every, "An epoch does not train on every example once.")
        for found, wanted in zip(run["weights"], probes.replay(case, run)[1], strict=True):
            close(found, wanted, "A weight after the training", ulps=1024, scale=8)


@probes.TRAININGS.judge(points=1, hint="Think of what `next_batch` does with a seed when it is called a second time.")
def new_order_each_epoch(case: Case, seen: Any) -> None:
    """Each epoch has an order of its own, with a seed and without; the same seed gives the same training."""
    first, again = (probes.orders(case, run) for run in seen)
    alike = [rows for rows in first if first.count(rows) > 1]
    expect(not alike, "Two epochs of one training have the same order.", received=f"seed {case['seed']}")
    if case["seed"] is None:
        expect(first != again, "Two trainings without a seed are the same.")
    else:
        expect(first == again, f"Two trainings with seed {case['seed']} differ.")


probes.BATCHES.told_apart_by(probes.content)
BATCHES_ON_ORDER_CASES.told_apart_by(probes.arrangement)
probes.TRAININGS.told_apart_by(probes.training_summary)
