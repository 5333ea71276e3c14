# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # A layer that threads
#
# *About 60 minutes. 10 points.*
#
# A layer is an object that you call. Making it (`Dense(10)`) fixes what kind of map it is; calling it on a tensor
# runs its `call` method. You get a new kind of layer when you write a class with a `call` of your own. Its weights
# are made once, in `build`, which Keras runs at the first call, when the shape of the input is known.
#
# A Dense layer is a map from vectors of length $n$ to vectors of length $m$. Yet you may hand it a tensor with any
# number of axes in front: a batch of examples, each of them a table of tickers by characteristics, say. The layer
# then works on the last axis only, and is *threaded* over all the others. For an input $x$ of shape $(d_1, \dots,
# d_k, n)$,
#
# $$ y_{i_1 \dots i_k, j} = a\Big( \sum_{l=1}^{n} x_{i_1 \dots i_k, l} \, W_{l j} + b_j \Big), \qquad j = 1, \dots, m. $$
#
# Look at the indices: $W$ and $b$ carry none of the $i$. Each row meets the same weights, so the number of weights
# has nothing to do with how many rows there are.
#
# ```
#        x (2, 3, n)                                          y (2, 3, m)
#   example 0   [ row ] ──┐                          ┌──►  [ row ]
#               [ row ] ──┤      one kernel (n, m)   ├──►  [ row ]
#               [ row ] ──┤ ──►  one bias   (m,)  ──►├──►  [ row ]
#   example 1   [ row ] ──┤      for all six rows    ├──►  [ row ]
#               [ row ] ──┤                          ├──►  [ row ]
#               [ row ] ──┘                          └──►  [ row ]
# ```
#
# You will write such a layer, then threading itself as a function, and count the weights.

# %% tags=["setup"]
import keras
import numpy as np
import tensorflow as tf

# %% [markdown]
# ## 1. A threaded Dense layer (5 points)
#
# Write `ThreadedDense`. It takes an input of rank 2 or more, and does what the formula above says.
#
# - `__init__` keeps what it is given. `activation` is what Keras takes: None, a name such as `"tanh"`, or a function
#   (`keras.activations.get` turns each of them into a function).
# - `build` makes the weights: now the width $n$ of the last axis is known.
# - `call` computes. It makes nothing.
# - `compute_output_shape` says what shape comes out, without computing; the batch size may be None.
# - `get_config` returns all that is needed to make an equal layer. What the base class knows (the layer's name, …) is
#   in `super().get_config()`.
#
# You may also let a `keras.layers.Dense` do the work: then your layer owns that one. The checks look at what comes
# out for ranks 2 to 5, at what one gradient step changes, at a layer made again from its configuration, and at a
# Functional model with an unknown batch size, a batch of no examples included.

# %% question="threaded_dense"
class ThreadedDense(keras.layers.Layer):
    """A dense map of the last axis, the same for every row.

    units: length m of each row of the output.
    activation: None, the name of an activation, or a function.
    use_bias: whether b is added.

    Input (batch, ..., n), float32, rank 2 or more; output (batch, ..., units).
    """

    # BEGIN SOLUTION
    def __init__(self, units, activation=None, use_bias=True, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)
        self.use_bias = use_bias

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), initializer="glorot_uniform", name="kernel")
        if self.use_bias:
            self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, inputs):
        outputs = keras.ops.matmul(inputs, self.kernel)
        if self.use_bias:
            outputs = outputs + self.bias
        return self.activation(outputs)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "activation": keras.activations.serialize(self.activation),
            "use_bias": self.use_bias,
        }
    # END SOLUTION

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Which sizes does the formula ask for? The kernel has an index for the last axis of the input and one for the last
# axis of the output. None of its axes is a batch, a ticker or a date.
# </details>
# <details><summary>Hint 2</summary>
#
# `self.add_weight(shape=..., initializer=..., name=...)` makes a weight that Keras knows, so it is trained and saved.
# A plain `tf.Variable` is not known. `keras.ops.matmul` takes a left factor of any rank and works on its last axis.
# </details>
# <details><summary>Hint 3</summary>
#
# The shapes: `input_shape[-1]` by `units` for the kernel, `units` for the bias; `input_shape[:-1]` and then `units`
# for the output. The configuration is that of the base class and the three arguments of `__init__`. The activation
# comes last in `call`, once.
# </details>

# %% [markdown]
# ## 2. Threading any function (3 points)
#
# Some functions do not thread by themselves. Write `thread(fn, x)`: `fn` maps a matrix `(batch, n)` to a matrix
# `(batch, m)`, row by row, and refuses anything but a matrix. `x` has shape `(d_1, ..., d_k, n)`, and the result has
# shape `(d_1, ..., d_k, m)`:
#
# $$ \text{thread}(f, x)_{i_1 \dots i_k} = f(x_{i_1 \dots i_k}). $$
#
# It must also work inside a `tf.function` that is traced with an unknown batch size. There `x.shape[0]` is None when
# your Python code runs; `tf.shape(x)[0]` is a tensor that will hold the size when the graph runs. And a batch of no
# examples gives a result of no examples.

# %% question="thread"
def thread(fn, x):
    """Apply a function of matrices over the last axis of a tensor.

    fn: maps (batch, n) to (batch, m), each row on its own.
    x: float32 tensor (d_1, ..., d_k, n) with k >= 1; d_1 may be unknown when a graph is traced, or 0.
    Returns a tensor (d_1, ..., d_k, m).
    """
    # BEGIN SOLUTION
    rows = fn(tf.reshape(x, (-1, x.shape[-1])))
    return tf.reshape(rows, tf.concat([tf.shape(x)[:-1], tf.shape(rows)[-1:]], axis=0))
    # END SOLUTION

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# To `fn`, a row is a row. It need not know from which example or which ticker it came. So all rows may go in as one
# long matrix.
# </details>
# <details><summary>Hint 2</summary>
#
# `tf.reshape` keeps the order of the numbers: the last axis runs fastest. Two reshapes, one in and one out, put each
# row back where it was. No transposing is needed.
# </details>
# <details><summary>Hint 3</summary>
#
# The way in: `(-1, n)`. The way out: the leading sizes of `x`, then the width of what `fn` gave. `tf.shape` gives
# sizes as a tensor, also those that are not known yet; `tf.concat` joins two such tensors. At most one size can be
# left to `-1`.
# </details>

# %% [markdown]
# ## 3. Counting weights (2 points)
#
# How many scalars does a `ThreadedDense` hold? Write `count_weights`, which says so from the shape of the input,
# without making a layer. The leading axes may be None, as the batch size of a model is.

# %% question="count_weights"
def count_weights(input_shape, units, use_bias=True):
    """Count the scalars in the weights of a Dense layer.

    input_shape: tuple (batch, ..., n); leading sizes may be None.
    units: length of each row of the output.
    use_bias: whether the layer has a bias.
    Returns an int.
    """
    # BEGIN SOLUTION
    return (input_shape[-1] + bool(use_bias)) * units
    # END SOLUTION

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Which indices does $W$ have in the formula at the top? Which has $b$?
# </details>
# <details><summary>Hint 2</summary>
#
# Make a `keras.layers.Dense(4)`, call it on a tensor of shape `(2, 5, 3)`, and look at the shapes in `layer.weights`.
# Then change the 2 and the 5.
# </details>
# <details><summary>Hint 3</summary>
#
# One weight for each pair of an input of a row and an output of a row; one more for each output if there is a bias.
# </details>

# %% [markdown]
# ## The picture
#
# A panel of 12 tickers with 5 characteristics each goes through your layer. Then the tickers are shuffled and go
# through the same layer again. The output rows are shuffled in the same way: the layer does not know which ticker a
# row belongs to.

# %% tags=["demo"]
import matplotlib.pyplot as plt

rng = np.random.default_rng(3)
panel = rng.normal(size=(1, 12, 5)).astype("float32")
panel[0] += np.linspace(-1.5, 1.5, 12)[:, None] * np.array([1, -1, 0.5, 0, -0.5])
order = rng.permutation(12)
layer = ThreadedDense(3, activation="tanh")
kinds = [("in order", panel, np.arange(12)), ("shuffled", panel[:, order], order)]

figure, axes = plt.subplots(2, 3, figsize=(9, 7.5), width_ratios=[5, 3, 3], layout="constrained")
for (left, middle, right), (kind, x, tickers) in zip(axes, kinds):
    y = np.asarray(layer(x))
    for axis, values, title in ((left, x[0], f"panel, {kind}"), (right, y[0], f"output, {kind}")):
        axis.imshow(values, cmap="RdBu", vmin=-2, vmax=2, aspect="auto")
        axis.set_yticks(range(12), [f"ticker {i}" for i in tickers], fontsize=8)
        axis.set_title(title)
    kernel = next(np.asarray(w) for w in layer.weights if len(w.shape) == 2)
    middle.imshow(kernel.T if kernel.shape[0] == 3 else kernel, cmap="PuOr", vmin=-1, vmax=1, aspect="auto")
    middle.set_yticks(range(5), [f"c{i}" for i in range(5)])
    middle.set_title("the one kernel")
    left.set(xlabel="characteristic", xticks=range(5))
    middle.set(xlabel="unit", xticks=range(3))
    right.set(xlabel="unit", xticks=range(3))
figure.suptitle("Shuffle the rows, and the outputs are shuffled alike")
plt.show()

# %% [markdown]
# ## One question to think about
#
# A model for a panel of 500 tickers has one `ThreadedDense(8)`. Tomorrow a new company is listed, and the panel has
# 501 rows. Which of these would still work without training again: your layer; a `Flatten` followed by a `Dense`; a
# layer with a kernel for each ticker? And is there something that only the last of them could learn?
