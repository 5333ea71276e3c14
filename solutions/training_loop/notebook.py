# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # The training loop, written out
#
# *About 60 minutes. 10 points.*
#
# `model.fit` hides a short program. The lecture opens it: training goes through the data again and again, in small
# portions, and after each portion it moves the weights a little. You write that program here, without `compile` and
# without `fit`, in three functions that build on each other.
#
# One pass over the data is an **epoch**. An epoch is cut into **mini-batches**. For each mini-batch we do one **train
# step**: the model predicts, the loss says how bad the predictions are, the gradient says in which direction each
# weight makes the loss grow, and every weight moves the other way:
#
# $$ W \leftarrow W - \eta \, \frac{\partial \mathcal{L}}{\partial W} $$
#
# Here $\eta$ is the learning rate, and $\mathcal{L}$ is the loss of *this* batch. A batch is a sample of the data, so
# its gradient is a noisy guess of the gradient over all examples. That guess is cheap, and a good one on average as
# long as each example gets its turn and the order keeps changing.
#
# ```
# epoch 1:  shuffle ─► [ batch | batch | batch | rest ]      one running mean of the loss
#                          │       │       │      │
#                         step    step    step   step        the weights move four times
# epoch 2:  shuffle ─► [ batch | batch | batch | rest ]      a new order, the mean starts again
# ```
#
# Later you will rarely write this loop. You will often replace a piece of it, as in `train_step` of a VAE or a GAN, and
# then it helps to know which piece does what.

# %% tags=["setup"]
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

# %% [markdown]
# ## 1. Cut the data into batches (3 points)
#
# A generator hands out one value at a time with `yield`, and goes on from there when it is asked for the next one.
# `next_batch` yields the batches of **one epoch**.
#
# * Each example comes exactly once. With $n$ examples and batches of $b$ there are $\lceil n / b \rceil$ batches, and
#   the last one may be smaller. No batch is empty.
# * `X` and `y` stay in step: row $i$ of the one belongs to row $i$ of the other. The arrays of the caller are not
#   changed.
# * With `shuffle=True` the *examples* are in random order, so that any two can meet in a batch. Shuffling the finished
#   batches is not enough.
# * The same `seed` gives the same order. 0 is a seed like any other; `None` means a new order each time.
#
# The checks run several epochs on small arrays, look up where each row came from, and compare the orders.


# %% question="next_batch"
def next_batch(X, y, batch_size, shuffle=True, seed=None):
    """Yield the mini-batches of one epoch.

    X: array (n, ...), the examples.
    y: array (n, ...), the targets.
    batch_size: number of examples in a batch; the last batch may hold fewer.
    shuffle: whether the examples come in random order.
    seed: whole number that decides the order, or None for a new order each time.
    Yields pairs (X_batch, y_batch) with at most batch_size rows each.
    """
    # BEGIN SOLUTION
    order = np.arange(len(X))
    if shuffle:
        np.random.default_rng(seed).shuffle(order)
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]
    # END SOLUTION


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Do not move the data, move numbers. The rows of an epoch are a list of row numbers in some order. Shuffle that list.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# An array indexed with a list of row numbers gives those rows, in that order. The same list works for `X` and for `y`.
# A slice that reaches beyond the end of a list is cut short, which is what the last batch needs.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# `np.random.default_rng(seed)` makes a generator of random numbers from a seed, 0 included, and a fresh one from
# `None`. It has a method that gives a random order of `n` numbers. Walk over the starting points with the
# three-argument `range`.
#
# </details>

# %% [markdown]
# ## 2. One step (4 points)
#
# Now the four lines of the lecture: forward pass, loss, gradient, update. The gradient tape records what happens inside
# its `with` block, and can then say how the recorded loss depends on the weights:
#
# $$ W_{\text{new}} = W - \eta \, \nabla_W \; \text{loss\_fn}\big(y, \text{model}(x)\big) $$
#
# * Run the model as in training: layers such as dropout and batch normalization behave differently then, and have to be
#   told.
# * Move the weights *of this model*, in place. Weights that are frozen, or that no gradient trains (the moving averages
#   of a batch normalization), stay as they are.
# * Return the loss that the batch had *before* the update, as a number.
#
# The checks run your step on tiny networks, and measure by how much each weight moved.


# %% question="train_step"
def train_step(model, x, y, loss_fn, learning_rate):
    """Move the weights of a model by one step of gradient descent.

    model: a Keras model.
    x: inputs (batch, ...).
    y: targets (batch, ...).
    loss_fn: function of (y, y_pred) that gives a scalar tensor.
    learning_rate: size of the step, a positive number.
    Returns the loss of the batch before the update, a number.
    """
    # BEGIN SOLUTION
    with tf.GradientTape() as tape:
        y_pred = model(x, training=True)
        loss = loss_fn(y, y_pred)
    gradients = tape.gradient(loss, model.trainable_variables)
    for weight, gradient in zip(model.trainable_variables, gradients):
        weight.assign_sub(learning_rate * gradient)
    return float(loss)
    # END SOLUTION


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Which lines have to be inside the `with tf.GradientTape() as tape:` block? All that lies between the weights and the
# loss.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `tape.gradient(loss, weights)` takes a list of weights and gives a list of gradients in the same order. The model
# knows its weights under several names; pick the list that leaves out what must not be trained.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# `weight = weight - ...` only makes the *name* point to something new; the model keeps the old value. A variable has
# methods that change what it holds: `assign`, and two that add to it or subtract from it.
#
# </details>

# %% [markdown]
# ## 3. The loop (3 points)
#
# Put the two together: for each epoch, for each batch, one step. Use your `next_batch` and `train_step`.
#
# For each epoch report the mean loss *over its examples*. With batches $B_1, \dots, B_m$ of $|B_j|$ examples and losses
# $\ell_j$ it is
#
# $$ \bar{\ell} = \frac{\sum_j |B_j| \, \ell_j}{\sum_j |B_j|} $$
#
# so that the short last batch counts for what it is. Keras calls this a running mean: the weights move while it is
# taken.
#
# Every epoch needs an order of its own, also when a seed is given. The same seed gives the same training.
#
# The checks replace `next_batch` and `train_step` by their own while they watch your loop, so a mistake in the first
# two questions costs nothing here.


# %% question="fit"
def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    """Train a model by mini-batch gradient descent.

    X: array (n, ...), the examples.
    y: array (n, ...), the targets.
    loss_fn: function of (y, y_pred) that gives a scalar tensor.
    learning_rate: size of each step.
    n_epochs: how often to go through the data, in a new order each time.
    batch_size: number of examples in a batch.
    seed: whole number that decides all orders, or None.
    Returns a list of n_epochs numbers: the mean loss over the examples of each epoch.
    """
    # BEGIN SOLUTION
    epoch_losses = []
    for epoch in range(n_epochs):
        epoch_seed = None if seed is None else seed + epoch
        total = 0.0
        for x_batch, y_batch in next_batch(X, y, batch_size, seed=epoch_seed):
            total += len(x_batch) * train_step(model, x_batch, y_batch, loss_fn, learning_rate)
        epoch_losses.append(total / len(X))
    return epoch_losses
    # END SOLUTION


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Two loops, one inside the other. The outer one starts a new sum; the inner one adds to it.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# A loss of a batch is already a mean over its examples. What must it be multiplied by to become a sum again?
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# A generator is used up after one pass, so each epoch calls `next_batch` anew. With the same seed it would give the
# same order again: make a different seed for each epoch out of the one that you were given. Mind the case `None`.
#
# </details>

# %% [markdown]
# ## The picture
#
# The same data, the same model, the same start, the same learning rate: only the batch size differs. On the left
# each curve is drawn over epochs, that is, over how much data was seen. On the right over the number of steps, that
# is, over how often the weights moved.


# %% tags=["demo"]
def make_data(n, seed=0):
    """n points of a noisy wave: X (n, 1) and y (n, 1)."""
    random = np.random.default_rng(seed)
    X = random.uniform(-1, 1, (n, 1)).astype("float32")
    return X, (np.sin(3 * X) + random.normal(0, 0.2, (n, 1))).astype("float32")


def make_model():
    """A small network that starts from the same weights each time."""
    keras.utils.set_random_seed(1)
    return keras.Sequential([keras.Input((1,)), keras.layers.Dense(16, activation="tanh"), keras.layers.Dense(1)])


def squared_error(y, y_pred):
    """Mean squared error of a batch, a scalar."""
    return tf.reduce_mean(tf.square(y - y_pred))


X_wave, y_wave = make_data(192)
epochs = {1: 8, 32: 60, len(X_wave): 60}
figure, (over_epochs, over_steps) = plt.subplots(1, 2, figsize=(11, 4), sharey=True)
for batch_size, n_epochs in epochs.items():
    losses = fit(make_model(), X_wave, y_wave, squared_error, 0.05, n_epochs, batch_size, seed=0)
    steps_per_epoch = -(-len(X_wave) // batch_size)
    label = f"batches of {batch_size}" if batch_size < len(X_wave) else f"all {batch_size} at once"
    over_epochs.plot(np.arange(1, n_epochs + 1), losses, marker="o", markersize=3, label=label)
    over_steps.plot(steps_per_epoch * np.arange(1, n_epochs + 1), losses, marker="o", markersize=3, label=label)
over_epochs.set(xlabel="epochs: passes over the data", title="Per pass over the data", yscale="log")
over_epochs.set_ylabel("mean loss of the epoch")
over_steps.set(xlabel="steps: moves of the weights", title="Per move of the weights", xscale="log")
over_epochs.legend()
for axes in (over_epochs, over_steps):
    axes.grid(alpha=0.3, which="both")
figure.suptitle("One learning rate, three batch sizes")
figure.tight_layout()
plt.show()

# %% [markdown]
# Batches of one take most steps per pass, and are soon done, though each step is a noisy one. All examples at once take
# one careful step per pass, and have hardly begun after sixty. Count the moves instead, and the order turns around: one
# move costs the single example least, and buys least.
#
# ## One question to think about
#
# The loss of the first epoch is a mean over losses that were taken *while* the weights were moving. If you evaluate the
# model on the same data after that epoch, will you find more or less than the number that `fit` reported? And which of
# the two should you compare with the loss on a validation set?
