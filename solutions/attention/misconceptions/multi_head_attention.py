# %% split_by_reshape_alone
"""The heads are split by a reshape straight to `(batch, heads, len, depth)`.

A reshape moves no number: with the axes in this order a "head" gets whole positions instead of a slice of each. Reshape to
`(batch, len, heads, depth)` first, then transpose heads and positions.
"""


class MultiHeadAttention(MultiHeadAttention):
    def split_heads(self, x):
        return tf.reshape(x, [tf.shape(x)[0], self.num_heads, tf.shape(x)[1], self.depth])


# %% split_and_merged_by_reshape_alone
"""Heads are split and merged by reshapes alone.

The shapes fit and the numbers are in the wrong places: the split gives each head other positions, and the merge puts them back in
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
several positions of one head. Transpose heads and positions back first.
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

Then a query equals the key of its own position, and every position matches itself best. The three roles need three kernels.
"""


class MultiHeadAttention(MultiHeadAttention):
    def __init__(self, d_model, num_heads, **kwargs):
        super().__init__(d_model, num_heads, **kwargs)
        self.key_projection = self.query_projection
        self.value_projection = self.query_projection


# %% keys_share_with_queries
"""Queries and keys share one projection.

The scores become symmetric: if one position attends to another, the other attends back. Give the keys a kernel of their own.
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

Each head then reads a fixed slice of the input. What a head takes from a position must be learned, like where it looks.
"""


class MultiHeadAttention(MultiHeadAttention):
    def __init__(self, d_model, num_heads, **kwargs):
        super().__init__(d_model, num_heads, **kwargs)
        self.value_projection = keras.layers.Identity()


# %% heads_with_equal_projections
"""All heads use the same projections.

Heads with the same queries and keys attend alike; several of them are no better than one. Project to `d_model` numbers, and
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

In a sum the heads can no longer be told apart. Concatenated, each head keeps its columns, and the last projection learns how to
mix them.
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

Each head attends elsewhere, and the mean shows none of it. Return them as they are, `(batch, num_heads, len_q, len_k)`.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        output, weights = super().call(q, k, v, mask)
        return output, tf.reduce_mean(weights, axis=1)


# %% scaled_by_d_model
"""A head divides its scores by the square root of `d_model`.

The dot product in a head has `depth` terms, so its standard deviation grows with the square root of `depth`. With `d_model` the
scores are too small and the attention too even.
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

The wider a head, the larger its dot products, and the nearer the softmax to a single 1. Divide by the square root of `depth`, or
call `scaled_dot_product_attention`, which divides.
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

The weights of a query in a head then do not sum to 1. Each head has its own distribution over the keys, the last axis.
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
"""The layer takes a mask and does not pass it on.

Without it, every head sees everything. `scaled_dot_product_attention` takes the mask as its fourth argument.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        return super().call(q, k, v)


# %% mask_without_head_axis
"""A mask `(batch, q, k)` meets scores `(batch, heads, q, k)` as it is.

Broadcasting aligns the last axes, so the batch axis of the mask meets the heads. That is an error, or, where both have the same
size, silently the wrong mask. A mask of rank 3 needs an axis at position 1.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        return super().call(q, k, v, mask[None] if mask is not None and len(mask.shape) == 3 else mask)


# %% head_axis_always_added
"""Every mask gets an axis for the heads, even one that has it already.

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
"""A `d_model` that `num_heads` does not divide is accepted.

With `d_model // num_heads` some columns are lost, or the first call ends in an error about shapes that is hard to read. Check
the sizes where they come in: in `__init__`.
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

Each call starts with new random kernels that the layer does not track, so they are never trained. Make them once, in
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

In self-attention the three inputs are one tensor, and nobody notices. A decoder that attends to an encoder passes two different
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

Other texts have this order. Here it is `call(q, k, v, mask)`; a caller by position gets the roles mixed up.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, v, k, q, mask=None):
        return super().call(q, k, v, mask)


# %% projections_with_relu
"""The projections have a relu.

With negative numbers cut off, queries and keys can agree but never oppose. The four projections are linear.
"""


class MultiHeadAttention(MultiHeadAttention):
    def __init__(self, d_model, num_heads, **kwargs):
        super().__init__(d_model, num_heads, **kwargs)
        self.query_projection = keras.layers.Dense(d_model, activation="relu")
        self.key_projection = keras.layers.Dense(d_model, activation="relu")
        self.value_projection = keras.layers.Dense(d_model, activation="relu")


# %% batch_size_written_down
"""The batch size is read from the static shape.

While `fit` traces, that entry is None, and the reshape fails. `tf.shape(x)[0]` is known when the graph runs, and one entry of a
reshape may be -1.
"""


class MultiHeadAttention(MultiHeadAttention):
    def split_heads(self, x):
        x = tf.reshape(x, (x.shape[0], x.shape[1], self.num_heads, self.depth))
        return tf.transpose(x, [0, 2, 1, 3])


# %% input_added
"""The input is added to the output.

The skip connection belongs to the Transformer block around the layer, with the normalization. This layer returns what attention
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


# %% sizes_kept_on_the_class
"""`num_heads` and `depth` are stored on the class, not on the layer.

A second layer overwrites them for the first. Store what `__init__` gets on `self`.
"""


class MultiHeadAttention(MultiHeadAttention):
    def __init__(self, d_model, num_heads, **kwargs):
        super().__init__(d_model, num_heads, **kwargs)
        for name in ("num_heads", "depth"):
            self.__dict__.pop(name, None)
        type(self).num_heads, type(self).depth = num_heads, d_model // num_heads


# %% batch_size_of_the_first_call
"""The batch size of the first call is kept for all later ones.

The last batch of an epoch is often smaller. Take the batch size from the tensors of each call: `tf.shape(q)[0]`.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        if not hasattr(self, "rows"):
            self.rows = q.shape[0]
        return super().call(q, k, v, mask)

    def split_heads(self, x):
        x = tf.reshape(x, [self.rows, -1, self.num_heads, self.depth])
        return tf.transpose(x, [0, 2, 1, 3])


# %% no_pair_returned
"""Only the output is returned.

`call` returns a pair: the output and the weights of all heads.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        return super().call(q, k, v, mask)[0]


# %% length_of_the_queries_for_all
"""Keys and values are reshaped to the length of the queries.

In self-attention the lengths agree. Take the length of each tensor from itself, or write -1.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        self.length = tf.shape(q)[1]
        return super().call(q, k, v, mask)

    def split_heads(self, x):
        x = tf.reshape(x, [tf.shape(x)[0], self.length, self.num_heads, self.depth])
        return tf.transpose(x, [0, 2, 1, 3])


# %% scaled_twice
"""The queries are divided by the square root of `depth` and handed to a function that divides again.

`scaled_dot_product_attention` scales the scores. Pass on the queries as they are.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        if mask is not None and len(mask.shape) == 3:
            mask = mask[:, None]
        q, k = self.split_heads(self.query_projection(q)), self.split_heads(self.key_projection(k))
        v = self.split_heads(self.value_projection(v))
        heads, weights = scaled_dot_product_attention(q / self.depth**0.5, k, v, mask)
        merged = tf.reshape(tf.transpose(heads, [0, 2, 1, 3]), [tf.shape(q)[0], -1, self.d_model])
        return self.output_projection(merged), weights


# %% values_without_a_split_per_head
"""Each head gets its own queries and keys, and all heads mix the same first slice of the values.

Split the values as you split queries and keys: head h takes slice h.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        if mask is not None and len(mask.shape) == 3:
            mask = mask[:, None]
        q, k = self.split_heads(self.query_projection(q)), self.split_heads(self.key_projection(k))
        v = self.value_projection(v)[..., : self.depth]
        v = tf.repeat(v[:, None], self.num_heads, axis=1)
        heads, weights = scaled_dot_product_attention(q, k, v, mask)
        merged = tf.reshape(tf.transpose(heads, [0, 2, 1, 3]), [tf.shape(q)[0], -1, self.d_model])
        return self.output_projection(merged), weights


# %% mask_inverted_for_the_heads
"""The mask is negated before it reaches the attention.

True means allowed, in the layer as in the function of question 1: pass the mask on as it is, with an axis for the heads.
"""


class MultiHeadAttention(MultiHeadAttention):
    def call(self, q, k, v, mask=None):
        return super().call(q, k, v, mask=None if mask is None else tf.logical_not(mask))
