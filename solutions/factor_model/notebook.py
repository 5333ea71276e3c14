# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # 11. A factor model: threading at work in finance
#
# *About 60 minutes, 10 points. It builds on exercise 4, `threaded_dense`: extra axes, and exercise 7, `autoencoder`: a
# model whose parts stay reachable.*
#
# **After this notebook you can**
#
# - build a Functional model with two inputs and one output;
# - predict what a `Dense` layer does with extra axes, and which of its weights depend on them;
# - run one half of a trained model on its own.
#
# | question | minutes | points |
# |---|---|---|
# | 1. The model | 35 | 6 |
# | 2. The betas on their own | 15 | 2 |
# | 3. What grows with the number of tickers? | 10 | 2 |
#
# The returns of hundreds of companies move together, because a few common forces drive them all: the market, interest
# rates, the oil price. In a **factor model** the return of ticker $i$ on date $t$ is
#
# $$ r_{t,i} \approx \sum_{k=1}^{K} \beta_{t-1,i,k} \, f_{t,k} $$
#
# The **factors** $f_{t,k}$ are few and the same for all tickers. The **betas** $\beta_{t-1,i,k}$ say how strongly
# ticker $i$ reacts to factor $k$. You observe neither. Two small networks estimate them:
#
# * The betas are a function of the **characteristics** of a ticker (size, debt, past returns, …), which are known at
#   date $t-1$, before the return. The function is the same for every ticker, so the model also gives betas
#   for a company that it has never seen.
# * The factors are a linear function of the returns of date $t$: each factor is the return of a portfolio, plus a
#   constant.
#
# The returns go in and the returns must come out, and between them there are only $K$ numbers per date: an
# autoencoder. It is called *conditional* because the decoder depends on the characteristics.
#
# ```
#   input_beta (n_tickers, n_characteristics)        input_factor (n_tickers,)
#        │                                                │
#   relu layer      (n_tickers, hidden_units)             │
#        │                                                │
#   batch norm      (n_tickers, hidden_units)             │
#        │                                                │
#   output_beta     (n_tickers, n_factors)           factor layer (n_factors,)
#        │                                                │
#        └────────────────► scalar product ◄──────────────┘
#                                │
#                         output (n_tickers,)
# ```
#
# All shapes are those of one date; the batch axis, which counts the dates, comes first. On the left, Keras **threads**
# the layers: a `Dense` layer works on the last axis, and applies the same weights to every row of the axes before it.
# On the right nothing is threaded, because there the tickers *are* the last axis.
#
# **To read:**
#
# * The lecture: *Factor Models and Autoencoders: Threading*. Its code comes from the cell with `make_model` in
#   [Stefan Jansen's notebook](https://github.com/stefan-jansen/machine-learning-for-trading/blob/main/20_autoencoders_for_conditional_risk_factors/06_conditional_autoencoder_for_asset_pricing_model.ipynb).
# * The paper: [Gu, Kelly and Xiu, *Autoencoder asset pricing models*](https://doi.org/10.1016/j.jeconom.2020.07.009).
# * Keras: [the Functional API](https://keras.io/guides/functional_api/), [Dense](https://keras.io/api/layers/core_layers/dense/),
#   [BatchNormalization](https://keras.io/api/layers/normalization_layers/batch_normalization/),
#   [Dot](https://keras.io/api/layers/merging_layers/dot/).

# %% tags=["setup"]
import keras
import numpy as np
import tensorflow as tf

# %% [markdown]
# The two sizes of the panel are globals, as in the lecture. `make_model` must read them when it is called: the checks
# try other sizes.

# %% tags=["given"]
n_tickers = 30
n_characteristics = 4

# %% [markdown]
# ## 1. The model (6 points, 35 minutes)
#
# Write `make_model`, which builds and compiles the model of the drawing for the sizes `n_tickers` and
# `n_characteristics`:
#
# * two inputs, named `input_beta` and `input_factor`, as a list in this order;
# * left: a relu layer with `hidden_units` units (the relu may be a layer of its own), a batch normalization, then a
#   **linear** layer with `n_factors` units, which must be named `output_beta` and lie in the model itself, not in a
#   submodel;
# * right: a **linear** layer with `n_factors` units;
# * the output: for each ticker the scalar product of its betas with the factors, shape `(batch, n_tickers)`;
# * compiled with the mean squared error and Adam, with a fixed learning rate.
#
# Each of the three Dense layers (or layers that compute the same) has a bias, and the batch normalization has its scale
# and its shift: these are Keras's defaults. Other names, submodels, further metrics, and how the initial weights are
# drawn, are up to you. Add no dropout and no noise.
#
# **Worked example.** Take 2 tickers, 3 characteristics, 4 hidden units and 5 factors. Set every kernel to 1, that of
# `output_beta` to −1; every bias, scale and shift to 1; moving mean and moving variance to 4. The first ticker has the
# characteristics (2, 1, 2):
#
# | step | each entry |
# |---|---|
# | relu layer | max(2 + 1 + 2 + 1, 0) = 6 |
# | batch normalization, at inference | 1 · (6 − 4) / √4 + 1 = 2 |
# | `output_beta` | −(2 + 2 + 2 + 2) + 1 = −7 |
#
# For the characteristics (−1, −3, 1) the same steps give 0, −1 and 5. With the returns (3, −1) every factor is
# 3 − 1 + 1 = 3. So the outputs are 5 · (−7) · 3 = **−105** for the first ticker and 5 · 5 · 3 = **75** for the second.
# The epsilon of the normalization is left out here: Keras's 0.001 changes each number by less than 0.1 %, which the
# checks allow. This model has **72** parameters, moving mean and moving variance included.


# %% question="make_model"
def make_model(hidden_units=8, n_factors=3):
    """Build and compile the conditional autoencoder, for the globals n_tickers and n_characteristics.

    hidden_units: units of the relu layer in the beta network.
    n_factors: number K of factors.
    Returns a compiled model with the inputs input_beta (batch, n_tickers, n_characteristics) and
    input_factor (batch, n_tickers). The output has shape (batch, n_tickers), in the units of the
    returns.
    """
    # BEGIN SOLUTION
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    betas = keras.layers.Dense(n_factors, name="output_beta")(keras.layers.BatchNormalization()(hidden))
    factors = keras.layers.Dense(n_factors, name="output_factor")(returns)
    fitted = keras.layers.Dot(axes=(2, 1))([betas, factors])
    model = keras.Model([characteristics, returns], fitted)
    model.compile(optimizer="adam", loss="mse")
    return model
    # END SOLUTION


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Use the Functional API: two `keras.Input`, then each layer called on the tensor of the one before, and
# `keras.Model([…, …], output)` at the end. Do not flatten the characteristics: the axis of the tickers must remain.
# </details>
# <details><summary>Hint 2</summary>
#
# A `Dense` layer maps a tensor `(batch, n_tickers, n)` to `(batch, n_tickers, units)` with one kernel `(n, units)`. You
# need no loop over the tickers and no reshape. Only the relu layer has an activation.
# </details>
# <details><summary>Hint 3</summary>
#
# The scalar product sums over the factors. They are axis 2 of the betas `(batch, n_tickers, n_factors)` and axis 1 of
# the factors `(batch, n_factors)`. `keras.layers.Dot` takes such a pair of axes.
# </details>

# %% [markdown]
# ## 2. The betas on their own (2 points, 15 minutes)
#
# A portfolio manager wants the left half of the trained model: it tells which ticker is exposed to which factor. The
# model is Functional, so its layers can be found by name, with their inputs and outputs. Write `ticker_betas`, which
# runs the left half of a given model.
#
# `characteristics` holds one or more dates, and the betas of a date must not depend on which other dates come with it.
# In training mode the batch normalization uses the mean and variance of the batch; at **inference** it uses the moving
# mean and variance that it has learned. The call must change neither weights nor moving statistics, and must not
# freeze or compile the model.
#
# The checks pass in their own model, so a mistake in your `make_model` does not count twice. Its inputs are named
# `input_beta` and `input_factor`, in this order; the layer that gives the betas is named `output_beta`.
#
# **Worked example.** For the model and the two tickers of the worked example in question 1, `ticker_betas` gives
# five times −7 for the first ticker and five times 5 for the second. For another model, with biases of 2 in
# `output_beta`, it gives −6 and 6.


# %% question="ticker_betas"
def ticker_betas(model, characteristics):
    """The betas that a conditional autoencoder gives to each ticker, in inference mode.

    model: a model as make_model returns it, trained or not.
    characteristics: float32 array (dates, n_tickers, n_characteristics), at least one date.
    Returns the betas, an array or tensor (dates, n_tickers, n_factors).
    """
    # BEGIN SOLUTION
    beta_half = keras.Model(model.get_layer("input_beta").output, model.get_layer("output_beta").output)
    return beta_half(characteristics, training=False)
    # END SOLUTION


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `model.get_layer(name)` finds a layer. A layer of a Functional model has an `input` and an `output`: the symbolic
# tensors that you connected.
# </details>
# <details><summary>Hint 2</summary>
#
# A second `keras.Model`, from an input of the first to a tensor in its middle, shares all the weights in between.
# Nothing is copied and nothing is trained.
# </details>
# <details><summary>Hint 3</summary>
#
# Build `half = keras.Model(inputs, tensor)` from the input of the characteristics to the output of `output_beta`. Then
# call it with `training=False`, or use `predict`.
# </details>

# %% [markdown]
# ## 3. What grows with the number of tickers? (2 points, 10 minutes)
#
# Write `parameter_count`, which returns what `model.count_params()` says for the model of question 1. Compute it from
# the four sizes; you may also build layers of these sizes and count, but that is slow and less instructive.
# Count the moving statistics of the batch normalization, too.
#
# **Worked example.** 2 tickers, 3 characteristics, 4 hidden units and 5 factors need **72** parameters. The panel of
# this notebook with the default sizes needs **192**. With 500 tickers in place of 30 the count is 1602.
#
# A panel of 500 companies has 500 rows of characteristics and 500 returns per date. Which of the layers depend on
# that number?


# %% question="parameter_count"
def parameter_count(n_tickers, n_characteristics, hidden_units, n_factors):
    """Count the parameters of the conditional autoencoder, moving statistics included.

    Arguments: the four sizes, ints.
    Returns an int.
    """
    # BEGIN SOLUTION
    hidden = (n_characteristics + 1) * hidden_units
    batch_norm = 4 * hidden_units
    betas = (hidden_units + 1) * n_factors
    factors = (n_tickers + 1) * n_factors
    return hidden + batch_norm + betas + factors
    # END SOLUTION


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# There are three Dense layers and one batch normalization. For a Dense layer, look at the length of *one row* that
# goes in, and of one that comes out.
# </details>
# <details><summary>Hint 2</summary>
#
# A batch normalization holds four numbers per entry of the last axis: a scale and a shift, which are trained, and a
# moving mean and a moving variance, which are not.
# </details>
# <details><summary>Hint 3</summary>
#
# Call `make_model().summary()` and look at the column with the counts; then change `n_tickers`. A Dense layer from
# $n$ to $m$ has $(n + 1) m$ parameters.
# </details>

# %% [markdown]
# ## The picture
#
# A simulated market in which we know the truth. Two factors drive 30 tickers, and the betas are curved functions of
# four characteristics. Two thirds of the variance of the returns is noise that no factor explains. Row $t$ of the
# panel holds the characteristics that are known before the returns of date $t$. Your model sees characteristics and
# returns only.
#
# Factors are determined only up to a linear map: multiply the factors by a matrix and the betas by its inverse, and the
# product is the same. So we look for the linear map of your factors that comes closest to the true ones. (About 20
# seconds.)

# %% tags=["demo"]
import matplotlib.pyplot as plt

rng = np.random.default_rng(11)
n_tickers, n_characteristics, n_dates = 30, 4, 1200
usual = rng.uniform(-1.5, 1.5, (n_tickers, n_characteristics))
panel = usual + 0.3 * rng.normal(size=(n_dates, n_tickers, n_characteristics))


def true_betas(x):
    """Two betas: one V-shaped along the first characteristic, one S-shaped along the second."""
    return np.stack([0.4 + np.abs(x[..., 0]), 0.9 * np.tanh(2 * x[..., 1])], axis=-1)


true_factors = rng.normal(size=(n_dates, 2))
signal = np.einsum("tik,tk->ti", true_betas(panel), true_factors)
noise = rng.normal(size=signal.shape) * signal.std() * np.sqrt(2)
returns = (signal + noise).astype("float32")
panel = panel.astype("float32")

keras.utils.set_random_seed(3)
model = make_model(hidden_units=16, n_factors=2)
model.optimizer.learning_rate = 0.005
model.fit([panel, returns], returns, batch_size=64, epochs=60, verbose=0)

betas = np.asarray(ticker_betas(model, panel))
fitted = model.predict([panel, returns], verbose=0)
factors = np.stack([np.linalg.lstsq(b, y, rcond=None)[0] for b, y in zip(betas, fitted)])
design = np.column_stack([factors, np.ones(n_dates)])
mixing = np.linalg.lstsq(design, true_factors, rcond=None)[0]
recovered = design @ mixing

profile = np.zeros((2, 200, n_tickers, n_characteristics), "float32")
line = np.linspace(-2, 2, 200)
profile[0, :, :, 0] = profile[1, :, :, 1] = line[:, None]
unmixed = [np.asarray(ticker_betas(model, x))[:, 0] @ np.linalg.inv(mixing[:2]).T for x in profile]

figure, axes = plt.subplots(2, 3, figsize=(12, 6.5), layout="constrained", width_ratios=[2.2, 1, 1.2])
for k, (path, cloud, curve) in enumerate(axes):
    share = np.corrcoef(true_factors[:, k], recovered[:, k])[0, 1] ** 2
    path.plot(true_factors[:60, k], color="0.6", linewidth=3, label="true")
    path.plot(recovered[:60, k], color="tab:blue", linewidth=1.2, label="recovered")
    path.set(title=f"factor {k + 1}, the first 60 dates", xlabel="date")
    path.legend(loc="upper right", fontsize=8)
    cloud.scatter(true_factors[:, k], recovered[:, k], s=4, color="tab:blue", alpha=0.4)
    cloud.axline((0, 0), slope=1, color="0.4", linewidth=1)
    cloud.set(title=f"R² = {share:.2f}", xlabel="true factor", ylabel="recovered factor")
    curve.plot(line, true_betas(profile[k, :, 0])[:, k], color="0.6", linewidth=3, label="true")
    curve.plot(line, unmixed[k][:, k], color="tab:blue", label="learned")
    curve.set(title=f"beta {k + 1} along its characteristic", xlabel=f"characteristic {k + 1}")
    curve.legend(loc="lower right", fontsize=8)
figure.suptitle("Two factors and two curved betas, recovered from a noisy panel of returns")
plt.show()

# %% [markdown]
# **What you should see.** The blue line of each factor follows the gray one, with an R² of about 0.75 to 0.95. The
# learned beta 1 has the V of the true one, beta 2 its S. Outside of ±1.5 there are few data, and the curves differ.
#
# **If you don't:** an R² near 0 for both factors: look at the scalar product, and whether the factor layer sees all
# returns of a date. Straight beta curves: the relu is missing. Betas that never cross 0: there is an activation on the
# beta layer.
#
# ## Recap
#
# * A Dense layer works on the last axis. Its weights, and their number, do not depend on the axes before.
# * The axis that you put last decides what is shared: the beta network shares its weights over tickers, the factor
#   layer has weights for each ticker.
# * A Functional model is a graph of named layers. A second model between two of its tensors shares the weights.
#
# ## One question to think about
#
# A company goes public tomorrow. You know its characteristics. Which half of your model works for it as it is, and
# which half has to be trained again? What could go into the right half instead, so that both halves work? (A portfolio
# may be formed on characteristics instead of on tickers: how many of these would there be?)
#
# ## Stretch task, no points
#
# Replace the returns on the right by the returns of `n_characteristics` portfolios: on each date, regress the returns
# on the characteristics, and use the coefficients. Train the model with these, and compare the R² of the factors. The
# number of parameters no longer depends on `n_tickers`.

# %% [markdown] tags=["solution"]
# **Answer.** The left half works as it is: its weights are the same for every ticker, so it maps the
# characteristics of the new company to betas. The right half has a weight per ticker and no column for the new one: its
# kernel has to grow and be trained again. If the input on the right is the returns of portfolios formed on
# characteristics, there are as many of them as characteristics, whatever the number of companies. The new company then
# only changes the portfolios' returns, and both halves keep working. Gu, Kelly and Xiu do this.
