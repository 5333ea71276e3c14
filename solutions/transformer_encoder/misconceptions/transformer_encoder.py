# %% parts_made_in_call
"""The layer has no weights of its own, or new ones in each call.

Often the parts are created in `call`, which runs for every batch: they have new random weights each time and cannot be
trained. Create the parts in `__init__`, which runs once.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        attention = layers.MultiHeadAttention(num_heads=self.num_heads, key_dim=self.embed_dim)
        middle = layers.LayerNormalization()(inputs + attention(inputs, inputs, attention_mask=pairs))
        hidden = layers.Dense(self.dense_dim, activation="relu")(middle)
        return layers.LayerNormalization()(middle + layers.Dense(self.embed_dim)(hidden))


# %% dense_part_made_in_call
"""The dense part has new weights in each call, or is not among the layer's weights.

Often it is created in `call`: the optimizer never gets its weights. Create every layer with weights in `__init__`, and
store it on `self`.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        hidden = layers.Dense(self.dense_dim, activation="relu")(middle)
        return self.norm_2(middle + layers.Dense(self.embed_dim)(hidden))


# %% one_norm_for_both
"""Both normalizations have the same weights.

Often one `LayerNormalization` is used twice. Each normalization must learn its own `gamma` and `beta`: create two
objects.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_1(middle + self.dense_part(middle))


# %% no_skip_past_attention
"""The skip connection past attention is missing.

Each token is then replaced by a mixture of all tokens. Add the input to the output of attention.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = self.norm_1(self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_2(middle + self.dense_part(middle))


# %% no_skip_past_dense
"""The skip connection past the dense part is missing.

The second half adds its input, too: the output of the first normalization. Give it a name, since it is used twice.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_2(self.dense_part(middle))


# %% no_skips
"""Both skip connections are missing.

Each half must add its own input before its normalization. Compare with the diagram.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = self.norm_1(self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_2(self.dense_part(middle))


# %% attention_skip_after_norm
"""The input is added after the first normalization instead of before it.

Then the input of the second half is not normalized. Add first, then normalize the sum.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = inputs + self.norm_1(self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_2(middle + self.dense_part(middle))


# %% dense_skip_after_norm
"""The second skip is added after the normalization instead of before it.

The output is then not normalized, and grows from block to block. Add first, then normalize the sum.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        return middle + self.norm_2(self.dense_part(middle))


# %% both_skips_after_norm
"""Both skips are added after the normalizations.

Each half is `x + norm(part(x))`, but the formula is `norm(x + part(x))`. Add first, then normalize the sum.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = inputs + self.norm_1(self.attention(inputs, inputs, attention_mask=pairs))
        return middle + self.norm_2(self.dense_part(middle))


# %% pre_norm
"""Each half normalizes its input instead of its sum (pre-norm).

This form exists, too, but its output is not normalized. Here the normalization is the last step of each half
(post-norm).
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        normed = self.norm_1(inputs)
        middle = inputs + self.attention(normed, normed, attention_mask=pairs)
        return middle + self.dense_part(self.norm_2(middle))


# %% attention_added_after_norm
"""The first normalization is applied to the input only, and attention is added afterwards.

Then the input of the second half is not normalized. Normalize the sum of input and attention.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = self.norm_1(inputs) + self.attention(inputs, inputs, attention_mask=pairs)
        return self.norm_2(middle + self.dense_part(middle))


# %% no_first_norm
"""The first normalization is missing.

The input of the dense part is then not normalized. Each half ends with its own normalization.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = inputs + self.attention(inputs, inputs, attention_mask=pairs)
        return self.norm_2(middle + self.dense_part(middle))


# %% no_last_norm
"""The last normalization is missing.

The output is then the sum of the second half. Each half ends with its own normalization.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        return middle + self.dense_part(middle)


# %% normalised_over_positions
"""The normalizations run over the positions instead of the features.

Each token is normalized over its own features, whatever the other tokens are. The features are the last axis.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        def over_positions(x):
            mean = tf.reduce_mean(x, axis=1, keepdims=True)
            return (x - mean) / (tf.math.reduce_std(x, axis=1, keepdims=True) + 1e-6)

        pairs = None if mask is None else mask[:, None, :]
        middle = over_positions(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        return over_positions(middle + self.dense_part(middle))


# %% mask_ignored
"""Padding influences the real tokens, as if there were no mask.

The output then depends on the amount of padding. Pass the mask to attention as `attention_mask`.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        middle = self.norm_1(inputs + self.attention(inputs, inputs))
        return self.norm_2(middle + self.dense_part(middle))


# %% mask_inverted
"""The mask is inverted: real tokens are masked.

`mask` is True at real tokens, and the mask of attention is True where attention is allowed. Do not invert it.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else ~tf.cast(mask, tf.bool)[:, None, :]
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_2(middle + self.dense_part(middle))


# %% mask_on_query_axis
"""Real tokens attend to padding: it is not masked as a key.

Scores are (batch, query, key), so the mask of the keys has the shape `(batch, 1, len)`. Often it has the shape `(batch,
len, 1)`, which masks queries.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, :, None]
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_2(middle + self.dense_part(middle))


# %% padding_set_to_zero
"""Padding still gets a share of the attention.

Often padded tokens are set to zero: a token of zeros still has a score, so the softmax gives it a weight. Use
attention's own mask, which leaves padding out of the softmax.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        keys = inputs if mask is None else inputs * tf.cast(mask, inputs.dtype)[:, :, None]
        middle = self.norm_1(inputs + self.attention(inputs, keys))
        return self.norm_2(middle + self.dense_part(middle))


# %% mask_required
"""The layer fails without a mask.

`mask=None` means that all tokens are real. Add an axis to the mask only if it is not None.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=mask[:, None, :]))
        return self.norm_2(middle + self.dense_part(middle))


# %% mask_not_passed_on
"""The next layer does not get the mask.

A second encoder would then attend to padding. Often `supports_masking` is not set: set `self.supports_masking = True`
in `__init__`.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.supports_masking = False


# %% no_inner_activation
"""The hidden layer has no activation.

Two linear layers in a row are equivalent to one. The formula has a relu between them.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(embed_dim, dense_dim, num_heads, **kwargs)
        self.dense_part = keras.Sequential([layers.Dense(dense_dim), layers.Dense(embed_dim)])


# %% activation_on_both
"""Both Dense layers have a relu.

With a relu on the second, the dense part can only add positive numbers. Use no activation in the second Dense layer.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(embed_dim, dense_dim, num_heads, **kwargs)
        self.dense_part = keras.Sequential([layers.Dense(dense_dim, "relu"), layers.Dense(embed_dim, "relu")])


# %% activation_on_the_second
"""The relu is on the second Dense layer instead of the first.

The hidden layer is then linear, and no output of the dense part is negative. The activation belongs to the layer of
`dense_dim` units.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(embed_dim, dense_dim, num_heads, **kwargs)
        self.dense_part = keras.Sequential([layers.Dense(dense_dim), layers.Dense(embed_dim, "relu")])


# %% no_second_dense
"""The dense part is a single Dense layer of `embed_dim` units.

The formula has two layers: one of `dense_dim` units, then one that returns to `embed_dim`. Here `dense_dim` is not
used.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(embed_dim, dense_dim, num_heads, **kwargs)
        self.dense_part = layers.Dense(embed_dim, activation="relu")


# %% second_dense_too_wide
"""The dense part returns `dense_dim` numbers instead of `embed_dim`.

They cannot be added to the input of the half. Add a second Dense layer of `embed_dim` units.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(embed_dim, dense_dim, num_heads, **kwargs)
        self.dense_part = layers.Dense(dense_dim, activation="relu")


# %% dense_takes_the_input
"""The input of the dense part is the input of the layer instead of the output of the first half.

The dense part then gets nothing from the other tokens. Use the output of the first normalization.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_2(middle + self.dense_part(inputs))


# %% second_skip_from_the_input
"""The second skip adds the input of the layer instead of the output of the first half.

Each half adds its own input. The input of the second half is the output of the first normalization.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_2(inputs + self.dense_part(middle))


# %% attention_not_used
"""Tokens do not influence each other.

Often attention is created but not used. The first half normalizes the sum of the input and the attention of the input
on itself.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        middle = self.norm_1(inputs)
        return self.norm_2(middle + self.dense_part(middle))


# %% one_query_for_all
"""All tokens get the same output of attention: their weights do not depend on their own query.

Often the scores use one query, such as the first token, or only the keys. Each token has its own query: use all
`inputs` as queries, keys and values.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = self.norm_1(inputs + self.attention(inputs[:, :1], inputs, attention_mask=pairs))
        return self.norm_2(middle + self.dense_part(middle))


# %% one_head
"""Attention has one head, whatever `num_heads` is.

Pass `num_heads` to attention, by name.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(embed_dim, dense_dim, num_heads, **kwargs)
        self.attention = layers.MultiHeadAttention(num_heads=1, key_dim=embed_dim)


# %% heads_and_size_swapped
"""The number of heads and the size of a head are swapped.

`MultiHeadAttention(num_heads, key_dim)` takes the number of heads first. Pass both by name.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(embed_dim, dense_dim, num_heads, **kwargs)
        self.attention = layers.MultiHeadAttention(embed_dim, num_heads)


# %% size_of_a_head_first
"""The layer has as many heads as a head should have numbers, and the other way round.

`MultiHeadAttention(num_heads, key_dim)` takes the number of heads first. Pass both by name.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(embed_dim, dense_dim, num_heads, **kwargs)
        self.attention = layers.MultiHeadAttention(embed_dim // num_heads, num_heads)


# %% no_get_config
"""`get_config` does not return the layer's own arguments.

The base class returns only its own entries, such as name and dtype, so `from_config` cannot call `__init__`. Add the
three sizes.
"""


class TransformerEncoder(TransformerEncoder):
    def get_config(self):
        return layers.Layer.get_config(self)


# %% config_without_num_heads
"""`get_config` does not return `num_heads`.

`from_config` passes the entries to `__init__`, so each argument needs an entry. Compare them with the signature one by
one.
"""


class TransformerEncoder(TransformerEncoder):
    def get_config(self):
        sizes = {"embed_dim": self.embed_dim, "dense_dim": self.dense_dim}
        return {**layers.Layer.get_config(self), **sizes}


# %% config_without_the_base
"""The name and the dtype of the layer are lost in the configuration.

Often it has only the layer's own entries. Start from `super().get_config()` and add to it.
"""


class TransformerEncoder(TransformerEncoder):
    def get_config(self):
        return {"embed_dim": self.embed_dim, "dense_dim": self.dense_dim, "num_heads": self.num_heads}


# %% kwargs_dropped
"""The layer does not keep the name that it is given.

Often `**kwargs` is not passed to the base class: it contains the base class's own arguments, such as the name and the
dtype. Pass it to `super().__init__`.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(embed_dim, dense_dim, num_heads)


# %% gradient_stopped_at_dense
"""The gradient does not pass through the dense part.

The dense part is then never trained. Do not use `stop_gradient` or NumPy there.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_2(middle + tf.stop_gradient(self.dense_part(middle)))


# %% gradient_stopped_at_attention
"""The gradient does not pass through attention.

No gradient reaches the weights of attention. Do not use `stop_gradient` or NumPy there.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        attended = tf.stop_gradient(self.attention(inputs, inputs, attention_mask=pairs))
        middle = self.norm_1(inputs + attended)
        return self.norm_2(middle + self.dense_part(middle))


# %% dense_part_hidden
"""Keras does not find the weights of the dense part.

It collects the weights of layers that are attributes of your layer, or in lists of attributes. Often the dense part is
inside a function. Store both Dense layers on `self`.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(embed_dim, dense_dim, num_heads, **kwargs)
        wide, narrow = layers.Dense(dense_dim, activation="relu"), layers.Dense(embed_dim)
        self.dense_part = lambda x: narrow(wide(x))


# %% dense_part_frozen
"""The weights of the dense part are not trainable.

All parts of this layer must be trainable: do not set `trainable=False`.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.dense_part.trainable = False


# %% dropout_always_on
"""The output is random outside of training, too.

Often dropout is called with `training=True`. Leave this argument out: Keras tells each layer whether it is training.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.dropout = layers.Dropout(0.3)

    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        attended = self.attention(inputs, inputs, attention_mask=pairs)
        middle = self.norm_1(inputs + self.dropout(attended, training=True))
        return self.norm_2(middle + self.dropout(self.dense_part(middle), training=True))


# %% causal
"""A token attends only to itself and the tokens before it.

A causal mask is that of a decoder. In an encoder, every real token attends to every real token.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        attended = self.attention(inputs, inputs, attention_mask=pairs, use_causal_mask=True)
        middle = self.norm_1(inputs + attended)
        return self.norm_2(middle + self.dense_part(middle))


# %% sizes_kept_on_the_class
"""A second encoder changes the sizes of the first.

Often they are stored on the class, and the configuration of the first is then wrong. Store the arguments of `__init__`
on `self`.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(embed_dim, dense_dim, num_heads, **kwargs)
        for name in ("embed_dim", "dense_dim", "num_heads"):
            self.__dict__.pop(name, None)
        type(self).embed_dim, type(self).dense_dim, type(self).num_heads = embed_dim, dense_dim, num_heads


# %% gelu_in_place_of_relu
"""The activation of the hidden layer is not relu.

Other activations such as gelu are common in later models; the formula of this block has relu.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(embed_dim, dense_dim, num_heads, **kwargs)
        self.dense_part = keras.Sequential([layers.Dense(dense_dim, activation="gelu"), layers.Dense(embed_dim)])


# %% one_part_returned
"""The layer also returns the attention weights.

The next layer would get a pair as its input. Return only the tensor `(batch, len, embed_dim)`.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        attended, weights = self.attention(inputs, inputs, attention_mask=pairs, return_attention_scores=True)
        middle = self.norm_1(inputs + attended)
        return self.norm_2(middle + self.dense_part(middle)), weights


# %% last_mask_kept
"""A call without a mask uses the mask of an earlier call.

A mask belongs to one batch. Do not store it on `self`: use the argument of each call.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        if mask is not None:
            self.last_mask = mask
        return super().call(inputs, mask=getattr(self, "last_mask", None))


# %% mask_broadcast_to_static_sizes
"""The mask is given a static shape, and in a graph the batch size there is None.

While `fit` traces, the batch size is unknown. Only add the axis for the queries: the mask broadcasts to the scores.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None
        if mask is not None:
            pairs = tf.broadcast_to(mask[:, None, :], (inputs.shape[0], inputs.shape[1], inputs.shape[1]))
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_2(middle + self.dense_part(middle))


# %% mask_through_numpy
"""NumPy is given a tensor, often the mask.

While `fit` traces, a tensor has no values yet, so it cannot be converted. Index the mask itself: `mask[:, None, :]`.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else np.asarray(mask)[:, None, :]
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_2(middle + self.dense_part(middle))


# %% mask_tested_by_if
"""Python tests the values of a tensor, often the mask, as in an `if`.

While `fit` traces, a tensor has no values yet. Test only whether the mask is None.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None or bool(tf.reduce_all(mask)) else mask[:, None, :]
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_2(middle + self.dense_part(middle))


# %% no_attention_in_training
"""With `training=True`, no gradient reaches attention.

Often its output is not used then. Only dropout may depend on `training`.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None, training=None):
        pairs = None if mask is None else mask[:, None, :]
        attended = self.attention(inputs, inputs, attention_mask=pairs)
        middle = self.norm_1(inputs + (0.0 * attended if training else attended))
        return self.norm_2(middle + self.dense_part(middle))


# %% no_dense_part_in_training
"""With `training=True`, no gradient reaches the dense part.

Often it is not used then. Only dropout may depend on `training`.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None, training=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_2(middle if training else middle + self.dense_part(middle))


# %% zeros_taken_for_padding
"""Without a mask, attention leaves out tokens whose numbers are all 0.

Without a mask all tokens are real, whatever their numbers. Use a mask only if `call` gets one.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        if mask is None:
            mask = keras.ops.any(inputs != 0, axis=-1)
        return super().call(inputs, mask)
