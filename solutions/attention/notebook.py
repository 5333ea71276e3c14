# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # 5. Attention from scratch: each position decides where to look
#
# *About 60 minutes, 10 points. It builds on exercise 4, `threaded_dense`: a Dense layer acts on the last axis.*
#
# **After this notebook you can**
#
# - turn queries, keys and values into attention weights, and say why the scores are divided by $\sqrt{d}$;
# - hide keys before the softmax with a mask;
# - split one tensor into several heads, and merge them again.
#
# | question | minutes | points |
# |---|---|---|
# | 1. Scaled dot-product attention | 25 | 4 |
# | 2. Several heads | 30 | 6 |
#
# A Dense layer has fixed weights: after training, the third input always counts the same. Attention has weights that
# **depend on the input**. Every position of a sequence has a *query* (what it looks for), a *key* (what it offers) and
# a *value* (what it passes on). The output at a position is a weighted mean of all values: values whose keys match the
# query count most.
#
# The lecture's Transformer uses Keras's own layer for this part, and links to two places that show how it works. Here
# you write it: first the formula as a function without trainable weights, then the layer around it that learns the
# projections to queries, keys and values, for several heads in parallel.
#
# ```
#   q ─► Dense ─► split ─┐
#                        ├─► scores ─► mask ─► softmax ─► weights ─┐
#   k ─► Dense ─► split ─┘                                         ├─► weights @ v ─┐
#   v ─► Dense ─► split ───────────────────────────────────────────┘                │
#   └──────────────────┘ └────────────────────────────────────────────────────────┘ │
#        question 2                       question 1: the function                  │
#                                                                                   │
#                         output ◄─ Dense ◄─ merge ◄────────────────────────────────┘
#                                └─────────────────┘ question 2
# ```
#
# **To read:** the paper, [Attention Is All You Need](https://arxiv.org/abs/1706.03762), section 3.2 · the lecture's links to
# [scaled dot-product attention](https://www.tensorflow.org/text/tutorials/transformer#scaled_dot_product_attention) and
# [multi-head attention](https://www.tensorflow.org/text/tutorials/transformer#mult_head_attention) · Keras's own
# [MultiHeadAttention](https://keras.io/api/layers/attention_layers/multi_head_attention/) · Keras's guide to
# [layers of your own](https://keras.io/guides/making_new_layers_and_models_via_subclassing/)

# %% tags=["setup"]
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

# %% [markdown]
# ## 1. Scaled dot-product attention (4 points, 25 minutes)
#
# **The idea:** compare each query with each key by a dot product, turn the scores of a query into weights that sum to
# 1, and take the mean of the values with these weights.
#
# $$
# s_{ij} = \frac{q_i \cdot k_j}{\sqrt{d}} \qquad
# w_{ij} = \frac{e^{s_{ij}}}{\sum_{j'} e^{s_{ij'}}} \qquad
# o_i = \sum_j w_{ij} \, v_j
# $$
#
# **Worked example.** Take $q = (1, 1, 1, 1)$, two keys $k_1 = (\ln 3, \ln 3, 0, 0)$ and $k_2 = (0, 0, 0, 0)$, and two
# values $8$ and $0$. The dot products are $2 \ln 3$ and $0$. Here $d = 4$, so the scores are $\ln 3$ and $0$, their
# exponentials $3$ and $1$, the weights $\tfrac34$ and $\tfrac14$, and the output is $6$. With a mask `[True, False]`
# the weights are $1$ and $0$, and the output is $8$.
#
# - *Shapes.* `q` is `(..., len_q, d)`, `k` is `(..., len_k, d)`, `v` is `(..., len_k, d_v)`. The dots are leading axes,
#   the same for all three: `(batch,)` or `(batch, heads)`. So the scores and `weights` are `(..., len_q, len_k)` and
#   `output` is `(..., len_q, d_v)`. The two lengths may differ.
# - *Why the square root?* Take queries and keys with independent components of mean 0 and variance 1. Their dot product
#   has mean 0 and variance $d$, so its standard deviation is $\sqrt{d}$. Without the division, wide queries make large
#   scores: the softmax gives nearly all the weight to one key, and the gradient almost vanishes.
# - *The mask* is boolean, **True where attention is allowed**. It has the shape of the scores: `(batch, len_q, len_k)`,
#   or `(batch, heads, len_q, len_k)` with heads. Where it is False the weight is exactly 0, and the weights of the
#   allowed keys sum to 1. Other shapes that broadcast to the scores, such as `(len_k,)`, must work, too (0.1 points);
#   with `tf.where` they need no extra line.
# - *Nothing allowed.* A row of the mask may be all False, as for a sequence of padding only. Then the weights and the
#   output of that query may be any **finite** numbers: one NaN spreads to every gradient.
# - *Large scores.* Scores can be in the thousands. Use a softmax that does not overflow, and replace masked scores with
#   a finite number far below any score.
#
# Write it with matrix products and a softmax, a ready one or your own. Keras's own attention
# (`keras.layers.MultiHeadAttention`, `keras.layers.Attention`, `keras.ops.dot_product_attention`) is there to compare
# with. It is switched off while the checks run, in both questions.
#
# **What the checks test:** the numbers above and a few more such examples; masks; rows with nothing allowed; large
# scores; gradients in graph mode with unknown batch size, with a mask and without.

# %% question="scaled_dot_product_attention"
def scaled_dot_product_attention(q, k, v, mask=None):
    """Scaled dot-product attention, a function without trainable weights.

    q: float tensor (..., len_q, d). k: (..., len_k, d). v: (..., len_k, d_v). All float32.
    mask: None, or a boolean tensor (..., len_q, len_k) or of a shape that broadcasts to it,
        True where attention is allowed.

    Returns a pair `(output, weights)`: tensors (..., len_q, d_v) and (..., len_q, len_k).
    """
    # BEGIN SOLUTION
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], q.dtype))
    if mask is not None:
        scores = tf.where(mask, scores, scores.dtype.min)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, v), weights
    # END SOLUTION

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# You need four lines: scores, mask, softmax, mean. Write the shape next to each. A matrix product works on the last two
# axes and keeps all leading axes, so rank 3 and rank 4 need the same code.
# </details>
#
# <details><summary>Hint 2</summary>
#
# The scores are `q` times the transposed `k`; only the last two axes of `k` are swapped. The mask acts on the scores, not
# on the weights: *after* the softmax, masked keys have already changed the weights of the others.
# </details>
#
# <details><summary>Hint 3</summary>
#
# `tf.matmul(..., transpose_b=True)`; `tf.where(mask, scores, low)`; `tf.nn.softmax(..., axis=-1)`. Here `low` is a very
# negative, finite number. The function returns a pair.
# </details>

# %% [markdown]
# ## 2. Several heads (6 points, 30 minutes)
#
# **The idea:** one set of weights $w_{ij}$ can express only one relation between positions. So project queries, keys
# and values to `num_heads` small spaces, and run attention in each of them in parallel.
#
# With `depth = d_model / num_heads`:
#
# 1. *Project.* Three Dense layers of `d_model` units, one each for queries, keys and values, no activation.
# 2. *Split.* The last axis of each is cut into `num_heads` slices of `depth` numbers:
#    `(batch, len, d_model)` becomes `(batch, num_heads, len, depth)`.
# 3. *Attend.* Question 1, with the heads as a leading axis. So $d$ is `depth` here.
# 4. *Merge.* `(batch, num_heads, len_q, depth)` becomes `(batch, len_q, d_model)`.
# 5. *Project* once more: a fourth Dense layer of `d_model` units, no activation, mixes the outputs of the heads.
#
# **Worked example.** Take `d_model` 8, two heads, every kernel entry 0.25 and no bias. The query is all ones, the two
# keys are $(\ln 3, 0, \dots, 0)$ and zeros, and the two values are ones and zeros. After the projection, the query is 2
# in each column, the keys are $0.25 \ln 3$ and 0, the values 2 and 0. In each head the dot products have 4 terms: $4
# \cdot 2 \cdot 0.25 \ln 3 = 2 \ln 3$, and 0. Divided by $\sqrt{4}$, this is $\ln 3$ and $0$: the weights are $\tfrac34$
# and $\tfrac14$ in both heads. The merged heads are 1.5 in each of 8 columns, and the output is $8 \cdot 0.25 \cdot
# 1.5 = 3$ in each column.
#
# A reshape keeps the order of the numbers: it reads them row by row and cuts them into new rows. For `len = 2` and two
# heads, with `a0` for position a and head 0, a row is `[a0 a1]`. A reshape straight to `(heads, len)` is wrong:
#
# ```
#     (len, heads)      (heads, len) should be      reshape alone gives
#     a0 a1             a0 b0                       a0 a1  <- this "head" has position a only
#     b0 b1             a1 b1                       b0 b1
# ```
#
# - *`q`, `k`, `v`* are `(batch, len_q, d_model)` and twice `(batch, len_k, d_model)`: three different tensors, as when a
#   decoder attends to the output of an encoder.
# - *The mask* is `(batch, len_q, len_k)`, one for all heads. Masks `(len_q, len_k)`, `(batch, 1, len_k)` and
#   `(batch, num_heads, len_q, len_k)` must work, too (0.15 points together).
# - *Sizes.* `num_heads` is at least 1. If it does not divide `d_model`, raise a `ValueError` in `__init__`; an
#   assertion is accepted, too.
# - *Created once.* Create all sublayers in `__init__`. The batch size of inputs and mask is unknown while `fit` traces
#   `call`.
# - *Your choice:* names, order and kind of the sublayers (`EinsumDense`, one layer per head, one wide layer for several
#   projections), biases or none, and which columns make up a head, in which order. You may call your
#   `scaled_dot_product_attention` or write its formula again.
#
# **What the checks do:** they set every kernel to 0.25, as above, and compare weights and output with numbers worked
# out by hand. They count how many kernel entries affect the attention weights and the output, and test that each
# head's weights act on its own slice of the values. For this question they replace your
# `scaled_dot_product_attention` with another function with the same arguments, of rank 3 or 4, so a mistake there does
# not count twice. That function computes weights from distances, so the weights that a failed check expects may differ
# from those of the example above. If you write the formula again, the checks expect the weights of the formula.

# %% question="multi_head_attention"
class MultiHeadAttention(keras.layers.Layer):
    """Attention with several heads.

    d_model: width of inputs and output. num_heads: number of heads, must divide d_model.
    """

    def __init__(self, d_model, num_heads, **kwargs):
        super().__init__(**kwargs)
        # BEGIN SOLUTION
        if d_model % num_heads:
            raise ValueError(f"d_model must be divisible by num_heads, got {d_model} and {num_heads}.")
        self.d_model = d_model
        self.num_heads = num_heads
        self.depth = d_model // num_heads
        self.query_projection = keras.layers.Dense(d_model)
        self.key_projection = keras.layers.Dense(d_model)
        self.value_projection = keras.layers.Dense(d_model)
        self.output_projection = keras.layers.Dense(d_model)
        # END SOLUTION

    def call(self, q, k, v, mask=None):
        """q: (batch, len_q, d_model). k, v: (batch, len_k, d_model).

        mask: None, or a boolean tensor (batch, len_q, len_k) or of another shape named above,
            True where attention is allowed.

        Returns a pair: the output (batch, len_q, d_model), and the weights
        (batch, num_heads, len_q, len_k).
        """
        # BEGIN SOLUTION
        if mask is not None and len(mask.shape) == 3:
            mask = mask[:, None]
        q = self.split_heads(self.query_projection(q))
        k = self.split_heads(self.key_projection(k))
        v = self.split_heads(self.value_projection(v))
        heads, weights = scaled_dot_product_attention(q, k, v, mask)
        merged = tf.transpose(heads, [0, 2, 1, 3])
        merged = tf.reshape(merged, [tf.shape(merged)[0], tf.shape(merged)[1], self.d_model])
        return self.output_projection(merged), weights

    def split_heads(self, x):
        """(batch, len, d_model) to (batch, num_heads, len, depth)."""
        x = tf.reshape(x, [tf.shape(x)[0], tf.shape(x)[1], self.num_heads, self.depth])
        return tf.transpose(x, [0, 2, 1, 3])
        # END SOLUTION

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# You need the split three times: make it a separate method. Merging does the same steps in reverse.
# </details>
#
# <details><summary>Hint 2</summary>
#
# The reshape may cut only the last axis, because its numbers are next to each other: `d_model` into `num_heads` times
# `depth`. A transpose then brings the heads in front of the positions.
# </details>
#
# <details><summary>Hint 3</summary>
#
# Split: reshape to `(batch, len, num_heads, depth)`, then transpose axes 1 and 2. In the reshape one entry may be -1.
# Merge: transpose axes 1 and 2, then reshape. A mask of rank 3 has no axis for the heads: add one at position 1.
# The rank is known even while tracing: `len(mask.shape)`.
# </details>

# %% [markdown]
# ## The picture: where each head looks
#
# The task needs information from other positions. Each sequence is 10 symbols long, from an alphabet of 8. At each
# position three questions must be answered: which symbol is **just before** this one, which at the **mirrored**
# position, and which at the **start**? Your layer, with three heads, gets the symbols plus a learned embedding of the
# position, and one Dense layer gives the three answers. After a few hundred steps, each head attends to one of these
# places. (About 10 seconds.)

# %% tags=["demo"]
LENGTH, SYMBOLS, WIDTH, HEADS = 10, 8, 48, 3


class WhoIsWhere(keras.Model):
    """Symbols (batch, LENGTH) to logits (batch, LENGTH, 3, SYMBOLS), by one multi-head attention."""

    def __init__(self):
        super().__init__()
        self.symbols = keras.layers.Embedding(SYMBOLS, WIDTH)
        self.positions = keras.layers.Embedding(LENGTH, WIDTH)
        self.attention = MultiHeadAttention(WIDTH, HEADS)
        self.answers = keras.layers.Dense(3 * SYMBOLS)

    def look(self, x):
        here = self.symbols(x) + self.positions(tf.range(LENGTH))
        return self.attention(here, here, here)

    def call(self, x):
        output, _ = self.look(x)
        return tf.reshape(self.answers(output), [-1, LENGTH, 3, SYMBOLS])


keras.utils.set_random_seed(4)
places = np.arange(LENGTH)
asked = np.stack([np.maximum(places - 1, 0), places[::-1], 0 * places], axis=-1)
sequences = np.random.default_rng(4).integers(0, SYMBOLS, (8192, LENGTH))
model = WhoIsWhere()
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"])
history = model.fit(sequences, sequences[:, asked], batch_size=128, epochs=8, verbose=0)

_, weights = model.look(sequences[:256])
figure, axes = plt.subplots(1, HEADS + 1, figsize=(14, 3.8), layout="constrained")
for head, axis in enumerate(axes[:HEADS]):
    image = axis.imshow(np.mean(weights[:, head], axis=0), cmap="magma", vmin=0, vmax=1)
    axis.set(title=f"Head {head + 1}", xlabel="looks at position", ylabel="position")
figure.colorbar(image, ax=axes[:HEADS], label="share of the attention")
axes[HEADS].plot(range(1, 9), history.history["accuracy"], marker="o")
axes[HEADS].set(title="Share of correct answers", xlabel="epoch", ylim=(0, 1.02))
plt.show()

# %% [markdown]
# **What you should see.** Three maps with one bright line each: one below the diagonal (just before), one along the
# anti-diagonal (mirrored), one in the first column (start). Which head learns which relation depends on chance. The
# share of correct answers ends near 1.
#
# **If you don't:** maps of one even color mean that the scores are too small, or that no gradient reaches queries and
# keys. Equal maps mean that all heads use the same columns. If the maps look right but the share of correct answers
# stays low, check the split of the values and the merge.

# %% [markdown]
# ## Recap
#
# - Attention is a mean of values; the weights are a softmax of scaled dot products.
# - A mask replaces scores with a very low finite number, before the softmax.
# - Heads are slices of the last axis: to split, reshape, then transpose; to merge, do the reverse.
#
# ## Stretch task, no points
#
# Mixed precision computes in **float16**. Make your function work there: `scaled_dot_product_attention(q, k, v, mask)` with
# `tf.cast(..., "float16")` inputs, also where a row allows nothing. The largest float16 is 65504; beyond it there is only
# infinity, and $0 \cdot \infty$ is NaN. All tensors of one operation must have one dtype, the square root included.
#
# ## One question to think about
#
# Remove the position embeddings. The three questions then cannot be answered, whatever the heads do: why? What
# happens to the output of attention when you shuffle the keys together with their values?

# %% [markdown] tags=["solution"]
# **Answer.** The output is a sum over pairs of key and value, and a sum does not depend on the order of its terms:
# shuffled together, keys and values give the same output. So without position embeddings attention sees a *set* of
# symbols. Two positions with the same symbol get the same output, although different symbols come before them and at
# their mirrored positions. The symbol at the start cannot be found either: nothing marks the first position.
