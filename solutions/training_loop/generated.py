"""Right answers that nobody wrote, put together from pieces."""

from __future__ import annotations

from textwrap import indent
from typing import Any

from hypothesis import strategies as st

pick = st.sampled_from

# --- next_batch: an order of the rows, and a way to cut it

LENGTHS = ("len(X)", "X.shape[0]", "len(y)", "np.shape(X)[0]")
ORDERS = (
    "order = np.random.default_rng(seed).permutation({n}) if shuffle else np.arange({n})",
    "order = np.arange({n})\nif shuffle:\n    np.random.default_rng(seed).shuffle(order)",
    "order = np.arange({n})\nif shuffle:\n    order = np.random.RandomState(seed).permutation({n})",
    "order = np.arange({n})\nif shuffle:\n    order = np.argsort(np.random.default_rng(seed).random({n}))",
    "order = list(range({n}))\nif shuffle:\n    import random\n    random.Random(seed).shuffle(order)\norder = np.array(order)",
    "if seed is not None:\n    np.random.seed(seed)\norder = np.random.permutation({n}) if shuffle else np.arange({n})",
    "order = np.arange({n})\nif shuffle:\n    order = keras.ops.convert_to_numpy(keras.random.shuffle(order, seed=seed))",
    "order = np.arange({n})\nif shuffle:\n    order = np.random.default_rng(seed).choice({n}, {n}, replace=False)",
)
CUTS = (
    "for start in range(0, {n}, batch_size):\n    rows = order[start : start + batch_size]\n    {out}",
    "for rows in np.split(order, range(batch_size, {n}, batch_size)):\n    {out}",
    "for i in range(-(-{n} // batch_size)):\n    rows = order[i * batch_size : (i + 1) * batch_size]\n    {out}",
    "for i in range(int(np.ceil({n} / batch_size))):\n    rows = order[i * batch_size : min((i + 1) * batch_size, {n})]\n    {out}",
    "while len(order):\n    rows, order = order[:batch_size], order[batch_size:]\n    {out}",
    "start = 0\nwhile start < {n}:\n    rows = order[start : start + batch_size]\n    {out}\n    start += batch_size",
)
YIELDS = (
    "yield X[rows], y[rows]",
    "yield np.take(X, rows, axis=0), np.take(y, rows, axis=0)",
    "yield tf.gather(X, rows), tf.gather(y, rows)",
    "yield (X[rows], y[rows])",
    "yield [X[rows], y[rows]]",
    "X_batch, y_batch = X[rows], y[rows]\n    yield X_batch, y_batch",
    "yield tf.constant(X[rows]), tf.constant(y[rows])",
    "yield tuple(part[rows] for part in (X, y))",
)
HEADS = (
    "def next_batch(X, y, batch_size, shuffle=True, seed=None):",
    "def next_batch(X, y, batch_size, shuffle: bool = True, seed: int | None = None, drop_last=False):",
)


def _next_batch(head: str, n: str, order: str, cut: str, out: str, helper: bool) -> str:
    body = order.format(n=n)
    if helper:
        helped = f"def _order(X, y, shuffle, seed):\n{indent(body, '    ')}\n    return order\n\n\n"
        return helped + f"{head}\n    order = _order(X, y, shuffle, seed)\n{indent(cut.format(n=n, out=out), '    ')}\n"
    return f"{head}\n{indent(body, '    ')}\n{indent(cut.format(n=n, out=out), '    ')}\n"


# --- train_step

FORWARDS = (
    "y_pred = model(x, training=True)\n    loss = loss_fn(y, y_pred)",
    "loss = loss_fn(y, model(x, training=True))",
    "predictions = model(x, training=True)\n    loss = loss_fn(y, y_pred=predictions)",
    "loss = loss_fn(tf.convert_to_tensor(y), model(tf.convert_to_tensor(x), training=True))",
)
LISTS = ("model.trainable_variables", "model.trainable_weights", "list(model.trainable_weights)")
UPDATES = (
    "for w, g in zip(weights, grads):\n    w.assign_sub(learning_rate * g)",
    "for w, g in zip(weights, grads):\n    w.assign(w - learning_rate * g)",
    "for w, g in zip(weights, grads):\n    w.assign_add(-learning_rate * g)",
    "for i in range(len(weights)):\n    weights[i].assign(weights[i] - learning_rate * grads[i])",
    "keras.optimizers.SGD(learning_rate).apply(grads, weights)",
    "keras.optimizers.SGD(learning_rate=learning_rate).apply_gradients(zip(grads, weights))",
    "tf.keras.optimizers.SGD(learning_rate).apply_gradients(list(zip(grads, weights)))",
    "moved = [w - tf.cast(learning_rate, w.dtype) * g for w, g in zip(weights, grads)]\n"
    "for w, value in zip(weights, moved):\n    w.assign(value)",
    "for pair in zip(grads, weights):\n    pair[1].assign_sub(tf.multiply(pair[0], learning_rate))",
    "for w, g in zip(weights, grads):\n    w.assign(np.array(w) - learning_rate * np.array(g))",
)
RETURNS = ("float(loss)", "loss", "loss.numpy()", "loss.numpy().item()", "np.float32(loss)", "keras.ops.convert_to_numpy(loss)")


def _train_step(forward: str, listed: str, update: str, result: str, late: bool, persistent: str, decorated: bool) -> str:
    tape = f"with tf.GradientTape({persistent}) as tape:\n    {forward}"
    lines = [f"weights = {listed}", tape] if not late else [tape, f"weights = {listed}"]
    lines += ["grads = tape.gradient(loss, weights)", update]
    if decorated and "np." not in update and "SGD" not in update:
        body = indent("\n".join([*lines, "return loss"]), "    ")
        return f"@tf.function\ndef train_step(model, x, y, loss_fn, learning_rate):\n{body}\n"
    body = indent("\n".join([*lines, f"return {result}"]), "    ")
    return f"def train_step(model, x, y, loss_fn, learning_rate):\n{body}\n"


# --- fit

SEEDS = (
    ("", "None if seed is None else seed + epoch"),
    ("", "seed if seed is None else seed * 1000 + epoch"),
    ("", "None if seed is None else hash((seed, epoch)) % 2**31"),
    ("random = np.random.default_rng(seed)", "int(random.integers(2**31))"),
    ("random = np.random.RandomState(seed)", "random.randint(2**31 - 1)"),
    ("seeds = [None] * n_epochs if seed is None else [seed + 17 * k for k in range(n_epochs)]", "seeds[epoch]"),
    ("random = np.random.default_rng(seed)", "random"),
)
CALLS = ("next_batch(X, y, batch_size, seed={s})", "next_batch(X, y, batch_size, True, {s})",
         "next_batch(X, y, batch_size=batch_size, shuffle=True, seed={s})")  # fmt: skip
STEPS = (
    "train_step(model, a, b, loss_fn, learning_rate)",
    "float(train_step(model, a, b, loss_fn, learning_rate))",
    "train_step(model, a, b, loss_fn=loss_fn, learning_rate=learning_rate)",
    "train_step(model=model, x=a, y=b, loss_fn=loss_fn, learning_rate=learning_rate)",
)
INLINE = (
    "with tf.GradientTape() as tape:\n    loss = loss_fn(b, model(a, training=True))\n"
    "for w, g in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):\n"
    "    w.assign_sub(learning_rate * g)\nloss = float(loss)"
)
MEANS = (
    ("total, n = 0.0, 0", "total += loss * len(a)\nn += len(a)", "total / n"),
    ("total = 0.0", "total += loss * a.shape[0]", "total / len(X)"),
    ("losses, counts = [], []", "losses.append(loss)\ncounts.append(len(b))", "np.average(losses, weights=counts)"),
    ("mean, n = 0.0, 0", "n += len(a)\nmean += (loss - mean) * len(a) / n", "mean"),
    ("values = []", "values.extend([loss] * len(a))", "sum(values) / len(values)"),
    ("metric = keras.metrics.Mean()", "metric.update_state(loss, sample_weight=len(a))", "float(metric.result())"),
    ("losses, counts = [], []", "losses.append(float(loss))\ncounts.append(len(a))", "np.dot(losses, counts) / np.sum(counts)"),
)
ENDS = ("history", "history", "np.array(history)", "[float(value) for value in history]")


@st.composite
def _fit(draw: Any) -> str:
    before, seed = draw(pick(SEEDS))
    start, add, mean = draw(pick(MEANS))
    step = INLINE if draw(st.integers(0, 3)) == 0 else f"loss = {draw(pick(STEPS))}"
    inner = indent(f"{step}\n{add}", "    ")
    call = draw(pick(CALLS)).format(s=seed)
    loop = draw(
        pick(
            (
                f"for a, b in {call}:\n{inner}",
                f"for batch in {call}:\n    a, b = batch\n{inner}",
                f"for step, (a, b) in enumerate({call}):\n{inner}",
                f"batches = list({call})\nfor a, b in batches:\n{inner}",
            )
        )
    )
    body = indent(f"{start}\n{loop}\nhistory.append({mean})", "    ")
    lines = [before, "history = []", f"for epoch in range(n_epochs):\n{body}", f"return {draw(pick(ENDS))}"]
    head = "def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):"
    return f"{head}\n{indent(chr(10).join(line for line in lines if line), '    ')}\n"


ANSWERS = {
    "next_batch": st.builds(
        _next_batch, pick(HEADS), pick(LENGTHS), pick(ORDERS), pick(CUTS), pick(YIELDS), st.booleans()
    ),
    "train_step": st.builds(
        _train_step,
        pick(FORWARDS),
        pick(LISTS),
        pick(UPDATES),
        pick(RETURNS),
        st.booleans(),
        pick(("", "persistent=True")),
        st.integers(0, 4).map(lambda number: number == 0),
    ),
    "fit": _fit(),
}
