# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # 2. The training loop, written out
#
# *About 60 minutes, 10 points. It builds on exercise 1, `custom_loss`.*
#
# **After this notebook you can**
#
# - cut data into mini-batches that contain each example once, in an order that a seed makes reproducible;
# - write one step of gradient descent with `tf.GradientTape`;
# - put both into a loop, and report a mean loss that counts every example once.
#
# | question | minutes | points |
# |---|---|---|
# | 1. Cut the data into batches | 20 | 3 |
# | 2. One step | 20 | 4 |
# | 3. The loop | 20 | 3 |
#
# `model.fit` hides a short program, which the lecture writes out. You write it here, without `compile` and without
# `fit`, in three functions that build on each other.
#
# One pass over the data is an **epoch**. An epoch is cut into **mini-batches**. Each mini-batch gives one **train
# step**: the model predicts, the loss measures the error, and the gradient gives the slope of the loss along each
# weight. Then every weight moves against its slope:
#
# $$ W \leftarrow W - \eta \, \frac{\partial \mathcal{L}}{\partial W} $$
#
# Here $\eta$ is the learning rate, and $\mathcal{L}$ is the loss of *this* batch. A batch is a sample of the data, so
# its gradient is a noisy estimate of the gradient over all examples. The estimate is cheap, and correct on average if
# the examples are shuffled.
#
# ```
# epoch 1:  shuffle ─► [ batch | batch | batch | rest ]   one running mean of the loss
#                          │       │       │      │
#                         step    step    step   step     the weights change four times
# epoch 2:  shuffle ─► [ batch | batch | batch | rest ]   a new order, the mean starts again
# ```
#
# Later you will rarely write the whole loop. You will often replace one part of it, as in the `train_step` of a VAE or a
# GAN.
#
# **To read:**
#
# * Keras guide: [a training loop from scratch](https://keras.io/guides/writing_a_custom_training_loop_in_tensorflow/)
# * TensorFlow guide: [automatic differentiation and the gradient tape](https://www.tensorflow.org/guide/autodiff)
# * The lecture's linked notebook: [the basic train step](https://colab.research.google.com/github/tensorflow/docs/blob/snapshot-keras/site/en/guide/keras/customizing_what_happens_in_fit.ipynb)
# * NumPy API: [random generators](https://numpy.org/doc/stable/reference/random/generator.html)
# * Paper: Bottou, Curtis and Nocedal, [Optimization Methods for Large-Scale Machine
#   Learning](https://arxiv.org/abs/1606.04838), 2018, section 3

# %% tags=["setup"]
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

# %% [markdown]
# ## 1. Cut the data into batches (3 points, 20 minutes)
#
# A generator returns one value at a time with `yield`, and continues from there when the next value is requested.
# `next_batch` yields the batches of **one epoch** (or returns another iterable of them).
#
# * Each example comes exactly once. With $n$ examples and batches of $b$ there are $\lceil n / b \rceil$ batches. The
#   last one may be smaller, and no batch is empty.
# * `X` and `y` stay paired: row $i$ of one belongs to row $i$ of the other. Do not change the caller's arrays.
# * A batch contains rows of `X` and `y` with the same numbers and shapes: if `y` has shape $(n, 1)$, a batch of targets
#   has shape $(b, 1)$, and if `y` has shape $(n,)$, it has shape $(b,)$.
# * With `shuffle=True` the *examples* are in random order: any example can be in any place, and any two can be in the
#   same batch, however large the data are. Shuffling the finished batches is not enough.
# * The same `seed` gives the same order. 0 is a seed like any other; `None` means a new order in each call.
# * With `shuffle=False` the rows keep their order, also if there is a seed.
#
# **Worked example.** Seven examples in batches of 3, with `shuffle=False`, give the rows (0, 1, 2), then (3, 4, 5),
# then (6). Six examples in batches of 3 give two batches, not three.
#
# The checks run several epochs on small arrays and on one of 12,000 rows, look up where each row came from, and compare
# the orders. A hidden check uses arrays of other sizes.


# %% question="next_batch"
def next_batch(X, y, batch_size, shuffle=True, seed=None):
    """Yield the mini-batches of one epoch.

    X: array (n, ...), the examples.
    y: array (n, ...), the targets.
    batch_size: number of examples in a batch; the last batch may have fewer.
    shuffle: whether the examples come in random order.
    seed: integer >= 0 that determines the order, or None for a new order each time.
    Yields pairs (X_batch, y_batch) with at most batch_size rows of X and y each.
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
# Shuffle row numbers, not the data. The rows of an epoch are a list of row numbers in some order.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# An array indexed with a list of row numbers gives those rows, in that order. The same list works for `X` and for `y`.
# A slice that reaches beyond the end of a list is cut short: that makes the last batch.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# `np.random.default_rng(seed)` creates a random generator from any seed, including 0, and a new one each time from
# `None`. Its method `permutation(n)` gives a random order of `n` numbers. Loop over the starting points with `range(0,
# n, batch_size)`.
#
# </details>

# %% [markdown]
# ## 2. One step (4 points, 20 minutes)
#
# Now write the four lines of the lecture: forward pass, loss, gradient, update. The gradient tape records what happens
# inside its `with` block. Afterwards it computes the gradient of the loss for the update:
#
# $$ W_{\text{new}} = W - \eta \, \nabla_W \; \text{loss\_fn}\big(y, \text{model}(x)\big) $$
#
# * Call the model once, with `training=True`. Layers such as dropout and batch normalization behave differently then,
#   and a second call would give another loss.
# * Move the weights *of this model*, in place: by hand or with `keras.optimizers.SGD`. Frozen weights stay as they are,
#   and so do non-trainable weights, such as the moving averages of a batch normalization. (The forward pass may update
#   these; your step does not.) In the checks, every trainable weight affects the loss.
# * Each call stands alone: the next one may come with another model, learning rate or loss, and a layer may have been
#   frozen in between.
# * Return the loss of the batch *before* the update, as a number: a `float`, a NumPy scalar or a 0-d tensor. The loss is
#   what `loss_fn` gives. (You may add the penalties in `model.losses`, as Keras does: in the checks there are none.)
#
# **Worked example.** A line $w x + b$ with $w = 2$, $b = 1$ predicts 3 for $x = 1$ and 7 for $x = 3$. The targets are 5 and 9, so
# the mean squared error is $((-2)^2 + (-2)^2) / 2 = 4$. Its slopes are $(2 \cdot (-2) \cdot 1 + 2 \cdot (-2) \cdot 3) / 2 =
# -8$ along $w$ and $-4$ along $b$. With the learning rate 0.1 the step ends at $w = 2.8$, $b = 1.4$, and returns 4.
#
# The checks take this step, steps with another learning rate, another loss and large gradients, and steps on tiny
# networks. They compare each weight and each loss with numbers worked by hand.


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
# Everything between the weights and the loss belongs inside the `with tf.GradientTape() as tape:` block: the forward
# pass and the loss.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `tape.gradient(loss, weights)` takes a list of weights and returns a list of gradients in the same order.
# `model.trainable_variables` lists only the weights to train.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# `weight = weight - ...` only gives the *name* a new value, and the model keeps the old one. Change the
# variable itself with `assign`, `assign_add` or `assign_sub`.
#
# </details>

# %% [markdown]
# ## 3. The loop (3 points, 20 minutes)
#
# Put the two together: in each epoch, take one step per batch. Use your `next_batch` and `train_step`.
#
# For each epoch report the mean loss *over its examples*. With batches $B_1, \dots, B_m$ of $|B_j|$ examples and losses
# $\ell_j$ it is
#
# $$ \bar{\ell} = \frac{\sum_j |B_j| \, \ell_j}{\sum_j |B_j|} $$
#
# so a short last batch counts only for the examples that it contains. It is called a running mean, because the weights
# change while it is computed. Return a list, also for a single epoch.
#
# **Worked example.** For batches of 4, 4 and 2 examples with the losses 1, 2 and 6, the epoch's loss is
# $(4 \cdot 1 + 4 \cdot 2 + 2 \cdot 6) / 10 = 2.4$. The mean of the three losses would be 3.
#
# Every epoch needs a new order, also when a seed is given and in long trainings. The same seed gives the same training,
# and two trainings without a seed differ. Train for all `n_epochs` with the given learning rate.
#
# The checks replace your `next_batch` and `train_step` with their own, so a mistake in the first two questions costs
# nothing here.


# %% question="fit"
def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    """Train a model by mini-batch gradient descent.

    X: array (n, ...), the examples.
    y: array (n, ...), the targets.
    loss_fn: function of (y, y_pred) that gives a scalar tensor.
    learning_rate: size of each step.
    n_epochs: how often to go through the data, in a new order each time.
    batch_size: number of examples in a batch.
    seed: integer >= 0 that determines all orders, or None.
    Returns a list of n_epochs numbers: the mean loss over the examples of each epoch.
    """
    # BEGIN SOLUTION
    epoch_losses = []
    for epoch in range(n_epochs):
        epoch_seed = None if seed is None else 1000 * seed + epoch
        total = 0.0
        for x_batch, y_batch in next_batch(X, y, batch_size, seed=epoch_seed):
            total += len(x_batch) * train_step(model, x_batch, y_batch, loss_fn, learning_rate)
        epoch_losses.append(total / len(X))
    return epoch_losses
    # END SOLUTION


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Write two loops, one inside the other. The outer one starts a new sum, and the inner one adds to it.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The loss of a batch is a mean over its examples. Multiply it by the number of examples to get a sum, and divide the
# total by the number of all examples.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# A generator is empty after one pass, so call `next_batch` again in each epoch. The same seed would give the same order
# again, so compute a different seed for each epoch, such as `1000 * seed + epoch`. (`seed + epoch` is accepted, too,
# but then trainings with the seeds 1 and 2 share orders.) If `seed` is `None`, pass `None`.
#
# </details>

# %% [markdown]
# ## The picture
#
# Three trainings use the same data, model, initial weights and learning rate; only the batch size differs. The left
# plot shows the loss over epochs, that is, over how much data was seen. The right plot shows it over steps, that is,
# over how often the weights changed. This takes about 20 seconds.


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
over_epochs.set(xlabel="epochs (passes over the data)", title="Per epoch", yscale="log")
over_epochs.set_ylabel("mean loss of the epoch")
over_steps.set(xlabel="steps (updates of the weights)", title="Per step", xscale="log")
over_epochs.legend()
for axes in (over_epochs, over_steps):
    axes.grid(alpha=0.3, which="both")
figure.suptitle("One learning rate, three batch sizes")
figure.tight_layout()
plt.show()

# %% [markdown]
# **What you should see.** On the left, training with batches of one is fastest per epoch, because each epoch has 192
# steps. Training on all examples at once is slowest, with one step per epoch. On the right the order is reversed: per
# step, a batch of one improves the model least, because its gradient is the noisiest. It is also the cheapest step.
#
# **If you don't:** if a curve rises, check the sign of the update. If all curves are flat, the weights do not change.
# If the curves of 1 and 192 are alike, `batch_size` does not reach `next_batch`.
#
# ## Recap
#
# * An epoch visits each example once. Shuffling row numbers keeps `X` and `y` paired.
# * Inside the tape: forward pass and loss. Outside: the gradient and the update, for `model.trainable_variables` only.
# * Average the loss over examples, not over batches. Give each epoch a new order.
#
# ## Stretch task, no points
#
# Pass validation data to `fit`, and stop when their loss has not improved for five epochs. Then
# restore the best weights with `model.set_weights`.
#
# ## One question to think about
#
# The loss of the first epoch is a mean over losses that were computed *while* the weights were moving. If you evaluate
# the model on the same data after that epoch, will the loss usually be higher or lower than the number that `fit`
# reported? Which of the two should you compare with the loss on a validation set?

# %% [markdown] tags=["solution"]
# **Answer.** Usually lower. The reported mean includes the losses from the start of the epoch, when the model was
# worse. (With a learning rate that is too large it can be higher.) A validation loss is computed with the weights at
# the end of the epoch, so compare it with the loss of the training data evaluated at the same moment, in inference
# mode. This is why a training curve can lie above the validation curve in the first epochs.
