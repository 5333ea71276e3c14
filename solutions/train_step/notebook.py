# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # 3. Custom train step: override `train_step`
#
# *About 75 minutes, 10 points. It builds on exercise 2, `training_loop`.*
#
# **After this notebook you can**
#
# - replace the training step of `fit` with your own, and keep everything else that `fit` does;
# - pass sample weights to the loss and to the metrics, in training and in evaluation;
# - compute sample weights that balance rare and frequent classes.
#
# | question | minutes | points |
# |---|---|---|
# | 1. The basic step | 30 | 3 |
# | 2. With sample weights | 30 | 4 |
# | 3. Weights that balance classes | 15 | 3 |
#
# `model.fit` does a lot: it splits the data into batches, shuffles, runs callbacks, shows a progress bar, and compiles
# the steps into a graph. Only one part of it decides *how a model learns*: what happens with one batch. Keras lets you
# replace only this part.
#
# ```
# fit(x, y, ...)                                 evaluate(x, y, ...)
#   each epoch: reset the metrics                  reset the metrics
#     each batch:                                  each batch:
#       logs = self.train_step(data)                 logs = self.test_step(data)
#                   ▲                                            ▲
#                   └─ you write this                            └─ you may write this
# ```
#
# A subclass of `keras.Model` inherits `fit`. If the class has a method `train_step`, `fit` calls it. The
# method gets one batch, updates the weights, and returns what the progress bar shows.
#
# In your method, the arguments of `compile` are available as attributes and methods of `self`:
#
# | what | where |
# |---|---|
# | the optimizer | `self.optimizer` |
# | the compiled loss, plus the penalties of all regularized layers | `self.compute_loss(...)` |
# | a running mean of the loss, and one object that holds all compiled metrics | `self.metrics` |
# | the weights to train | `self.trainable_variables` |
#
# **To read:** [Customizing what happens in fit](https://keras.io/guides/custom_train_step_in_tensorflow/), [the lecture's
# guide](https://colab.research.google.com/github/tensorflow/docs/blob/snapshot-keras/site/en/guide/keras/customizing_what_happens_in_fit.ipynb),
# [Model.compile, fit and evaluate](https://keras.io/api/models/model_training_apis/),
# [metrics](https://keras.io/api/metrics/),
# [tf.GradientTape](https://www.tensorflow.org/api_docs/python/tf/GradientTape).

# %% tags=["setup"]
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

# %% [markdown]
# ## 1. The basic step (3 points, 30 minutes)
#
# Write the step that Keras itself takes. For a batch $(x, y)$ of $n$ examples, the loss is
#
# $$ \mathcal{L}(W) = \frac1n \sum_{i=1}^{n} \ell\big(y_i, f_W(x_i)\big) + \sum_{\text{layers}} \text{penalty} $$
#
# The optimizer turns its gradient $\nabla_W \mathcal{L}$ into an update.
#
# * `data` is a pair `(x, y)` of tensors. If the model has several inputs, `x` may be a dict of tensors. The model has
#   one output.
# * Run the model in training mode, once per batch.
# * Use the compiled loss, whichever it is, and add the penalties of regularized layers. If the model is compiled
#   again, use the new loss, optimizer and metrics.
# * Update the trainable weights once per batch, with the compiled optimizer. It keeps a state between steps.
# * Update the metrics with the predictions the loss was computed from. `fit` resets everything in `self.metrics` at the
#   start of each epoch.
# * Return a dict of metric results: the running mean of the loss as `"loss"`, and all compiled metrics under their
#   names; there may be none. A dict inside the dict is fine. A running mean may count batches or examples.
#
# `fit` traces a *graph* of your step when it first runs it. Your Python runs once or twice; afterwards only the tensor
# operations run. So do not convert a tensor to a Python number in the step. `fit` makes this graph itself, so the step
# needs no `@tf.function`. A decorated step keeps the loss, optimizer and metrics that it was first traced with, even if
# the model is compiled again.
#
# **Worked example.** The model $\hat y = w x + b$ has $w = 2$, $b = 0$. The batch has one example, $x = 1$, $y = 1$. The
# prediction is 2, so the loss $(\hat y - y)^2$ is 1, and the absolute error is 1. The gradient is $2 (\hat y - y) x =
# 2$ for $w$ and 2 for $b$. A step with learning rate 0.1 gives $w = 1.8$, $b = -0.2$.
#
# The checks build small networks with your class, `CustomModel(inputs, outputs)`, and compare its steps with Keras's
# own, one by one and in `fit`. Keras's `train_step` and `test_step` are switched off while your class runs, so
# `super().train_step(data)` raises an error. Other methods, such as `self.compute_metrics`, may be used. Loss scaling
# (for mixed precision) is not asked for.


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
# It is the step of the training loop: forward pass, loss, gradient, update. The difference is that loss, optimizer and
# metrics now belong to the model.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `self(x, training=True)` runs the model on a batch, and `self.compute_loss(y=..., y_pred=...)` gives the scalar to
# differentiate. Both belong inside the tape. Optimizers have a method `apply(gradients, variables)`.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Loop over `self.metrics`. The metric named `"loss"` is a mean: update it with the loss. The other, if there is one,
# compares targets and predictions. At the end, `self.get_metrics_result()` collects all results in a dict.
#
# </details>

# %% [markdown]
# ## 2. With sample weights (4 points, 30 minutes)
#
# A weight $w_i$ says how much an example counts:
#
# $$ \mathcal{L}(W) = \frac1n \sum_{i=1}^{n} w_i \, \ell\big(y_i, f_W(x_i)\big) + \sum_{\text{layers}} \text{penalty} $$
#
# The sum is divided by the number of examples, not by the sum of the weights.
#
# * `fit(x, y, sample_weight=w)` passes a triple `(x, y, sample_weight)` to your step. Without weights it passes a
#   pair, as before. Your class must accept both.
# * Metrics compiled as `metrics` ignore the weights, metrics compiled as `weighted_metrics` use them. Update the object
#   that holds them all, and pass the weights: it knows which of them use weights. Report both kinds.
# * Targets may be integers, as labels are. Weights are floats: do not convert them to the type of the targets.
# * `evaluate` must report the same loss (again a mean of batches or of examples) and the same metrics. It calls
#   `test_step`, which is like the train step, but runs the model with `training=False` and changes no weight.
#
# **Worked example.** The model is $\hat y = w x + b$ with $w = 2$, $b = 0$ again. The batch has two examples, $x = (1, 2)$
# and $y = (1, 2)$, with weights $(3, 1)$. The errors are 1 and 2, so the loss is $(3 \cdot 1 + 1 \cdot 4) / 2 = 3.5$.
# The gradient is $(3 \cdot 2 \cdot 1 + 1 \cdot 4 \cdot 2) / 2 = 7$ for $w$ and $(3 \cdot 2 + 1 \cdot 4) / 2 = 5$ for
# $b$. A step with learning rate 0.1 gives $w = 1.3$, $b = -0.5$. As a weighted metric, the mean absolute error is $(3
# \cdot 1 + 1 \cdot 2) / (3 + 1) = 1.25$.
#
# The checks do the same as in question 1, with and without weights, and also evaluate. Keras's `train_step` and
# `test_step` are switched off: write both.


# %% question="weighted_model"
class WeightedModel(keras.Model):
    """A model whose steps take one weight per example, if there are weights."""

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
# Start from your first answer. Use the weights in two places, once in each: where the loss is computed, and where the
# metrics are updated.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `compute_loss` and `update_state` both take `sample_weight=...`, and `None` means no weights. The running mean of the
# loss is an exception: the loss already contains the weights.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Count the parts of `data`, or use `keras.utils.unpack_x_y_sample_weight(data)`: it always returns three things, and
# None for those that are missing. `test_step` is `train_step` without tape, gradient and optimizer, and with
# `training=False`.
#
# </details>

# %% [markdown]
# ## 3. Weights that balance classes (3 points, 15 minutes)
#
# If one person in twenty is ill, a model that calls everyone healthy is right 95 times in 100, and useless. The usual
# remedy weights each example by the inverse of the frequency of its class, so that every class has the same total
# weight:
#
# $$ w_i = \frac{n}{K \, n_{c(i)}} $$
#
# Here $n$ is the number of examples, $K$ the number of classes that occur, and $n_{c(i)}$ the number of examples in the
# class of example $i$. The mean of the weights is 1, so the learning rate needs no change.
#
# * Labels are integers of any kind: negative, with gaps, one class or many.
# * `y` has shape `(n,)` or `(n, 1)`, $n \ge 1$; the weights have shape `(n,)`. Do not change `y`.
#
# **Worked example.** For `y = [0, 0, 0, 1]`, $n = 4$ and $K = 2$. Class 0 gets $4 / (2 \cdot 3) = 2/3$, class 1 gets
# $4 / (2 \cdot 1) = 2$. The weights are 2/3, 2/3, 2/3, 2: each class has a total of 2.
#
# The checks compare weights with numbers worked by hand, and the totals of the classes with each other. A hidden check
# tries other labels.


# %% question="balanced_sample_weight"
def balanced_sample_weight(y):
    """One weight per example, so that all classes have the same total; the mean of the weights is 1.

    y: array of integers, (n,) or (n, 1), the class of each example.
    Returns a float array or tensor (n,), float32 or float64.
    """
    # BEGIN SOLUTION
    labels = np.asarray(y).reshape(-1)
    classes, position, counts = np.unique(labels, return_inverse=True, return_counts=True)
    return len(labels) / (len(classes) * counts[position])
    # END SOLUTION


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# First count how often each class occurs, then look up the count for the class of each example.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.unique` returns the classes that occur, sorted, and with `return_counts=True` also how often each occurs.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# With `return_inverse=True`, `np.unique` also returns the position of each example's class in that list. An array of
# counts indexed with these positions has one entry per example.
#
# </details>

# %% [markdown]
# ## The picture
#
# The data are two overlapping clouds of points; one point in twenty is from the smaller cloud. Your `WeightedModel`
# trains the same network twice, first without weights, then with your balanced weights. On the black line the model
# gives both classes probability 1/2.


# %% tags=["demo"]
def make_clouds(n=1200, share=0.05, seed=0):
    """Points (n, 2) and labels (n, 1): 1 for the few in the small cloud."""
    random = np.random.default_rng(seed)
    y = (np.arange(n) < share * n).astype("int64")
    angle = random.uniform(0, np.pi, n)
    center = np.where(y[:, None] == 1, [0.3, 0.4], np.stack([1.6 * np.cos(angle), 1.6 * np.sin(angle)], axis=1))
    return (center + random.normal(0, 0.55, (n, 2))).astype("float32"), y[:, None]


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
# **What you should see.** Without weights, the red region is small: a common point inside it costs as much as a rare
# point outside it, so many rare points are missed. With balanced weights, the line moves outwards. Far more rare points
# are found, and some common ones are misclassified.
#
# **If you don't:** if the two pictures are almost equal, your `train_step` does not use the weights. If the second
# picture has no red region, the frequent class has the large weights.
#
# ## Recap
#
# * `train_step(self, data)` replaces what `fit` does with one batch. Everything else in `fit` stays the same.
# * `compute_loss`, `optimizer` and `metrics` use the arguments of `compile`; `fit` resets the metrics.
# * Sample weights enter the loss once and the weighted metrics once. The loss divides by $n$, a weighted metric by the
#   sum of the weights.
# * `test_step` reports the same numbers, and changes nothing.
#
# ## Stretch task, no points
#
# Write a `train_step` that clips the gradients to a global norm of 1 (`tf.clip_by_global_norm`) and reports the norm
# before clipping as one more metric. Compare its curve with and without sample weights.
#
# ## One question to think about
#
# The weights multiply the loss of each example, and so its gradient. Would it be the same to show each rare example
# nineteen times per epoch instead? What would differ with a penalty in the loss, with small batches, with an adaptive
# optimizer?

# %% [markdown] tags=["solution"]
# **Answer.** With all examples in one batch it is the same. The balanced weights are 10 and 10/19, so both losses are
# half the mean over the rare class plus half the mean over the common class, and a penalty is added to the same
# number. With weights 19 and 1 the loss would be 1.9 times as large, and a penalty would count less. In small batches,
# a rare example with a large weight is in one batch per epoch and gives one large, noisy step. Its copies are spread
# over many batches and give many small ones. An adaptive optimizer such as Adam divides by the size of recent
# gradients, so it shrinks the rare large step: the weight then counts less than the copies do. An epoch with copies
# also takes 1.9 times as long.
