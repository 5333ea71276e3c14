# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # A train step of your own
#
# *About 60 minutes. 10 points.*
#
# `model.fit` does many things that you would not want to write again: it cuts the data into batches, shuffles, calls
# callbacks, shows a progress bar, spreads work over devices, and runs it all in a compiled graph. Only one piece of it
# decides *how a model learns*: what is done with one batch. Keras lets you replace this piece alone, and keeps the
# rest.
#
# ```
# fit(x, y, ...)                                     evaluate(x, y, ...)
#   each epoch: reset the metrics                      reset the metrics
#     each batch: logs = self.train_step(data)   ◄─┐   each batch: logs = self.test_step(data)   ◄── you may write this
#                                                  │
#                                  you write this ─┘
# ```
#
# A class that derives from `keras.Model` inherits `fit` with everything in it. If the class has a method `train_step`,
# `fit` calls that one. The method gets one batch, moves the weights, and returns what the progress bar should show.
#
# What a model was compiled with is there for you, as attributes and methods of `self`:
#
# | what | where |
# |---|---|
# | the optimizer | `self.optimizer` |
# | the loss, with the penalties of all layers that have a regularizer | `self.compute_loss(...)` |
# | a running mean of the loss, and all compiled metrics | `self.metrics` |
# | the weights that may be trained | `self.trainable_variables` |
#
# In the end, you use this to give rare examples more say: with **sample weights**.

# %% tags=["setup"]
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

# %% [markdown]
# ## 1. The basic step (3 points)
#
# Write the step that Keras itself would take. With a batch $(x, y)$ of $n$ examples, the loss is
#
# $$ \mathcal{L}(W) = \frac1n \sum_{i=1}^{n} \ell\big(y_i, f_W(x_i)\big) + \sum_{\text{layers}} \text{penalty} $$
#
# and the optimizer decides what to make of its gradient $\nabla_W \mathcal{L}$.
#
# * `data` is a pair `(x, y)`. `x` may be a dict of tensors, if the model has several inputs.
# * Run the model as in training.
# * The penalties of regularized layers are part of the loss.
# * Move the weights that may be trained, once, with the optimizer that was compiled. It remembers things between steps.
# * Update the metrics with the predictions that the loss was taken of. `fit` sets them back at the start of each epoch,
#   as far as they are in `self.metrics`.
# * Return a dict of metric results: the running mean of the loss under `"loss"`, and the compiled metrics under their
#   names (a dict in the dict is fine, Keras nests them like that).
#
# `fit` draws a *graph* of your step the first time it runs: your Python is executed once or twice, and from then on
# only the tensor operations that it asked for. Whatever turns a tensor into a plain number has no place in the step.
#
# The checks build tiny networks with your class, `CustomModel(inputs, outputs)`, compile them with mean squared error
# and one metric, and watch how the weights move: in single steps, and under `fit`. Keras's own `train_step` is switched
# off meanwhile.


# %% question="custom_model"
class CustomModel(keras.Model):
    """A model that takes its own training steps."""

    def train_step(self, data):
        """Train on one batch.

        data: pair (x, y), inputs (batch, ...) and targets (batch, ...).
        Returns a dict of metric results.
        """
        # BEGIN SOLUTION
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred)
        return self.get_metrics_result()
        # END SOLUTION


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# It is the step of the training loop that you know: forward pass, loss, gradient, update. The new parts are that the
# loss, the optimizer and the metrics belong to the model.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `self(x, training=True)` runs the model on a batch, `self.compute_loss(y=..., y_pred=...)` gives the scalar to
# differentiate; both belong inside the tape. Optimizers have a method `apply(gradients, variables)`.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Walk over `self.metrics`. The one with the name `"loss"` is a mean: update it with the loss. The others compare
# targets with predictions. In the end, `self.get_metrics_result()` collects all results in a dict.
#
# </details>

# %% [markdown]
# ## 2. With sample weights (4 points)
#
# A weight $w_i$ says how much an example counts:
#
# $$ \mathcal{L}(W) = \frac1n \sum_{i=1}^{n} w_i \, \ell\big(y_i, f_W(x_i)\big) + \sum_{\text{layers}} \text{penalty} $$
#
# The sum is divided by the number of examples, not by the sum of the weights.
#
# * `fit(x, y, sample_weight=w)` hands your step a triple `(x, y, sample_weight)`; without weights it is a pair, as
#   before. Your class takes both.
# * What was compiled as `metrics` ignores the weights, what was compiled as `weighted_metrics` uses them. The compiled
#   metrics are updated all together, and sort this out themselves: they only need to be told the weights.
# * `evaluate` must see the same loss and the same metrics. Its step is `test_step`: like the train step, but the model
#   runs as in prediction, and nothing moves.
#
# The checks do what they did for the first question, with and without weights, and also evaluate.


# %% question="weighted_model"
class WeightedModel(keras.Model):
    """A model whose own steps take a weight for each example, if there is one."""

    def train_step(self, data):
        """Train on one batch.

        data: (x, y) or (x, y, sample_weight), the weights of shape (batch,).
        Returns a dict of metric results.
        """
        # BEGIN SOLUTION
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        return self.update_metrics(loss, y, y_pred, sample_weight)
        # END SOLUTION

    def test_step(self, data):
        """Evaluate one batch; data and result as in train_step."""
        # BEGIN SOLUTION
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        y_pred = self(x, training=False)
        loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)
        return self.update_metrics(loss, y, y_pred, sample_weight)
        # END SOLUTION

    # BEGIN SOLUTION
    def update_metrics(self, loss, y, y_pred, sample_weight):
        """Update all metrics with one batch, and return their results."""
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred, sample_weight=sample_weight)
        return self.get_metrics_result()

    # END SOLUTION


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Start from your first answer. The weights enter in two places: where the loss is computed, and where the metrics are
# updated. In each of them once.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `compute_loss` and `update_state` both take `sample_weight=...`, and `None` means no weights. The running mean of the
# loss is an exception: the weights are in the loss already.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Count what `data` holds, or let `keras.utils.unpack_x_y_sample_weight(data)` do it: it always gives three things, and
# None for those that are missing. `test_step` is `train_step` without tape, gradient and optimizer, and with
# `training=False`.
#
# </details>

# %% [markdown]
# ## 3. Weights that balance classes (3 points)
#
# If one example in twenty is ill, a model that calls everyone healthy is right 95 times in 100, and useless. The usual
# remedy weighs each example by the inverse of how often its class occurs, so that every class has the same total
# weight:
#
# $$ w_i = \frac{n}{K \, n_{c(i)}} $$
#
# Here $n$ is the number of examples, $K$ the number of classes that occur, and $n_{c(i)}$ the number of examples in the
# class of example $i$. Add them up to see that the mean of the weights is 1: the learning rate needs no change.
#
# * Labels are whole numbers, any of them: negative, with gaps, one class or many.
# * `y` has shape `(n,)` or `(n, 1)`; the weights have shape `(n,)`.


# %% question="balanced_sample_weight"
def balanced_sample_weight(y):
    """A weight for each example that gives all classes the same total; the mean of the weights is 1.

    y: array of whole numbers, (n,) or (n, 1), the class of each example.
    Returns a float array (n,).
    """
    # BEGIN SOLUTION
    labels = np.asarray(y).reshape(-1)
    classes, position, counts = np.unique(labels, return_inverse=True, return_counts=True)
    return len(labels) / (len(classes) * counts[position])
    # END SOLUTION


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# First count the classes that occur, then look up the count of the class of each example.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.unique` gives the classes that occur, in order, and with `return_counts=True` how often each does.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# With `return_inverse=True`, `np.unique` also gives for each example the place of its class in that list. An array of
# counts indexed with these places has one entry for each example.
#
# </details>

# %% [markdown]
# ## The picture
#
# Two overlapping clouds, one point in twenty from the smaller one. The same network is trained twice by your
# `WeightedModel`, once as it is, once with your balanced weights. The line is where the model changes its mind.


# %% tags=["demo"]
def make_clouds(n=1200, share=0.05, seed=0):
    """Points (n, 2) and labels (n, 1): 1 for the few in the small cloud."""
    random = np.random.default_rng(seed)
    y = (np.arange(n) < share * n).astype("int64")
    angle = random.uniform(0, np.pi, n)
    centre = np.where(y[:, None] == 1, [0.3, 0.4], np.stack([1.6 * np.cos(angle), 1.6 * np.sin(angle)], axis=1))
    return (centre + random.normal(0, 0.55, (n, 2))).astype("float32"), y[:, None]


def train_on_clouds(x, y, sample_weight=None):
    """The network after thirty epochs."""
    keras.utils.set_random_seed(3)
    inputs = keras.Input((2,))
    hidden = keras.layers.Dense(24, activation="tanh")(inputs)
    hidden = keras.layers.Dense(24, activation="tanh")(hidden)
    model = WeightedModel(inputs, keras.layers.Dense(1, activation="sigmoid")(hidden))
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", weighted_metrics=["accuracy"])
    model.fit(x, y, sample_weight=sample_weight, batch_size=64, epochs=30, verbose=0)
    return model


x_clouds, y_clouds = make_clouds()
ticks = np.linspace(-3.2, 3.2, 120)
grid = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2).astype("float32")
rare = y_clouds[:, 0] == 1
figure, panels = plt.subplots(1, 2, figsize=(11, 5), sharex=True, sharey=True)
runs = {"all examples count the same": None, "all classes count the same": balanced_sample_weight(y_clouds)}
for axes, (title, weights) in zip(panels, runs.items()):
    model = train_on_clouds(x_clouds, y_clouds, weights)
    surface = model.predict(grid, verbose=0).reshape(len(ticks), -1)
    axes.contourf(ticks, ticks, surface, levels=np.linspace(0, 1, 11), cmap="RdBu_r", alpha=0.5)
    axes.contour(ticks, ticks, surface, levels=[0.5], colors="black")
    axes.scatter(*x_clouds[~rare].T, s=4, color="tab:blue")
    axes.scatter(*x_clouds[rare].T, s=16, color="tab:red", edgecolor="white", linewidth=0.5)
    right = (model.predict(x_clouds, verbose=0)[:, 0] > 0.5) == rare
    axes.set(title=f"{title}\nfound: {right[rare].mean():.0%} of the rare, {right[~rare].mean():.0%} of the common")
figure.tight_layout()
plt.show()

# %% [markdown]
# With equal weights, the model claims little ground for the rare class, since every common point there would cost as
# much as a rare one gains. With balanced weights, the line moves out until both classes lose equally: far more of the
# rare points are found, and some common ones are given up for them.
#
# ## One question to think about
#
# The weights multiply the loss of each example, and so its gradient. Would it be the same to show each rare example
# nineteen times in an epoch instead? What would differ with a penalty in the loss, with small batches, with an adaptive
# optimizer?
