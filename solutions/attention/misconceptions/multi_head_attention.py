# %% split_by_reshape_alone
"""The heads are split by a reshape straight to `(batch, heads, len, depth)`.

A reshape moves no number: with the axes in this order a "head" gets whole positions instead of a slice of each. Cut the last
axis first, then let heads and positions change places with a transpose.
"""


class MultiHeadAttention(MultiHeadAttention):
    def split_heads(self, x):
        return tf.reshape(x, [tf.shape(x)[0], self.num_heads, tf.shape(x)[1], self.depth])


# %% split_and_merged_by_reshape_alone
"""Heads are split and merged by reshapes alone.

The shapes fit and the numbers are in the wrong places: the split deals positions out to the heads, and the merge puts them back in
the same wrong way. Each needs a transpose.
"""


class MultiHeadAttention(MultiHeadAttention):
    def split_heads(self, x):
        return tf.reshape(x, [tf.shape(x)[0], self.num_heads, -1, self.depth])

    def call(self, q, k, v, mask=None):
        if mask is not None and len(mask.shape) == 3:
            mask = mask[:, None]
        q, k = self.split_heads(self.query_projection(q)), self.split_heads(self.key_projection(k))
        heads, weights = scaled_dot_product_attention(q, k, self.split_heads(self.value_projection(v)), mask)
        return self.output_projection(tf.reshape(heads, [tf.shape(heads)[0], -1, self.d_model])), weights


# %% merged_without_transpose
"""The heads are merged by a reshape without the transpose before it.

The result `(batch, heads, len, depth)` has the heads in front of the positions. Read in this order, a row of the output is made of
several positions of one head. Bring the positions back to the front first.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        if mask is not None and len(mask.shape) == 3:
            mask = mask[:, None]
        q, k = self.split_heads(self.query_projection(q)), self.split_heads(self.key_projection(k))
        heads, weights = scaled_dot_product_attention(q, k, self.split_heads(self.value_projection(v)), mask)
        return self.output_projection(tf.reshape(heads, [tf.shape(heads)[0], -1, self.d_model])), weights


# %% one_projection_for_all
"""Queries, keys and values share one projection.

Then what a position asks for is what it offers, and every position finds itself the best match. The three roles need three
kernels.
"""


class MultiHeadAttention(MultiHeadAttention):
    def __init__(self, d_model, num_heads, **kwargs):
        super().__init__(d_model, num_heads, **kwargs)
        self.key_projection = self.query_projection
        self.value_projection = self.query_projection


# %% keys_share_with_queries
"""Queries and keys share one projection.

The scores become symmetric: if a position looks at another, the other must look back. Give the keys a kernel of their own.
"""


class MultiHeadAttention(MultiHeadAttention):
    def __init__(self, d_model, num_heads, **kwargs):
        super().__init__(d_model, num_heads, **kwargs)
        self.key_projection = self.query_projection


# %% values_share_with_keys
"""Keys and values share one projection.

A key says where to look, a value what is found there; with one kernel for both, neither can be learned without changing the
other.
"""


class MultiHeadAttention(MultiHeadAttention):
    def __init__(self, d_model, num_heads, **kwargs):
        super().__init__(d_model, num_heads, **kwargs)
        self.value_projection = self.key_projection


# %% no_output_projection
"""The last projection is missing.

The merged heads lie side by side, each in its own columns: nothing has mixed them yet. A fourth Dense layer does.
"""


class MultiHeadAttention(MultiHeadAttention):
    def __init__(self, d_model, num_heads, **kwargs):
        super().__init__(d_model, num_heads, **kwargs)
        self.output_projection = keras.layers.Identity()


# %% values_not_projected
"""The values are split as they come, without a projection of their own.

Each head then finds a fixed slice of the input, whatever it looks for. What a head takes from a position is to be learned like
where it looks.
"""


class MultiHeadAttention(MultiHeadAttention):
    def __init__(self, d_model, num_heads, **kwargs):
        super().__init__(d_model, num_heads, **kwargs)
        self.value_projection = keras.layers.Identity()


# %% heads_with_equal_projections
"""All heads use the same projections.

Heads that ask the same questions find the same answers; several of them are no better than one. Project to `d_model` numbers, and
give each head its own slice.
"""


class MultiHeadAttention(MultiHeadAttention):
    def __init__(self, d_model, num_heads, **kwargs):
        super().__init__(d_model, num_heads, **kwargs)
        self.query_projection = keras.layers.Dense(self.depth)
        self.key_projection = keras.layers.Dense(self.depth)
        self.value_projection = keras.layers.Dense(self.depth)

    def split_heads(self, x):
        return tf.repeat(x[:, None], self.num_heads, axis=1)


# %% heads_added
"""The heads are added up, not laid side by side.

A sum forgets which head has found what. Concatenated, each head keeps its columns, and the last projection decides how to mix
them.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        if mask is not None and len(mask.shape) == 3:
            mask = mask[:, None]
        q, k = self.split_heads(self.query_projection(q)), self.split_heads(self.key_projection(k))
        heads, weights = scaled_dot_product_attention(q, k, self.split_heads(self.value_projection(v)), mask)
        return self.output_projection(tf.reduce_sum(heads, axis=1)), weights


# %% weights_averaged
"""The returned weights are the mean over the heads.

Each head looks elsewhere, and the mean shows none of it. Return them as they are, `(batch, num_heads, len_q, len_k)`.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        output, weights = super().call(q, k, v, mask)
        return output, tf.reduce_mean(weights, axis=1)


# %% scaled_by_d_model
"""A head divides its scores by the square root of `d_model`.

The dot product in a head has `depth` terms, so its size is the square root of `depth`. With `d_model` the scores are too small and
the heads too undecided.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        q, k = self.split_heads(self.query_projection(q)), self.split_heads(self.key_projection(k))
        scores = tf.matmul(q, k, transpose_b=True) / self.d_model**0.5
        if mask is not None:
            scores = tf.where(mask[:, None] if len(mask.shape) == 3 else mask, scores, scores.dtype.min)
        weights = tf.nn.softmax(scores)
        merged = tf.einsum("bhqk,bhkd->bqhd", weights, self.split_heads(self.value_projection(v)))
        return self.output_projection(tf.reshape(merged, [tf.shape(q)[0], -1, self.d_model])), weights


# %% heads_not_scaled
"""The scores of a head are not divided by anything.

The wider a head, the larger its dot products, and the nearer the softmax to "one key takes all". Divide by the square root of
`depth`.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        q, k = self.split_heads(self.query_projection(q)), self.split_heads(self.key_projection(k))
        scores = tf.matmul(q, k, transpose_b=True)
        if mask is not None:
            scores = tf.where(mask[:, None] if len(mask.shape) == 3 else mask, scores, scores.dtype.min)
        weights = tf.nn.softmax(scores)
        merged = tf.einsum("bhqk,bhkd->bqhd", weights, self.split_heads(self.value_projection(v)))
        return self.output_projection(tf.reshape(merged, [tf.shape(q)[0], -1, self.d_model])), weights


# %% softmax_over_the_heads
"""The softmax runs over the heads.

The heads then share one attention among them, and the weights of a query in a head do not sum to 1. Each head has a distribution
of its own over the keys, the last axis.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        q, k = self.split_heads(self.query_projection(q)), self.split_heads(self.key_projection(k))
        scores = tf.matmul(q, k, transpose_b=True) / self.depth**0.5
        if mask is not None:
            scores = tf.where(mask[:, None] if len(mask.shape) == 3 else mask, scores, scores.dtype.min)
        weights = tf.nn.softmax(scores, axis=1)
        merged = tf.einsum("bhqk,bhkd->bqhd", weights, self.split_heads(self.value_projection(v)))
        return self.output_projection(tf.reshape(merged, [tf.shape(q)[0], -1, self.d_model])), weights


# %% num_heads_ignored
"""There is always one head.

`num_heads` is stored and not used: one set of weights for all columns. Split the projected tensors before attention.
"""


class MultiHeadAttention(MultiHeadAttention):
    def __init__(self, d_model, num_heads, **kwargs):
        super().__init__(d_model, num_heads, **kwargs)
        self.num_heads, self.depth = 1, d_model


# %% mask_ignored_by_the_heads
"""The layer takes a mask and does not hand it on.

Attention without the mask sees all. It is an argument of the function, too.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        return super().call(q, k, v)


# %% mask_without_head_axis
"""A mask `(batch, q, k)` meets scores `(batch, heads, q, k)` as it is.

Broadcasting aligns the last axes: the batch axis of the mask falls on the heads. That is an error, or, where both have the same size,
the wrong mask without any error. A mask of rank 3 needs an axis at position 1.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        return super().call(q, k, v, mask[None] if mask is not None and len(mask.shape) == 3 else mask)


# %% head_axis_always_added
"""Every mask gets an axis for the heads, those that have one too.

A mask `(batch, heads, q, k)` becomes one of rank 5, and so do the scores. Only a mask of rank 3 lacks the axis.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        if mask is None or len(mask.shape) == 3:
            return super().call(q, k, v, mask)
        q, k = self.split_heads(self.query_projection(q)), self.split_heads(self.key_projection(k))
        heads, weights = scaled_dot_product_attention(q, k, self.split_heads(self.value_projection(v)), mask[:, None])
        merged = tf.reshape(tf.transpose(heads, [0, 2, 1, 3]), [tf.shape(q)[0], -1, self.d_model])
        return self.output_projection(merged), weights


# %% indivisible_accepted
"""Sizes that do not fit are accepted.

With `d_model // num_heads` some columns fall away, or the first call ends in an error about shapes that nobody understands. Check
where the mistake is made: in `__init__`.
"""


class MultiHeadAttention(MultiHeadAttention):
    def __init__(self, d_model, num_heads, **kwargs):
        super().__init__(num_heads, num_heads, **kwargs)
        self.d_model, self.depth = d_model, d_model // num_heads
        self.query_projection = keras.layers.Dense(d_model)
        self.key_projection = keras.layers.Dense(d_model)
        self.value_projection = keras.layers.Dense(d_model)
        self.output_projection = keras.layers.Dense(d_model)


# %% projections_made_in_call
"""The Dense layers are made in `call`.

Each call starts with new random kernels, of which the layer has no list: they are never trained. Make them once, in
`__init__`.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        mask = mask[:, None] if mask is not None and len(mask.shape) == 3 else mask
        q, k, v = (self.split_heads(keras.layers.Dense(self.d_model)(x)) for x in (q, k, v))
        heads, weights = scaled_dot_product_attention(q, k, v, mask)
        merged = tf.reshape(tf.transpose(heads, [0, 2, 1, 3]), [tf.shape(q)[0], -1, self.d_model])
        return keras.layers.Dense(self.d_model)(merged), weights


# %% self_attention_only
"""Keys and values are made from the queries' input.

When a sequence looks at itself the three inputs are one, and nobody notices. A decoder that looks at an encoder passes two different
sequences.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        return super().call(q, q, q, mask)


# %% values_made_from_keys
"""The values are made from `k`; `v` is not used.

Often the two are the same tensor, but the layer has an argument for each: where to look, and what is found there.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        return super().call(q, k, k, mask)


# %% arguments_in_another_order
"""`call` takes `v, k, q`.

Other texts have this order. Here it is `call(q, k, v, mask)`; a caller by position mixes the roles up.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, v, k, q, mask=None):
        return super().call(q, k, v, mask)


# %% projections_with_relu
"""The projections have a relu.

Cut off at 0, queries and keys can only agree, never oppose, and values only add. The four projections are linear.
"""


class MultiHeadAttention(MultiHeadAttention):
    def __init__(self, d_model, num_heads, **kwargs):
        super().__init__(d_model, num_heads, **kwargs)
        self.query_projection = keras.layers.Dense(d_model, activation="relu")
        self.key_projection = keras.layers.Dense(d_model, activation="relu")
        self.value_projection = keras.layers.Dense(d_model, activation="relu")


# %% batch_size_written_down
"""The batch size is read from the static shape.

While `fit` traces, that entry is None, and the reshape fails. `tf.shape(x)[0]` is known when the graph runs, and -1 lets the reshape
find it.
"""


class MultiHeadAttention(MultiHeadAttention):
    def split_heads(self, x):
        x = tf.reshape(x, (x.shape[0], x.shape[1], self.num_heads, self.depth))
        return tf.transpose(x, [0, 2, 1, 3])


# %% input_added
"""The input is added to the output.

The skip connection belongs to the Transformer block around the layer, with the normalisation. This layer returns what attention has
found.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        output, weights = super().call(q, k, v, mask)
        return output + q, weights


# %% first_head_shown
"""The returned weights are those of the first head, once for each head.

The output is right; the second result hides what the other heads do.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        output, weights = super().call(q, k, v, mask)
        return output, tf.repeat(weights[:, :1], self.num_heads, axis=1)
