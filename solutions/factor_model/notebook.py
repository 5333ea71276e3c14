# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # A factor model: threading at work in finance
#
# *About 50 minutes. 10 points.*
#
# The returns of hundreds of companies move together, because a few common forces drive them all: the market, interest
# rates, the oil price. A **factor model** says so in one line. On date $t$ the return of ticker $i$ is
#
# $$ r_{t,i} \approx \sum_{k=1}^{K} \beta_{t,i,k} \, f_{t,k} $$
#
# with few **factors** $f_{t,k}$, which are the same for all tickers, and **betas** $\beta_{t,i,k}$, which say how
# much ticker
# $i$ feels factor $k$. In the model of this notebook nobody hands you either of them. Two small networks find them:
#
# * The betas come from the **characteristics** of a ticker (size, debt, past returns, …), by a function that is the
#   same for every ticker. So the model knows the betas of a company that it has never seen.
# * The factors come from the returns of the date themselves, by a linear map: each factor is the return of a portfolio.
#
# What goes in at one end (the returns) must come out at the other, and in the middle there is room for $K$ numbers
# only: an autoencoder. Since the way back depends on the characteristics, it is called a *conditional* autoencoder.
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
# All shapes are those of one date; the batch axis, which counts the dates, stands in front. On the left, Keras
# **threads** the layers: a `Dense` works on the last axis, and does the same with each row that it finds in the axes
# before. On the right nothing is threaded: the tickers *are* the last axis there.

# %% tags=["setup"]
import keras
import numpy as np
import tensorflow as tf

# %% [markdown]
# The two sizes of the panel are globals, as in the lecture. Your functions must read them there when they are called,
# since the checks try other sizes.

# %% tags=["given"]
n_tickers = 30
n_characteristics = 4

# %% [markdown]
# ## 1. The model (6 points)
#
# Write `make_model`, which builds and compiles the model of the drawing for the sizes `n_tickers` and
# `n_characteristics`:
#
# * two inputs, named `input_beta` and `input_factor`, in this order;
# * left: a relu layer with `hidden_units`, a batch normalisation, then a **linear** layer with `n_factors` units, which
#   must be named `output_beta`;
# * right: a **linear** layer with `n_factors` units;
# * the output: for each ticker the scalar product of its betas with the factors, shape `(batch, n_tickers)`;
# * compiled with the mean squared error and Adam.
#
# The weights of the left side know nothing about how many tickers there are. If you swap two tickers there, their
# betas are swapped, and that is all. The check uses this, and how the output depends on the returns. You choose the
# other names and how the initial weights are drawn.

# %% question="make_model"
def make_model(hidden_units=8, n_factors=3):
    """Build and compile the conditional autoencoder, for the globals n_tickers and n_characteristics.

    hidden_units: units of the relu layer in the beta network.
    n_factors: number K of factors.
    Returns a compiled model with the inputs input_beta (batch, n_tickers, n_characteristics) and
    input_factor (batch, n_tickers); the output has shape (batch, n_tickers), in the units of the returns.
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
# The Functional API: two `keras.Input`, then each layer called on the tensor of the one before, and `keras.Model([…,
# …], output)` at the end. What shape would a `Flatten` give on the left, and which axis would be lost with it?
# </details>
# <details><summary>Hint 2</summary>
#
# A `Dense` on a tensor `(batch, n_tickers, n)` gives `(batch, n_tickers, units)`, with one kernel `(n, units)`. So
# you need no loop over the tickers and no reshape. Only the relu layer has an activation.
# </details>
# <details><summary>Hint 3</summary>
#
# The scalar product runs over the factors. They are axis 2 of the betas `(batch, n_tickers, n_factors)` and axis 1 of
# the factors `(batch, n_factors)`. `keras.layers.Dot` takes such a pair of axes.
# </details>

# %% [markdown]
# ## 2. The betas on their own (2 points)
#
# After training, the left half is what a portfolio manager wants: who is exposed to what. Because the model is
# Functional, its layers are still there, with their inputs and outputs. Write `ticker_betas`, which runs the left
# half of a given model.
#
# `characteristics` holds any number of dates, and the answer for a date must not depend on which other dates come
# with it. Think of the batch normalisation: in training mode it uses the mean of what it is given, at **inference**
# the mean that it has learned. The model itself must stay as it is.
#
# The check hands in a model of its own, so a mistake in your `make_model` does not count twice. The layer that gives
# the betas is named `output_beta`, the input `input_beta`.

# %% question="ticker_betas"
def ticker_betas(model, characteristics):
    """The betas that a conditional autoencoder gives to each ticker, in inference mode.

    model: a model as make_model returns it, trained or not.
    characteristics: float32 array (dates, n_tickers, n_characteristics), any number of dates.
    Returns the betas, an array or tensor (dates, n_tickers, n_factors).
    """
    # BEGIN SOLUTION
    beta_half = keras.Model(model.get_layer("input_beta").output, model.get_layer("output_beta").output)
    return beta_half(characteristics, training=False)
    # END SOLUTION

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `model.get_layer(name)` finds a layer. A layer of a Functional model has an `input` and an `output`: symbolic
# tensors, as those that you wired together.
# </details>
# <details><summary>Hint 2</summary>
#
# A second `keras.Model` from an input of the first to a tensor in its middle shares all the weights in between.
# Nothing is copied and nothing is trained.
# </details>
# <details><summary>Hint 3</summary>
#
# `half = keras.Model(inputs, tensor)` with the input of the characteristics and the output of `output_beta`; then
# call it with `training=False`, or use `predict`.
# </details>

# %% [markdown]
# ## 3. What grows with the number of tickers? (2 points)
#
# Write `parameter_count`: what `model.count_params()` says about the model of question 1, computed from the four
# sizes, without building anything. It counts the moving statistics of the batch normalisation, too. Each layer has
# its bias.
#
# A panel of 500 companies has 500 rows of characteristics and 500 returns for a date. Which of the layers notice that
# there are 500?

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
# Three Dense layers and one batch normalisation. For a Dense layer: what is the length of *one row* that goes in, and
# of one that comes out?
# </details>
# <details><summary>Hint 2</summary>
#
# A batch normalisation holds four numbers for each entry of the last axis: a scale and a shift, which are trained,
# and a mean and a variance, which it keeps track of.
# </details>
# <details><summary>Hint 3</summary>
#
# Call `make_model().summary()` and look at the column with the counts; then change `n_tickers`. A Dense layer from
# $n$ to $m$ has $(n + 1) m$ parameters.
# </details>

# %% [markdown]
# ## The picture
#
# A simulated market in which we know the truth: two factors drive 30 tickers; the betas are bent functions of four
# characteristics; two thirds of each return is noise that no factor explains. Your model sees characteristics and
# returns only.
#
# Factors are found only up to a linear map: if you mix the factors by a matrix and the betas by its inverse, the
# product is the same. So we look for the mixture of your factors that comes closest to the true ones. (About 20
# seconds.)

# %% tags=["demo"]
import matplotlib.pyplot as plt

rng = np.random.default_rng(11)
n_tickers, n_characteristics, n_dates = 30, 4, 1200
usual = rng.uniform(-1.5, 1.5, (n_tickers, n_characteristics))
panel = usual + 0.3 * rng.normal(size=(n_dates, n_tickers, n_characteristics))


def true_betas(x):
    """Two betas: one bent along the first characteristic, one a slope along the second."""
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
figure.suptitle("Two factors and two bent betas, recovered from a noisy panel of returns")
plt.show()

# %% [markdown]
# ## One question to think about
#
# A company goes public tomorrow. You know its characteristics. Which half of your model works for it as it stands,
# which has to be trained again, and why? And how could you change what goes into the right half, so that both would
# work? (A portfolio may be formed on characteristics instead of on tickers: how many of these would there be?)
