# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # 1. Custom loss: say what a mistake costs
#
# *About 50 minutes, 10 points. It builds on a `Sequential` model, `compile` and `fit`.*
#
# **After this notebook you can**
#
# - write a loss that Keras can weight, differentiate and trace: one number per example;
# - put it into a class that survives saving and loading;
# - choose a loss that makes a model answer a different question: *which value will 90 % of the targets stay below?*
#
# | question | minutes | points |
# |---|---|---|
# | 1. The pinball loss | 10 | 2 |
# | 2. The same loss as a class | 15 | 3 |
# | 3. Crossentropy with a weight per example | 15 | 3 |
# | 4. A model that predicts a quantile | 10 | 2 |
#
# A network learns whatever makes its loss small, so the loss is where you say what you want. So far you passed the name
# of a loss: `model.compile(loss="binary_crossentropy")`. The lecture showed that the argument may also be a function or
# an object of your own.
#
# Three rules make a custom loss work inside `fit`:
#
# * **Return one loss per example.** Average over the last axis and keep the batch axis. Keras multiplies each loss by
#   its weight and averages over the batch afterwards.
# * **Use only operations of TensorFlow or `keras.ops`.** The gradient passes through every operation between `y_pred`
#   and the loss, and it cannot pass through NumPy.
# * **Do not assume a batch size.** `fit` traces your function once, and then uses it for batches of any size.
#
# **To read:**
#
# * Keras API: [losses](https://keras.io/api/losses/), with a section on custom losses;
#   [keras.ops](https://keras.io/api/ops/)
# * Keras guides: [sample weights](https://keras.io/guides/training_with_built_in_methods/),
#   [saving and get_config](https://keras.io/guides/serialization_and_saving/)
# * The lecture's linked notebook on [custom training](https://colab.research.google.com/github/tensorflow/docs/blob/snapshot-keras/site/en/guide/keras/customizing_what_happens_in_fit.ipynb):
#   its cells on `sample_weight`
# * Paper: Koenker and Bassett, [Regression Quantiles](https://www.jstor.org/stable/1913643), 1978

# %% tags=["setup"]
import keras
import numpy as np
import tensorflow as tf

# %% [markdown]
# ## 1. The pinball loss (2 points, 10 minutes)
#
# Squared error treats a prediction that is 1 too low like one that is 1 too high. For a shop that orders bread these
# differ: a missing loaf loses a customer, a loaf too many costs a few cents. The *pinball loss* gives each side its own
# cost. With the error $e = y_\text{true} - y_\text{pred}$ and a number $\tau$ between 0 and 1,
#
# $$
# \ell_\tau(e) = \begin{cases} \tau \, e & \text{if } e \ge 0 \quad\text{(predicted too low)} \\
# (\tau - 1) \, e & \text{if } e < 0 \quad\text{(predicted too high)} \end{cases}
# $$
#
# ```
#   loss                 tau = 0.9
#    |                       /
#    |                      /
#    |                     /   slope 0.9
#    |                    /
#    | . . slope -0.1    /
#    |  ` ` - - . . .   /
#    +---------------- 0 ------------- e = y_true - y_pred
#      predicted too high   predicted too low
# ```
#
# **Worked example.** Take $\tau = 0.9$. The target 3 with the prediction 1 costs $0.9 \cdot 2 = 1.8$. The target 1 with the
# prediction 3 costs $0.1 \cdot 2 = 0.2$.
#
# The prediction with the smallest mean loss is the $\tau$ **quantile** of the targets: at $\tau = 0.9$, nine of ten
# targets lie below it. At $\tau = 0.5$ the loss is half the absolute error, and the best prediction is the median.
#
# Write a function that *makes* the loss function for one `tau`. A target may have several components, shape
# `(batch, n)`. The loss of an example is the mean over its components.
#
# The checks compare losses and gradients with numbers worked by hand. The gradient is taken in a graph with unknown
# batch size, as in `fit`; at $e = 0$ it may be any finite number. Errors are large in some cases and small in others. A
# hidden check tries other sizes and other values of `tau`.

# %% question="pinball_loss"
def pinball_loss(tau):
    """Make the quantile loss for one quantile.

    Args:
        tau: the quantile, a number in (0, 1).

    Returns:
        A function (or another callable) of `y_true` and `y_pred`, two float tensors of shape
        (batch, n), in the units of the target. It returns a tensor of shape (batch,): the mean over
        the last axis, in the same units.
    """
    # BEGIN SOLUTION
    def loss_fn(y_true, y_pred):
        error = y_true - y_pred
        return keras.ops.mean(keras.ops.maximum(tau * error, (tau - 1) * error), axis=-1)

    return loss_fn
    # END SOLUTION

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `pinball_loss(0.9)` is not a loss yet. It is a function that is called later with the two tensors. Define a function
# inside the function, and return it without calling it. The inner one still sees `tau`.
# </details>
# <details><summary>Hint 2</summary>
#
# The two cases of the formula need no `if`. Draw both lines, `tau * e` and `(tau - 1) * e`, for all `e`. On each side
# of 0, the loss is the higher line.
# </details>
# <details><summary>Hint 3</summary>
#
# Compute the error as `y_true - y_pred`, in this order. Combine the two lines element by element with one function of
# `keras.ops`, and finish with `keras.ops.mean` over `axis=-1`.
# </details>

# %% [markdown]
# ## 2. The same loss as a class (3 points, 15 minutes)
#
# A function is enough to train. A class can do more: it keeps `tau` as **configuration**, so that a saved model can be
# loaded again. It also inherits weighting and reduction:
#
# ```
#  loss(y_true, y_pred, sample_weight)         <- __call__, inherited
#     |
#     +-- call(y_true, y_pred)                 <- yours: one loss per example, (batch,)
#     +-- times sample_weight                  <- inherited
#     +-- reduction: none, sum,                <- inherited; your __init__ passes it on
#         or sum_over_batch_size (the mean)
# ```
#
# **Worked example.** Two examples have the losses 1.8 and 0.2 and the weights 0.5 and 4. Then `"none"` gives (0.9,
# 0.8), `"sum"` gives 1.7, and `"sum_over_batch_size"` gives 0.85.
#
# When a model is saved, Keras stores `loss.get_config()`. When it is loaded, Keras calls `PinballLoss(**config)`. So
# `get_config` must return every argument that `__init__` needs to build the same loss again. The base class
# already returns `name` and `reduction`.
#
# The checks try each reduction and the default one, with and without weights, the gradient in `fit`, and saving and
# loading with any reduction and any `tau`. You may use your `pinball_loss`. The checks replace it with another function,
# so a mistake there does not count twice.

# %% question="pinball_loss_class"
class PinballLoss(keras.losses.Loss):
    """The pinball loss with its quantile as configuration.

    Args:
        tau: the quantile, a number in (0, 1).
        reduction: as for any Keras loss: "sum_over_batch_size", "sum" or "none".
        name: a name for the loss.
    """

    def __init__(self, tau, reduction="sum_over_batch_size", name="pinball_loss"):
        # BEGIN SOLUTION
        super().__init__(reduction=reduction, name=name)
        self.tau = tau
        # END SOLUTION

    def call(self, y_true, y_pred):
        """The loss of each example: two tensors (batch, n) give one of shape (batch,)."""
        # BEGIN SOLUTION
        return pinball_loss(self.tau)(y_true, y_pred)
        # END SOLUTION

    def get_config(self):
        """The arguments of `__init__`, as a dict of plain values."""
        # BEGIN SOLUTION
        return {**super().get_config(), "tau": self.tau}
        # END SOLUTION

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The base class applies weights and reduction, but only if it knows the reduction. Pass `reduction` and `name` to its
# `__init__`.
# </details>
# <details><summary>Hint 2</summary>
#
# Store `tau` on `self`, not in a global or on the class: two losses with different quantiles must not affect each
# other. Then `call` needs only `self.tau` and the two tensors, and does not average over the batch.
# </details>
# <details><summary>Hint 3</summary>
#
# `super().get_config()` returns a dict with `name` and `reduction`. Add the one argument that is missing.
# </details>

# %% [markdown]
# ## 3. Crossentropy with a weight per example (3 points, 15 minutes)
#
# The lecture writes a loss as `loss_fn(y_true, y_pred, sample_weight=None)`. The third argument gives some examples
# more weight than others: rare classes, recent observations, reliable labels.
#
# **Who calls it with weights?** You do, in a training loop of your own. Keras never passes `sample_weight` to a plain
# function in `compile(loss=...)`. It calls the function with `y_true` and `y_pred` only, and multiplies the result
# by the weights itself. So for `compile`, write a loss that returns one number per example, as in question 1, or a
# class, as in question 2. The cell below this question shows what goes wrong otherwise.
#
# For one example with $n$ binary labels $y_j$ and predicted probabilities $p_j$ the binary crossentropy is
#
# $$ \ell = -\frac{1}{n} \sum_{j=1}^{n} \Big( y_j \log p_j + (1 - y_j) \log (1 - p_j) \Big) $$
#
# and the weighted loss of a batch of $B$ examples with weights $w_i$ is
#
# $$ L = \frac{1}{B} \sum_{i=1}^{B} w_i \, \ell_i \qquad (\text{without weights, } w_i = 1) $$
#
# The sum is divided by $B$, the number of examples, and not by the sum of the weights. So doubling all weights doubles
# the gradient. Keras does the same.
#
# **Worked example.** Labels (1, 0) with probabilities (0.5, 0.75) cost $(\log 2 + \log 4) / 2 = 1.040$. Labels (0, 0) with
# (0.5, 0.5) cost $\log 2 = 0.693$. With the weights 2 and 1 the loss of the two is $(2 \cdot 1.040 + 0.693) / 2 = 1.386$;
# without weights it is 0.866.
#
# A very confident network predicts exactly 0 or 1 in float32, and $\log 0 = -\infty$. One such entry turns the
# loss into NaN, then the gradients, then the weights. So keep $p$ between $10^{-7}$ and $1 - 10^{-7}$ before the
# logarithm, or add $10^{-7}$ inside it. (float32 rounds $1 - 10^{-7}$, so $p = 1$ for the label 0 may cost 15.94
# instead of 16.12. Both are right.)
#
# The checks test the loss and its gradient in `fit`, with and without weights. At predictions of exactly 0 and 1, the
# gradient may be any finite number. You may use a Keras function, as long as the result is the scalar above.

# %% question="weighted_binary_crossentropy"
def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    """Binary crossentropy of a batch, with an optional weight per example.

    Args:
        y_true: labels 0.0 or 1.0, float tensor or NumPy array of shape (batch, n).
        y_pred: probabilities in [0, 1], the same kind and shape.
        sample_weight: None, or a float tensor or array of shape (batch,).

    Returns:
        A scalar tensor: the weighted sum over the batch divided by the batch size.
    """
    # BEGIN SOLUTION
    p = keras.ops.clip(y_pred, 1e-7, 1 - 1e-7)
    log_likelihood = y_true * keras.ops.log(p) + (1 - y_true) * keras.ops.log(1 - p)
    losses = -keras.ops.mean(log_likelihood, axis=-1)
    if sample_weight is not None:
        losses = losses * sample_weight
    return keras.ops.mean(losses)
    # END SOLUTION

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Work in four steps: clip; loss of each entry, `(batch, n)`; loss of each example, `(batch,)`; one number, `()`.
# Weights of shape `(batch,)` match the third result.
# </details>
# <details><summary>Hint 2</summary>
#
# The mean over the batch *is* the sum divided by the batch size. Multiply the losses, shape `(batch,)`, by their
# weights before you take that mean.
# </details>
# <details><summary>Hint 3</summary>
#
# Use `keras.ops.clip(y_pred, low, high)` and a mean over `axis=-1`. Then `if sample_weight is not None:` a product (not
# `if sample_weight:`, because a tensor has no single truth value). Finish with the mean over the batch.
# </details>

# %% [markdown]
# **What Keras does with a scalar loss.** The next cell computes the loss of the same two examples and weights in three
# ways. When your function is passed to `compile`, Keras calls it without the weights, and it returns the plain mean,
# 0.866. Keras can then only multiply that one number by both weights: 1.300 instead of 1.386.

# %% tags=["demo"]
labels, probabilities = np.float32([[1, 0], [0, 0]]), np.float32([[0.5, 0.75], [0.5, 0.5]])
weights = np.float32([2, 1])
print(f"called by you, with the weights:        {weighted_binary_crossentropy(labels, probabilities, weights):.3f}")
for name, loss in (("your scalar function", weighted_binary_crossentropy), ("Keras's own loss", "binary_crossentropy")):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, activation="sigmoid")])
    model.compile(loss=loss)
    value = model.compute_loss(x=None, y=labels, y_pred=tf.constant(probabilities), sample_weight=tf.constant(weights))
    print(f"compiled, {name + ':':<30}{value:.3f}")

# %% [markdown]
# ## 4. A model that predicts a quantile (2 points, 10 minutes)
#
# Now give the loss to a model. Nothing else about the model changes: the loss alone turns a regression into a
# *quantile* regression.
#
# `make_quantile_model` returns a compiled model that maps `n_features` numbers to one number. You choose the layers,
# the optimizer and the learning rate, with three requirements. The model needs a **bias**: for the average example all
# standardized features are 0, and the quantile there is rarely 0. The model must be able to predict **any real
# number**: no activation or clipping of its output (hidden layers may use any). And **penalties**, such as a
# `kernel_regularizer`, move the minimum of the loss away from the quantile: use none, or weak ones that add at most
# 0.02 to the loss of the trained model. Each call must return a new model.
#
# The public check trains your model for 300 epochs, or until it has learned the quantile, on 512 generated examples,
# in batches of 32. Features and targets are standardized, and the true quantile is linear in the features. After
# training, a share `tau` of the targets must lie below the predictions, among examples with low, middle and high
# *expected* targets alike, and where the targets spread least and most. For `tau = 0.9` and 512 examples that is about
# 461 targets in all. Hidden checks compare with the true conditional quantile. To see whether predictions have limits,
# the public check then multiplies the trainable weights by 50 and -50. A small model is enough, a large one may
# overfit. A mistake in your `pinball_loss` or `PinballLoss` does not count twice.

# %% question="make_quantile_model"
def make_quantile_model(n_features, tau):
    """Build and compile a model that learns the conditional tau quantile.

    Args:
        n_features: number of standardized features of an example.
        tau: the quantile, a number in (0, 1).

    Returns:
        A compiled model: (batch, n_features) to (batch, 1), in the units of the target.
    """
    # BEGIN SOLUTION
    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(1),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss=PinballLoss(tau))
    return model
    # END SOLUTION

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Write the model as if for mean squared error: an input, perhaps a hidden layer, one output. Then change the loss
# that it is compiled with.
# </details>
# <details><summary>Hint 2</summary>
#
# `compile(loss=...)` takes a loss object or a loss function. Both of yours are *made* with `tau` first.
# </details>
# <details><summary>Hint 3</summary>
#
# The last layer is a `Dense(1)` with its bias and without an activation: `relu` would rule out negative predictions. If
# the model has not converged after 300 epochs, use a larger learning rate.
# </details>

# %% [markdown]
# ## The picture
#
# The spread of these data changes with `x`, so one curve through the middle does not describe them. Three models that
# differ only in `tau` learn the curves below which 10 %, 50 % and 90 % of the targets lie. This takes about 20 seconds.

# %% tags=["demo"]
import matplotlib.pyplot as plt

random = np.random.default_rng(7)
x = random.uniform(-2, 2, 512)
y = np.sin(1.5 * x) + (0.15 + 0.25 * (x + 2)) * random.normal(size=512)
grid = np.linspace(-2, 2, 200)


def features(x):
    """Powers of x, standardized, so that a linear model can fit a curve. (batch,) to (batch, 4)."""
    powers = np.stack([x**k for k in (1, 2, 3, 5)], axis=-1)
    at_data = np.stack([np.linspace(-2, 2, 500) ** k for k in (1, 2, 3, 5)], axis=-1)
    return ((powers - at_data.mean(axis=0)) / at_data.std(axis=0)).astype("float32")


bands = {}
for tau in (0.1, 0.5, 0.9):
    model = make_quantile_model(4, tau)
    model.fit(features(x), y[:, None].astype("float32"), epochs=200, batch_size=64, verbose=0)
    share = np.mean(y <= model.predict(features(x), verbose=0)[:, 0])
    bands[tau] = model.predict(features(grid), verbose=0)[:, 0], share

figure, axes = plt.subplots(figsize=(9, 5))
axes.scatter(x, y, s=9, color="0.6", label="512 examples")
axes.fill_between(grid, bands[0.1][0], bands[0.9][0], color="tab:blue", alpha=0.15)
for (tau, (curve, share)), color in zip(bands.items(), ("tab:blue", "tab:red", "tab:blue")):
    style = "-" if tau == 0.5 else "--"
    axes.plot(grid, curve, style, color=color, linewidth=2, label=f"tau = {tau}: {share:.0%} of the targets below")
axes.set(xlabel="x", ylabel="y", title="Same model, same data, three losses: three different quantiles")
axes.legend(loc="upper left")
plt.show()

# %% [markdown]
# **What you should see.** The red median follows the wave, and the blue band widens from left to right. The legend says
# about 10 %, 50 % and 90 %.
#
# **If you don't:** if the 0.1 and the 0.9 curve are swapped, so are the factors of the two sides. If the three curves
# coincide, `tau` does not reach the loss. If the curves are flat or far from the data, the learning rate is too small.
#
# ## Recap
#
# * A loss for `compile` returns one number per example. Keras applies weights and reduction.
# * A subclass of `keras.losses.Loss` adds configuration: `get_config` returns the arguments of `__init__`.
# * The loss decides what the model learns: the mean with squared error, a quantile with the pinball loss.
#
# ## Stretch task, no points
#
# Square the error in the pinball loss, and keep a factor for each side. The best prediction is then called an
# *expectile*. Train a model for the 0.9 expectile, move one target far up, and compare how far the expectile and the
# quantile move.
#
# ## One question to think about
#
# You trained three separate models. Nothing in their losses prevents the 0.1 curve from lying *above* the 0.9 curve
# where there are few data. For one model with three outputs, how would you write a loss that makes such a crossing
# expensive, or an output layer that makes it impossible?

# %% [markdown] tags=["solution"]
# **Answer.** *Expensive:* add the three pinball losses, and a penalty such as
# `keras.ops.relu(q[:, 0] - q[:, 1]) + keras.ops.relu(q[:, 1] - q[:, 2])`, times a factor. The penalty is 0 when the
# curves are in order, and grows with the size of a crossing. *Impossible:* let the network predict the lowest quantile
# and two increments. Make the increments positive with `softplus`, and add them up: $q_1 = a$, $q_2 = q_1 +
# \text{softplus}(b)$, $q_3 = q_2 + \text{softplus}(c)$. These three curves cannot cross, whatever the weights.
