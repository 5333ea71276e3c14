# %% linked_example
"""The encoder of the Keras example that the lecture links to, with its names and its integer mask."""


class TransformerEncoder(layers.Layer):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(**kwargs)
        self.embed_dim = embed_dim
        self.dense_dim = dense_dim
        self.num_heads = num_heads
        self.attention = layers.MultiHeadAttention(num_heads=num_heads, key_dim=embed_dim)
        self.dense_proj = keras.Sequential(
            [
                layers.Dense(dense_dim, activation="relu"),
                layers.Dense(embed_dim),
            ]
        )
        self.layernorm_1 = layers.LayerNormalization()
        self.layernorm_2 = layers.LayerNormalization()
        self.supports_masking = True

    def call(self, inputs, mask=None):
        if mask is not None:
            padding_mask = keras.ops.cast(mask[:, None, :], dtype="int32")
        else:
            padding_mask = None
        attention_output = self.attention(query=inputs, value=inputs, key=inputs, attention_mask=padding_mask)
        proj_input = self.layernorm_1(inputs + attention_output)
        proj_output = self.dense_proj(proj_input)
        return self.layernorm_2(proj_input + proj_output)

    def get_config(self):
        config = super().get_config()
        config.update({"embed_dim": self.embed_dim, "dense_dim": self.dense_dim, "num_heads": self.num_heads})
        return config


# %% dropout_and_small_epsilon
"""Dropout in training, heads of `embed_dim // num_heads`, a small epsilon, other initializers."""


class TransformerEncoder(tf.keras.layers.Layer):
    def __init__(self, embed_dim: int, dense_dim: int, num_heads: int, rate: float = 0.1, **kwargs):
        super().__init__(**kwargs)
        self.sizes = {"embed_dim": embed_dim, "dense_dim": dense_dim, "num_heads": num_heads, "rate": rate}
        small = {"kernel_initializer": keras.initializers.TruncatedNormal(stddev=0.02)}
        self.mha = layers.MultiHeadAttention(num_heads, embed_dim // num_heads, dropout=rate, **small)
        self.ffn1 = layers.Dense(dense_dim, "relu", **small)
        self.ffn2 = layers.Dense(embed_dim, bias_initializer="random_normal", **small)
        self.ln1 = layers.LayerNormalization(epsilon=1e-6)
        self.ln2 = layers.LayerNormalization(epsilon=1e-6)
        self.drop1 = layers.Dropout(rate)
        self.drop2 = layers.Dropout(rate)
        self.supports_masking = True

    def call(self, inputs, mask=None, training=None):
        attention_mask = None if mask is None else tf.expand_dims(mask, axis=1)
        attended = self.mha(inputs, inputs, attention_mask=attention_mask, training=training)
        x = self.ln1(inputs + self.drop1(attended, training=training))
        return self.ln2(x + self.drop2(self.ffn2(self.ffn1(x)), training=training))

    def get_config(self):
        return {**super().get_config(), **self.sizes}


# %% own_attention_with_einsum
"""Attention written out with `einsum` and weights made in `build`, the mask a large negative number."""


class TransformerEncoder(keras.layers.Layer):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(**kwargs)
        self.embed_dim, self.dense_dim, self.num_heads = embed_dim, dense_dim, num_heads
        self.hidden = layers.Dense(dense_dim)
        self.out = layers.Dense(embed_dim)
        self.norms = [layers.LayerNormalization(name="first"), layers.LayerNormalization(name="second")]

    def build(self, input_shape):
        heads, width, size = self.num_heads, input_shape[-1], self.embed_dim // self.num_heads
        self.w_q = self.add_weight(shape=(width, heads, size), initializer="glorot_uniform", name="w_q")
        self.w_k = self.add_weight(shape=(width, heads, size), initializer="glorot_uniform", name="w_k")
        self.w_v = self.add_weight(shape=(width, heads, size), initializer="glorot_uniform", name="w_v")
        self.w_o = self.add_weight(shape=(heads, size, width), initializer="glorot_uniform", name="w_o")
        self.size = size

    def compute_mask(self, inputs, mask=None):
        return mask

    def call(self, inputs, mask=None):
        q, k, v = (tf.einsum("bld,dhs->bhls", inputs, w) for w in (self.w_q, self.w_k, self.w_v))
        scores = tf.einsum("bhqs,bhks->bhqk", q, k) / np.sqrt(self.size)
        if mask is not None:
            scores += (1.0 - tf.cast(mask, scores.dtype))[:, tf.newaxis, tf.newaxis, :] * -1e9
        heads = tf.einsum("bhqk,bhks->bhqs", tf.nn.softmax(scores), v)
        p = self.norms[0](inputs + tf.einsum("bhqs,hsd->bqd", heads, self.w_o))
        return self.norms[1](self.out(tf.nn.relu(self.hidden(p))) + p)

    def get_config(self):
        config = super().get_config()
        for name in ("embed_dim", "dense_dim", "num_heads"):
            config[name] = getattr(self, name)
        return config


# %% by_hand
"""Merged heads in Dense layers, norms and dense part written by hand, everything in `keras.ops`."""


class HandNorm(keras.layers.Layer):
    def build(self, shape):
        self.g = self.add_weight(shape=(1, 1, shape[-1]), initializer="ones", name="g")
        self.b = self.add_weight(shape=(1, 1, shape[-1]), initializer="zeros", name="b")

    def call(self, x):
        mean = keras.ops.mean(x, axis=-1, keepdims=True)
        std = keras.ops.std(x, axis=-1, keepdims=True)
        return self.g * (x - mean) / (std + 1e-6) + self.b


class SelfAttention(keras.layers.Layer):
    def __init__(self, width, heads, **kwargs):
        super().__init__(**kwargs)
        self.width, self.heads = width, heads
        self.qkv = keras.layers.Dense(3 * width)
        self.merge = keras.layers.Dense(width)

    def call(self, x, real=None):
        length = keras.ops.shape(x)[1]
        qkv = keras.ops.reshape(self.qkv(x), (-1, length, 3, self.heads, self.width // self.heads))
        q, k, v = keras.ops.unstack(keras.ops.transpose(qkv, (2, 0, 3, 1, 4)), 3)
        scores = q @ keras.ops.transpose(k, (0, 1, 3, 2)) / (self.width // self.heads) ** 0.5
        if real is not None:
            scores = keras.ops.where(real[:, None, None, :], scores, -1e9)
        mixed = keras.ops.transpose(keras.ops.softmax(scores) @ v, (0, 2, 1, 3))
        return self.merge(keras.ops.reshape(mixed, (-1, length, self.width)))


class TransformerEncoder(keras.layers.Layer):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(**kwargs)
        self.embed_dim = embed_dim
        self.dense_dim = dense_dim
        self.num_heads = num_heads
        self.attention = SelfAttention(embed_dim, num_heads)
        self.first_norm = HandNorm()
        self.second_norm = HandNorm()
        self.supports_masking = True

    def build(self, input_shape):
        self.up = self.add_weight(shape=(self.dense_dim, self.embed_dim), name="up")
        self.up_bias = self.add_weight(shape=(self.dense_dim,), initializer="zeros", name="up_bias")
        self.down = self.add_weight(shape=(self.embed_dim, self.dense_dim), name="down")
        self.down_bias = self.add_weight(shape=(self.embed_dim,), initializer="zeros", name="down_bias")

    def call(self, inputs, mask=None):
        middle = self.first_norm(inputs + self.attention(inputs, real=mask))
        hidden = keras.ops.relu(middle @ keras.ops.transpose(self.up) + self.up_bias)
        return self.second_norm(middle + hidden @ keras.ops.transpose(self.down) + self.down_bias)

    def get_config(self):
        config = {"embed_dim": self.embed_dim, "dense_dim": self.dense_dim, "num_heads": self.num_heads}
        return super().get_config() | config


# %% parts_made_in_build
"""Parts made in `build`, pointwise convolutions for the dense part, `call` as a `tf.function`."""


class TransformerEncoder(keras.Layer):
    def __init__(self, embed_dim, dense_dim, num_heads, key_dim=64, **kwargs):
        super().__init__(**kwargs)
        self.arguments = dict(embed_dim=embed_dim, dense_dim=dense_dim, num_heads=num_heads, key_dim=key_dim)
        self.supports_masking = True

    def build(self, input_shape):
        sizes = self.arguments
        self.attention = layers.MultiHeadAttention(sizes["num_heads"], sizes["key_dim"], use_bias=False)
        self.add_1, self.add_2 = layers.Add(), layers.Add()
        self.norm_1, self.norm_2 = (layers.LayerNormalization(axis=-1, epsilon=1e-5) for _ in range(2))
        self.widen = layers.Conv1D(sizes["dense_dim"], 1, activation="relu")
        self.narrow = layers.Conv1D(sizes["embed_dim"], 1)

    @tf.function
    def call(self, inputs, mask=None):
        if mask is None:
            mask = tf.ones(tf.shape(inputs)[:2], tf.bool)
        length = tf.shape(inputs)[1]
        pairs = tf.repeat(mask[:, tf.newaxis, :], length, axis=1)
        x = self.norm_1(self.add_1([inputs, self.attention(inputs, inputs, attention_mask=pairs)]))
        return self.norm_2(self.add_2([x, self.narrow(self.widen(x))]))

    def get_config(self):
        config = super().get_config()
        config.update(self.arguments)
        return config


# %% mask_by_keras
"""The mask is handed to attention as a query mask and a value mask."""


class TransformerEncoder(keras.layers.Layer):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(**kwargs)
        self.embed_dim, self.dense_dim, self.num_heads = embed_dim, dense_dim, num_heads
        self.attention = layers.MultiHeadAttention(num_heads, embed_dim)
        self.first, self.second = layers.LayerNormalization(), layers.LayerNormalization()
        self.wide, self.narrow = layers.Dense(dense_dim, layers.ReLU()), layers.Dense(embed_dim)
        self.supports_masking = True

    def call(self, inputs, mask=None):
        attended = self.attention(inputs, inputs, query_mask=mask, value_mask=mask)
        middle = self.first(attended + inputs)
        return self.second(self.narrow(self.wide(middle)) + middle)

    def get_config(self):
        return {
            **super().get_config(),
            "embed_dim": self.embed_dim,
            "dense_dim": self.dense_dim,
            "num_heads": self.num_heads,
        }


# %% one_layer_a_head
"""Three small Dense layers for each head, in lists, and the heads laid side by side."""


class TransformerEncoder(keras.layers.Layer):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(**kwargs)
        self.embed_dim, self.dense_dim, self.num_heads = embed_dim, dense_dim, num_heads
        self.size = embed_dim // num_heads
        self.queries = [layers.Dense(self.size, use_bias=False) for _ in range(num_heads)]
        self.keys = [layers.Dense(self.size, use_bias=False) for _ in range(num_heads)]
        self.values = [layers.Dense(self.size, use_bias=False) for _ in range(num_heads)]
        self.mix = layers.Dense(embed_dim)
        self.hidden, self.back = layers.Dense(dense_dim, activation=tf.nn.relu), layers.Dense(embed_dim)
        self.norm1, self.norm2 = layers.LayerNormalization(), layers.LayerNormalization()
        self.supports_masking = True

    def call(self, inputs, mask=None):
        heads = []
        for query, key, value in zip(self.queries, self.keys, self.values):
            scores = tf.matmul(query(inputs), key(inputs), transpose_b=True) / self.size**0.5
            if mask is not None:
                scores = tf.where(mask[:, None, :], scores, -1e9)
            heads.append(tf.matmul(tf.nn.softmax(scores), value(inputs)))
        p = self.norm1(inputs + self.mix(tf.concat(heads, axis=-1)))
        return self.norm2(p + self.back(self.hidden(p)))

    def get_config(self):
        sizes = {name: getattr(self, name) for name in ("embed_dim", "dense_dim", "num_heads")}
        return super().get_config() | sizes


# %% mask_on_both_axes
"""Padding is hidden as a key and as a query: what comes out at padded positions does not matter."""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :] & mask[:, :, None]
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_2(middle + self.dense_part(middle))


# %% length_known_while_tracing
"""Own attention takes the length from the static shape; the dense part acts on one token after the other."""


class TransformerEncoder(keras.layers.Layer):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(**kwargs)
        self.embed_dim, self.dense_dim, self.num_heads = embed_dim, dense_dim, num_heads
        self.query, self.key, self.value, self.output_projection = (layers.Dense(embed_dim) for _ in range(4))
        self.wide = layers.TimeDistributed(layers.Dense(dense_dim, activation="relu"))
        self.narrow = layers.TimeDistributed(layers.Dense(embed_dim))
        self.norm_1, self.norm_2 = layers.LayerNormalization(), layers.LayerNormalization()
        self.supports_masking = True

    def call(self, inputs, mask=None):
        length, depth = inputs.shape[1], self.embed_dim // self.num_heads

        def split(x):
            return tf.transpose(tf.reshape(x, (-1, length, self.num_heads, depth)), (0, 2, 1, 3))

        scores = tf.matmul(split(self.query(inputs)), split(self.key(inputs)), transpose_b=True) / depth**0.5
        if mask is not None:
            scores = tf.where(mask[:, None, None, :], scores, -1e9)
        heads = tf.matmul(tf.nn.softmax(scores), split(self.value(inputs)))
        merged = tf.reshape(tf.transpose(heads, (0, 2, 1, 3)), (-1, length, self.embed_dim))
        middle = self.norm_1(inputs + self.output_projection(merged))
        return self.norm_2(middle + self.narrow(self.wide(middle)))

    def get_config(self):
        sizes = {"embed_dim": self.embed_dim, "dense_dim": self.dense_dim, "num_heads": self.num_heads}
        return {**super().get_config(), **sizes}
