# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # 4. A layer that threads: Dense over extra dimensions
#
# *About 60 minutes, 10 points. It builds on exercise 3, `train_step`: models and layers are classes whose methods you
# write.*
#
# **After this notebook you can**
#
# - write a layer with `build`, `call`, `compute_output_shape` and `get_config`;
# - apply any function of matrices to the last axis of a tensor of any rank, also in a graph;
# - say how many weights a Dense layer has, and why the leading axes do not matter.
#
# | question | minutes | points |
# |---|---|---|
# | 1. A threaded Dense layer | 35 | 5 |
# | 2. Threading any function | 15 | 3 |
# | 3. Counting weights | 10 | 2 |
#
# A layer is an object that you call. `Dense(10)` makes one; calling it on a tensor runs its `call` method, after Keras
# has made its weights in `build`. So call `layer(x)`, not `layer.call(x)`: only the first builds the layer, and tracks
# what happens. A class with your own `call` is a new kind of layer.
#
# A Dense layer maps vectors of length $n$ to vectors of length $m$. You may still pass it a tensor with any number of
# axes in front: a batch of examples, each a table of tickers by characteristics, say. The layer then works on the last
# axis only, and is *threaded* over all others. For an input $x$ of shape $(d_1, \dots, d_k, n)$,
#
# $$ y_{i_1 \dots i_k, j} = a\Big( \sum_{l=1}^{n} x_{i_1 \dots i_k, l} \, W_{l j} + b_j \Big), \qquad j = 1, \dots, m. $$
#
# Look at the indices: $W$ and $b$ have none of the $i$. All rows use the same weights, so the number of weights does
# not depend on the number of rows.
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
# You write such a layer, then threading itself as a function, and count the weights.
#
# **To read:** [making new layers](https://keras.io/guides/making_new_layers_and_models_via_subclassing/),
# [the class Layer](https://keras.io/api/layers/base_layer/),
# [the layer Dense](https://keras.io/api/layers/core_layers/dense/),
# [TensorFlow's Dense, which the lecture links to](https://www.tensorflow.org/api_docs/python/tf/keras/layers/Dense),
# [tf.reshape](https://www.tensorflow.org/api_docs/python/tf/reshape),
# [Gu, Kelly and Xiu, *Autoencoder asset pricing models*](https://doi.org/10.1016/j.jeconom.2020.07.009).

# %% tags=["setup"]
import keras
import numpy as np
import tensorflow as tf

# %% [markdown]
# ## 1. A threaded Dense layer (5 points, 35 minutes)
#
# Write `ThreadedDense`, a subclass of `keras.layers.Layer` (not of `Dense`). It takes inputs of rank 2 or more and
# computes the formula above.
#
# - `__init__(units, activation=None, use_bias=True, **kwargs)` keeps its arguments, under names of your choice.
#   `**kwargs`, such as the layer's name, go to the base class. `activation` is None, a name such as `"tanh"`, or a
#   function; `keras.activations.get` turns each of them into a function.
# - `build` makes the weights: now the length $n$ of the last axis is known.
# - `call` computes. It makes no weights of its own.
# - `compute_output_shape` returns the shape of the output, a tuple or a list, without computing it; the batch size may
#   be None.
# - `get_config` returns all that is needed to make an equal layer. What belongs to the base class, such as the
#   layer's name, is in `super().get_config()`. The activation may be in it as a function, as its name, or as
#   `keras.activations.serialize` returns it.
#
# The gradient must reach kernel, bias and input. Your layer may also contain a `keras.layers.Dense` and call it; that
# layer then makes the weights. The kernel may also be stored the other way round, or hold the bias as its last row.
#
# **Worked example.** With all weights equal to 0.5, `units=2` and a bias, the row $(1, 2, 3)$ gives
# $0.5 \cdot 1 + 0.5 \cdot 2 + 0.5 \cdot 3 + 0.5 = 3.5$ for each of the two units. A tensor of shape `(2, 5, 3)` whose
# rows are all $(1, 2, 3)$ gives 3.5 everywhere, in shape `(2, 5, 2)`.
#
# The checks look at outputs for ranks 2 to 5, at one gradient step, at a layer made again from its configuration (with
# one of Keras's activations), and at a Functional model with an unknown batch size. A batch may also have no examples.

# %% question="threaded_dense"
class ThreadedDense(keras.layers.Layer):
    """A dense map of the last axis, with the same weights for every row.

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
# Look at the indices of $W$ in the formula: one for the last axis of the input, one for the last axis of the output. No
# axis of the kernel is a batch, a ticker or a date.
# </details>
# <details><summary>Hint 2</summary>
#
# `self.add_weight(shape=..., initializer=..., name=...)` makes a weight that Keras tracks, so it is trained and saved.
# A plain `tf.Variable` is not tracked. `keras.ops.matmul` takes a left factor of any rank and works on its last axis.
# </details>
# <details><summary>Hint 3</summary>
#
# The kernel has shape `(input_shape[-1], units)`, the bias `(units,)`, and the output the sizes `input_shape[:-1]`,
# then `units`. The configuration is that of the base class plus the three arguments of `__init__`. `call` applies the
# activation last, and once.
# </details>

# %% [markdown]
# ## 2. Threading any function (3 points, 15 minutes)
#
# Some functions do not thread by themselves. Write `thread(fn, x)`. `fn` maps a matrix `(batch, n)` to a matrix
# `(batch, m)`, row by row, and raises an error for anything but a matrix. `x` has shape `(d_1, ..., d_k, n)`, and the
# result has shape `(d_1, ..., d_k, m)`:
#
# $$ \text{thread}(f, x)_{i_1 \dots i_k} = f(x_{i_1 \dots i_k}). $$
#
# It must also work inside a `tf.function` that is traced with an unknown batch size. There `x.shape[0]` is None while
# your Python code runs; `tf.shape(x)[0]` is a tensor that holds the size when the graph runs. A batch without examples
# gives a result without examples.
#
# **Worked example.** Let `fn` return the sum of a row, and its last number minus its first. Then
# `x = [[[1, 2], [3, 5]]]`, of shape `(1, 2, 2)`, gives `[[[3, 1], [8, 2]]]`.

# %% question="thread"
def thread(fn, x):
    """Apply a function of matrices over the last axis of a tensor.

    fn: maps (batch, n) to (batch, m), each row on its own; batch may be 0. You may call it more
        than once.
    x: float32 tensor (d_1, ..., d_k, n) with k >= 1; d_1 may be unknown when a graph is traced,
        or 0. The other sizes are known and positive.
    Returns a tensor (d_1, ..., d_k, m); its static shape in a graph does not matter.
    """
    # BEGIN SOLUTION
    rows = fn(tf.reshape(x, (-1, x.shape[-1])))
    return tf.reshape(rows, tf.concat([tf.shape(x)[:-1], tf.shape(rows)[-1:]], axis=0))
    # END SOLUTION

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `fn` does not need to know which example or which ticker a row comes from. So all rows may go in as one long matrix.
# </details>
# <details><summary>Hint 2</summary>
#
# `tf.reshape` keeps the order of the numbers: the last axis runs fastest. Two reshapes, one before `fn` and one after,
# put each row back where it was. Do not transpose.
# </details>
# <details><summary>Hint 3</summary>
#
# Before `fn`, reshape to `(-1, n)`; after it, to the leading sizes of `x`, then the width of what `fn` returned.
# `tf.shape` returns sizes as a tensor, also those that are not known yet; `tf.concat` joins two such tensors.
# </details>

# %% [markdown]
# ## 3. Counting weights (2 points, 10 minutes)
#
# How many scalars are in the weights of a `ThreadedDense`? Write `count_weights`, which computes the number from the
# shape of the input, without making a layer. Leading sizes may be None, as the batch size of a model is.
#
# **Worked example.** Rows of 3 numbers and 4 units need $3 \cdot 4$ weights for the kernel and 4 for the bias, 16 in
# all, for inputs `(None, 3)` and `(None, 5, 3)` alike. Without a bias it is 12.

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
# Look at the indices of $W$ and of $b$ in the formula at the top.
# </details>
# <details><summary>Hint 2</summary>
#
# Make a `keras.layers.Dense(4)`, call it on a tensor of shape `(2, 5, 3)`, and look at the shapes in `layer.weights`.
# Then change the 2 and the 5.
# </details>
# <details><summary>Hint 3</summary>
#
# One weight per pair of an input and an output of a row; one more per output if there is a bias.
# </details>

# %% [markdown]
# ## The picture
#
# A panel of 12 tickers with 5 characteristics each goes through your layer. Then the tickers are shuffled and go
# through the same layer again.

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
# **What you should see.** The two kernels in the middle are the same picture. On the right, the rows of the second
# output are those of the first in the new order: "ticker 7" has the same three colors in both. The layer does not know
# which ticker a row belongs to.
#
# **If you don't:** a ticker that changes its colors has an output that depends on its place: the layer mixes rows, or
# has weights per row. Two kernels that differ mean that the layer makes its weights in `call`.
#
# ## Recap
#
# * A Dense layer works on the last axis. All other axes pass through.
# * Its kernel has shape `(n, units)`, its bias `(units,)`: no leading axis, so no dependence on the number of rows.
# * `build` makes weights, `call` uses them, `get_config` describes how to make the layer again.
# * Two reshapes thread any function of matrices. In a graph, take sizes from `tf.shape(x)`.
#
# ## Stretch task, no points
#
# Write `ThreadedDense2`, which works on the last *two* axes: a kernel of shape `(n1, n2, m)`, contracted with
# `keras.ops.einsum`. How many weights does it have, and which axes does it thread over?
#
# ## One question to think about
#
# A model for a panel of 500 tickers has one `ThreadedDense(8)`. Tomorrow a new company is listed, and the panel has
# 501 rows. Which of these still works without new training: your layer; a `Flatten` followed by a `Dense`; a layer with
# a kernel per ticker? Is there something that only the last of them can learn?

# %% [markdown] tags=["solution"]
# **Answer.** Only your layer. Its weights do not depend on the number of rows, so row 501 goes through the same
# kernel. After a `Flatten`, the Dense kernel has one row per number of the whole panel: the new input does not fit. A
# kernel per ticker has none for ticker 501. What only a kernel per ticker can learn is that the same characteristic
# means different things for different companies: for one, a high momentum may predict a gain, for another a loss. (A
# Dense after a `Flatten` can learn that too, and in addition how the row of one ticker affects the output of another.)
# Your layer treats two tickers with equal characteristics alike. It has fewer weights, and all tickers' data train
# them.
