# %% linked_tutorial_names
"""Names and steps of the tutorial that the lecture links to, an assertion for the sizes."""


class MultiHeadAttention(tf.keras.layers.Layer):
    def __init__(self, d_model, num_heads, **kwargs):
        super(MultiHeadAttention, self).__init__(**kwargs)
        self.num_heads = num_heads
        self.d_model = d_model
        assert d_model % self.num_heads == 0
        self.depth = d_model // self.num_heads
        self.wq = tf.keras.layers.Dense(d_model)
        self.wk = tf.keras.layers.Dense(d_model)
        self.wv = tf.keras.layers.Dense(d_model)
        self.dense = tf.keras.layers.Dense(d_model)

    def split_heads(self, x, batch_size):
        x = tf.reshape(x, (batch_size, -1, self.num_heads, self.depth))
        return tf.transpose(x, perm=[0, 2, 1, 3])

    def call(self, q, k, v, mask=None):
        batch_size = tf.shape(q)[0]
        if mask is not None and mask.shape.rank == 3:
            mask = tf.expand_dims(mask, 1)
        q = self.split_heads(self.wq(q), batch_size)
        k = self.split_heads(self.wk(k), batch_size)
        v = self.split_heads(self.wv(v), batch_size)
        scaled_attention, attention_weights = scaled_dot_product_attention(q, k, v, mask)
        scaled_attention = tf.transpose(scaled_attention, perm=[0, 2, 1, 3])
        concat_attention = tf.reshape(scaled_attention, (batch_size, -1, self.d_model))
        return self.dense(concat_attention), attention_weights


# %% kernels_with_einsum
"""Kernels with an axis of heads, made in `build`, and attention of its own in einsums."""


class MultiHeadAttention(keras.Layer):
    def __init__(self, d_model: int, num_heads: int, **kwargs):
        super().__init__(**kwargs)
        if d_model % num_heads != 0:
            raise ValueError("num_heads must divide d_model")
        self.d_model, self.num_heads, self.depth = d_model, num_heads, d_model // num_heads

    def build(self, *shapes, **more_shapes):
        shape = (self.d_model, self.num_heads, self.depth)
        self.w_q, self.w_k, self.w_v = (self.add_weight(shape=shape, name=name) for name in "qkv")
        self.w_o = self.add_weight(shape=(self.num_heads, self.depth, self.d_model), name="o")

    def call(self, q, k, v, mask=None):
        q = keras.ops.einsum("bid,dhe->bhie", q, self.w_q) / self.depth**0.5
        k = keras.ops.einsum("bjd,dhe->bhje", k, self.w_k)
        v = keras.ops.einsum("bjd,dhe->bhje", v, self.w_v)
        scores = keras.ops.einsum("bhie,bhje->bhij", q, k)
        if mask is not None:
            if keras.ops.ndim(mask) == 3:
                mask = keras.ops.expand_dims(mask, axis=1)
            scores = keras.ops.where(mask, scores, -1e9)
        weights = keras.ops.softmax(scores)
        return keras.ops.einsum("bhij,bhje,hed->bid", weights, v, self.w_o), weights


# %% one_kernel_for_all_projections
"""The projections of queries, keys and values as the columns of one kernel, no biases, columns dealt out to the heads."""


class MultiHeadAttention(keras.layers.Layer):
    def __init__(self, d_model, num_heads, **kwargs):
        super().__init__(**kwargs)
        assert d_model / num_heads == d_model // num_heads, "sizes do not fit"
        self.d_model = d_model
        self.num_heads = num_heads
        self.qkv = self.add_weight(shape=(d_model, 3 * d_model), initializer="glorot_uniform", name="qkv")
        self.out = keras.layers.Dense(d_model, use_bias=False)

    def heads_of(self, x, column):
        x = tf.tensordot(x, self.qkv[:, column * self.d_model : (column + 1) * self.d_model], 1)
        x = tf.reshape(x, [tf.shape(x)[0], -1, self.d_model // self.num_heads, self.num_heads])
        return tf.transpose(x, [0, 3, 1, 2])

    def call(self, q, k, v, mask=None, training=False):
        if mask is not None:
            while len(mask.shape) < 4:
                mask = mask[tf.newaxis] if len(mask.shape) == 2 else mask[:, tf.newaxis]
        found, weights = scaled_dot_product_attention(
            self.heads_of(q, 0), self.heads_of(k, 1), self.heads_of(v, 2), mask=mask
        )
        found = tf.reshape(tf.transpose(found, [0, 2, 3, 1]), [tf.shape(q)[0], -1, self.d_model])
        return self.out(found), weights


# %% head_by_head
"""One small layer per head in a list, called in a loop; the results concatenated."""


class Head(keras.layers.Layer):
    def __init__(self, depth):
        super().__init__()
        self.ask, self.label, self.say = (keras.layers.Dense(depth) for _ in range(3))

    def call(self, q, k, v, mask=None):
        return scaled_dot_product_attention(self.ask(q), self.label(k), self.say(v), mask)


class MultiHeadAttention(keras.layers.Layer):
    def __init__(self, d_model, num_heads, **kwargs):
        super().__init__(**kwargs)
        if num_heads * (d_model // num_heads) != d_model:
            raise ValueError(f"{num_heads} heads do not divide {d_model}")
        self.heads = [Head(d_model // num_heads) for _ in range(num_heads)]
        self.project = keras.layers.Dense(d_model)

    def call(self, q, k, v, mask=None):
        results = []
        for number, head in enumerate(self.heads):
            own = mask
            if mask is not None and len(mask.shape) == 4:
                own = mask[:, number if mask.shape[1] > 1 else 0]
            results.append(head(q, k, v, mask=own))
        outputs = keras.ops.concatenate([output for output, _ in results], axis=-1)
        return self.project(outputs), keras.ops.stack([weights for _, weights in results], axis=1)


# %% einsum_dense
"""EinsumDense layers that give the heads their axis at once."""


class MultiHeadAttention(keras.layers.Layer):
    def __init__(self, d_model, num_heads, dropout=0.1, **kwargs):
        super().__init__(**kwargs)
        depth, rest = divmod(d_model, num_heads)
        if rest:
            raise ValueError("d_model must be a multiple of num_heads")

        def project(name):
            shape = (num_heads, None, depth)
            return keras.layers.EinsumDense("btd,dhe->bhte", shape, bias_axes="he", name=name)

        self.q_dense, self.k_dense, self.v_dense = project("q"), project("k"), project("v")
        self.out = keras.layers.EinsumDense("bhte,hed->btd", (None, d_model), bias_axes="d", name="out")
        self.dropout = keras.layers.Dropout(dropout)

    def call(self, q, k, v, mask=None, training=None):
        if mask is not None and len(keras.ops.shape(mask)) == 3:
            mask = keras.ops.expand_dims(mask, -3)
        heads, weights = scaled_dot_product_attention(self.q_dense(q), self.k_dense(k), self.v_dense(v), mask)
        return self.dropout(self.out(heads), training=training), weights


# %% heads_in_the_batch
"""The heads are cut off with `tf.split` and stacked along the batch axis, as in early implementations."""


class MultiHeadAttention(keras.layers.Layer):
    def __init__(self, d_model, num_heads, **kwargs):
        super().__init__(**kwargs)
        assert d_model % num_heads == 0
        self.num_heads = num_heads
        self.projections = [keras.layers.Dense(d_model, use_bias=False) for _ in range(4)]

    def call(self, q, k, v, mask=None):
        batch = tf.shape(q)[0]
        q, k, v = (self.stacked(dense(x)) for dense, x in zip(self.projections, (q, k, v)))
        if mask is not None:
            if mask.shape.ndims == 3:
                mask = mask[:, tf.newaxis]
            mask = tf.broadcast_to(mask, [batch, self.num_heads, tf.shape(q)[1], tf.shape(k)[1]])
            mask = tf.concat(tf.unstack(mask, num=self.num_heads, axis=1), axis=0)
        heads, weights = scaled_dot_product_attention(q, k, v, mask)
        merged = tf.concat(tf.split(heads, self.num_heads, axis=0), axis=-1)
        return self.projections[3](merged), tf.stack(tf.split(weights, self.num_heads, axis=0), axis=1)

    def stacked(self, x):
        return tf.concat(tf.split(x, self.num_heads, axis=-1), axis=0)
