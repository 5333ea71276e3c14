# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Custom loss: say what a mistake costs
#
# *About 50 minutes. 10 points.*
#
# A network learns whatever makes its loss small. So the loss is where you tell it what you want: change
# the architecture and the answer gets a little better or worse; change the loss and it answers **another question**.
#
# So far you named a loss: `model.compile(loss="binary_crossentropy")`. The lecture showed that the argument may just as
# well be an object of your own: anything that can be called as
#
# ```
# loss_fn(y_true, y_pred, sample_weight=None)
# ```
#
# In this notebook you write three such objects (a function, a class, a weighted function), and then use one of them to
# make a model answer a question that mean squared error can't: *which value will 90 % of the targets stay below?*
#
# Three things make a custom loss work inside `fit`:
#
# * **One loss per example.** Average over the last axis and leave the batch axis alone. Keras weighs the
#   examples and averages over the batch afterwards; a single number comes too early for that.
# * **Only operations of TensorFlow or `keras.ops`.** The gradient flows back through every step from the loss to
#   `y_pred`. A detour through NumPy cuts it off.
# * **No batch size.** `fit` traces your function once and then uses it for batches of any size, short last one included.

# %% tags=["setup"]
import keras
import numpy as np
import tensorflow as tf

# %% [markdown]
# ## 1. The pinball loss (2 points)
#
# Squared error treats a prediction that is 1 too low like one that is 1 too high. A shop that orders bread sees it
# differently: a loaf too few is a lost customer, a loaf too many is a few cents. The *pinball loss* puts two prices on the
# two sides. With the error $e = y_\text{true} - y_\text{pred}$ and a number $\tau$ between 0 and 1,
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
# Minimising the mean of this loss gives the $\tau$ **quantile** of the targets: at $\tau = 0.9$ a prediction moves up until
# nine targets lie below it for each one above. At $\tau = 0.5$ it is half the absolute error, and gives the median.
#
# Write a function that *makes* the loss function for one `tau`. A target may have several components, `(batch, n)`: then
# the loss of an example is the mean over them. The check looks at the shape, at the value, and at the gradient in
# graph mode, where the batch size is unknown.


# %% question="pinball_loss"
def pinball_loss(tau):
    """Make the quantile loss for one quantile.

    Args:
        tau: the quantile, a number in (0, 1).

    Returns:
        A function of `y_true` and `y_pred`, two float tensors of shape (batch, n), in the units of the target.
        It returns a tensor of shape (batch,): the mean over the last axis, in the same units.
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
# `pinball_loss(0.9)` is not a loss yet: it is a function that is called later with the two tensors. Define a function
# inside the function, and return it without calling it. The inner one still sees `tau`.
# </details>
# <details><summary>Hint 2</summary>
#
# The two branches of the formula need no `if`: draw both lines, `tau * e` and `(tau - 1) * e`, for all `e`. Which of them
# lies on top, left of 0 and right of 0?
# </details>
# <details><summary>Hint 3</summary>
#
# Compute the error as `y_true - y_pred` (in this order), combine the two lines element by element with one function of
# `keras.ops`, and finish with `keras.ops.mean` over `axis=-1`.
# </details>

# %% [markdown]
# ## 2. The same loss as a class (3 points)
#
# A function is enough to train. A class can do more: it carries `tau` as a piece of **configuration**, so that a saved
# model can be loaded again, and it inherits from `keras.losses.Loss` all that happens around the loss itself:
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
# When a model is saved, Keras stores `loss.get_config()`; when it is loaded, Keras calls `PinballLoss(**config)`. So
# `get_config` must return every argument that `__init__` needs to build the same loss again. The base class
# knows its own part of it.
#
# The check tries each reduction, with weights and without, the gradient, and a save and load round trip. You may use your
# `pinball_loss`: for this question the check puts another function in its place, so a mistake there does not
# count twice.


# %% question="pinball_loss_class"
class PinballLoss(keras.losses.Loss):
    """The pinball loss with its quantile as configuration.

    Args:
        tau: the quantile, a number in (0, 1).
        reduction: as for each Keras loss: "sum_over_batch_size", "sum" or "none".
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
# The base class does the weighting and the reduction, but only if it knows about them: what does its `__init__` take?
# </details>
# <details><summary>Hint 2</summary>
#
# Keep `tau` on `self`, not in a global or on the class: two losses with different quantiles must live side by side.
# Then `call` needs nothing but `self.tau` and the two tensors. No reduction over the batch in it.
# </details>
# <details><summary>Hint 3</summary>
#
# `super().get_config()` returns a dict with `name` and `reduction`. Add the one argument that it can't know.
# </details>

# %% [markdown]
# ## 3. Crossentropy with a weight for each example (3 points)
#
# The third argument of the signature makes some examples more important than others: rare classes,
# recent observations, labels that you trust. For one example with $n$ binary labels $y_j$ and predicted probabilities
# $p_j$ the binary crossentropy is
#
# $$ \ell = -\frac{1}{n} \sum_{j=1}^{n} \Big( y_j \log p_j + (1 - y_j) \log (1 - p_j) \Big) $$
#
# and the weighted loss of a batch of $B$ examples with weights $w_i$ is
#
# $$ L = \frac{1}{B} \sum_{i=1}^{B} w_i \, \ell_i \qquad (\text{without weights, } w_i = 1) $$
#
# Note the $B$ below the line: it is the number of examples, not the sum of the weights. With it, doubling all
# weights doubles the gradient; that is what Keras does, too.
#
# A network that is very sure predicts exactly 0 or 1 in float32, and $\log 0 = -\infty$. One such entry turns the
# loss, then all gradients, then all weights into NaN. So keep $p$ between $10^{-7}$ and $1 - 10^{-7}$ before the logarithm.
#
# The check looks at how the loss depends on the weights, at the value, at predictions of exactly 0 and 1, and at
# the gradient in graph mode. A Keras function may help you, as long as the result is the scalar above.


# %% question="weighted_binary_crossentropy"
def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    """Binary crossentropy of a batch, with an optional weight for each example.

    Args:
        y_true: labels 0.0 or 1.0, float tensor of shape (batch, n).
        y_pred: probabilities in [0, 1], float tensor of shape (batch, n).
        sample_weight: None, or a float tensor of shape (batch,).

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
# Go in four steps: clip, loss of each entry `(batch, n)`, loss of each example `(batch,)`, one number `()`. In which of
# these shapes does a weight of shape `(batch,)` fit?
# </details>
# <details><summary>Hint 2</summary>
#
# The mean over the batch *is* the sum divided by the batch size, and it knows the batch size by itself. What has to be
# done to the `(batch,)` losses before it?
# </details>
# <details><summary>Hint 3</summary>
#
# `keras.ops.clip(y_pred, low, high)`; a mean over `axis=-1`; `if sample_weight is not None:` a product (not
# `if sample_weight:`, a tensor has no single truth value); a mean over what is left.
# </details>

# %% [markdown]
# ## 4. A model that predicts a quantile (2 points)
#
# Now give the loss to a model. Nothing else about the model changes: it is the loss that turns a regression into a
# *quantile* regression.
#
# `make_quantile_model` returns a compiled model from `n_features` numbers to one number. Its layers, its optimizer and
# its learning rate are up to you, with two demands. It needs a **bias**: for the average example all standardised
# features are 0, and the quantile there is not. And it must be able to predict **any real number**.
#
# The check trains your model for 300 epochs on 512 standardised examples (batches of 32, as `fit` does), and counts: a
# share `tau` of the targets must lie below the predictions. Hidden checks compare with the true conditional quantile,
# which is known for generated data. Here, too, a mistake in your own `pinball_loss` or `PinballLoss` does not
# count twice.


# %% question="make_quantile_model"
def make_quantile_model(n_features, tau):
    """Build and compile a model that learns the conditional tau quantile.

    Args:
        n_features: number of standardised features of an example.
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
# Write the model as if for mean squared error: an input, perhaps a hidden layer, one output. Which of its
# arguments decides what it learns?
# </details>
# <details><summary>Hint 2</summary>
#
# `compile(loss=...)` takes a loss object or a loss function. Both of yours are *made* with `tau` first.
# </details>
# <details><summary>Hint 3</summary>
#
# The last layer is a `Dense(1)` with its bias and without an activation: `relu` would rule out the negative targets. If
# the model is still on its way after 300 epochs, let the optimizer take larger steps.
# </details>

# %% [markdown]
# ## The picture
#
# Data whose spread changes with `x`: a single line through the middle tells only half of it. Three models, alike in all
# but `tau`, learn where 10 %, half and 90 % of the targets lie below. (About 20 seconds.)

# %% tags=["demo"]
import matplotlib.pyplot as plt

random = np.random.default_rng(7)
x = random.uniform(-2, 2, 512)
y = np.sin(1.5 * x) + (0.15 + 0.25 * (x + 2)) * random.normal(size=512)
grid = np.linspace(-2, 2, 200)


def features(x):
    """Powers of x, standardised: also a linear model can bend with them. (batch,) to (batch, 4)."""
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
axes.set(xlabel="x", ylabel="y", title="Same model, same data, three losses: three different questions answered")
axes.legend(loc="upper left")
plt.show()

# %% [markdown]
# ## One question to think about
#
# You trained three models on their own. Nothing in their losses forbids the 0.1 curve to lie *above* the 0.9 curve
# somewhere, where data are few. How would you write one loss for one model with three outputs that makes
# such a crossing expensive, or an output layer that makes it impossible?
