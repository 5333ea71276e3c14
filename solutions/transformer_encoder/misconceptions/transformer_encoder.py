# %% parts_made_in_call
"""The parts are made in `call`.

`call` runs for every batch. A part made there has new random weights each time, the layer does not list them, and they are lost
when the call ends: no optimizer can train them. Make the parts in `__init__`, which runs once.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        attention = layers.MultiHeadAttention(num_heads=self.num_heads, key_dim=self.embed_dim)
        middle = layers.LayerNormalization()(inputs + attention(inputs, inputs, attention_mask=pairs))
        hidden = layers.Dense(self.dense_dim, activation="relu")(middle)
        return layers.LayerNormalization()(middle + layers.Dense(self.embed_dim)(hidden))


# %% dense_part_made_in_call
"""Attention and norms are made in `__init__`, the dense part in `call`.

One part made in `call` is enough: it starts with new weights for every batch, and the optimizer never sees them. Each layer
with weights must be an attribute of the object before the first call.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        hidden = layers.Dense(self.dense_dim, activation="relu")(middle)
        return self.norm_2(middle + layers.Dense(self.embed_dim)(hidden))


# %% one_norm_for_both
"""One LayerNormalization is used twice.

The two norms compute the same formula, but each learns its own gain and shift. With one object both places share them, and
training one half changes the other. Make two.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_1(middle + self.dense_part(middle))


# %% no_skip_past_attention
"""The skip connection past attention is missing.

Without it a token is replaced by a mixture of all tokens: its own content is lost, and the gradient must pass through
attention. Attention computes what is added to the input.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = self.norm_1(self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_2(middle + self.dense_part(middle))


# %% no_skip_past_dense
"""The skip connection past the dense part is missing.

The second half has a skip like the first. Its input is the output of the first norm; give that a name, since it is used
twice.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_2(self.dense_part(middle))


# %% no_skips
"""Both skip connections are missing.

The layer is a chain: attention, norm, dense part, norm. A Transformer stacks many such blocks, and the sums past
attention and past the dense part let content and gradients through. Compare with the diagram.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = self.norm_1(self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_2(self.dense_part(middle))


# %% attention_skip_after_norm
"""The input is added after the first norm, not before.

`x + norm(attention)` lets x through at its own size; the norm must bring the sum to mean 0 and variance 1. Add first, then
normalize.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = inputs + self.norm_1(self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_2(middle + self.dense_part(middle))


# %% dense_skip_after_norm
"""The second skip is added after the norm, not before.

The output is `p + norm(dense(p))`: it is not normalized, and grows from block to block. The sum belongs inside the norm.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        return middle + self.norm_2(self.dense_part(middle))


# %% both_skips_after_norm
"""Both skips are added after the norms.

Each half is `x + norm(part(x))`, where the formula has `norm(x + part(x))`. Only the latter gives the next part an input of mean 0
and variance 1.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = inputs + self.norm_1(self.attention(inputs, inputs, attention_mask=pairs))
        return middle + self.norm_2(self.dense_part(middle))


# %% pre_norm
"""Pre-norm: each half normalizes its input, not its sum.

This form exists, and trains well in deep stacks, but it is another function: its output is not normalized. The block of
the lecture is post-norm; a norm is the last step of each half.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        normed = self.norm_1(inputs)
        middle = inputs + self.attention(normed, normed, attention_mask=pairs)
        return middle + self.dense_part(self.norm_2(middle))


# %% attention_added_after_norm
"""The input alone is normalized, and attention is added to it afterwards.

The first norm takes the sum of input and attention. Here attention is added after the norm, so the input of the second half
is not normalized. Put the sum inside the brackets of the first norm.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = self.norm_1(inputs) + self.attention(inputs, inputs, attention_mask=pairs)
        return self.norm_2(middle + self.dense_part(middle))


# %% no_first_norm
"""The first norm is missing.

The sum of input and attention goes into the dense part as it is. Each half ends with its own norm: with only the last
one, the hidden layer gets numbers of any size.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = inputs + self.attention(inputs, inputs, attention_mask=pairs)
        return self.norm_2(middle + self.dense_part(middle))


# %% no_last_norm
"""The last norm is missing.

The output is the bare sum of the second half. The next block expects mean 0 and variance 1 at each token.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        return middle + self.dense_part(middle)


# %% normalised_over_positions
"""The norms run over the positions, not over the features.

A token is normalized by its own numbers, whatever the other tokens are. With `axis=1` padding and the length of the sequence
change every output. Features are on the last axis.
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
"""The mask is accepted and not used.

Real tokens attend to padding as if it were text, so the output for a sentence depends on how long the longest sentence of
its batch is. Pass it to attention as `attention_mask=`.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        middle = self.norm_1(inputs + self.attention(inputs, inputs))
        return self.norm_2(middle + self.dense_part(middle))


# %% mask_inverted
"""The mask is inverted: real tokens are hidden, padding is attended to.

`mask` is True at real tokens, and attention's mask is True where attention is allowed. The two agree; do not invert.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else ~tf.cast(mask, tf.bool)[:, None, :]
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_2(middle + self.dense_part(middle))


# %% mask_on_query_axis
"""The mask lies on the query axis.

`(batch, len, 1)` says which tokens may look, not which may be looked at: real tokens still see all padding. Scores are
(batch, query, key), and padding is hidden as a key: `(batch, 1, len)`.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, :, None]
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_2(middle + self.dense_part(middle))


# %% padding_set_to_zero
"""Padded tokens are set to zero, but attention still counts them.

A token of zeros has a score like any other, so the softmax gives it a share and the real tokens get less. Leave padding out of
the softmax: attention's own mask does that.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        keys = inputs if mask is None else inputs * tf.cast(mask, inputs.dtype)[:, :, None]
        middle = self.norm_1(inputs + self.attention(inputs, keys))
        return self.norm_2(middle + self.dense_part(middle))


# %% mask_required
"""The layer fails without a mask.

`mask=None` means that all tokens are real. Add an axis only where there is a mask.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=mask[:, None, :]))
        return self.norm_2(middle + self.dense_part(middle))


# %% mask_not_passed_on
"""`supports_masking` is not set.

The layer uses the mask itself and then drops it: Keras warns that the next layer will not see it, and a second
encoder on top attends to padding. Set `self.supports_masking = True` in `__init__`.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.supports_masking = False


# %% no_inner_activation
"""The hidden layer has no activation.

Two linear layers in a row are one linear layer: a larger `dense_dim` adds nothing. The formula has a relu
between them.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(embed_dim, dense_dim, num_heads, **kwargs)
        self.dense_part = keras.Sequential([layers.Dense(dense_dim), layers.Dense(embed_dim)])


# %% activation_on_both
"""Both Dense layers have a relu.

With a relu on the second the dense part can only add to a token, never subtract. The second Dense is linear.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(embed_dim, dense_dim, num_heads, **kwargs)
        self.dense_part = keras.Sequential([layers.Dense(dense_dim, "relu"), layers.Dense(embed_dim, "relu")])


# %% activation_on_the_second
"""The relu is on the second Dense, not on the first.

The hidden layer is then linear, and the result is cut off at zero before it is added. The activation follows
the layer of `dense_dim` units.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(embed_dim, dense_dim, num_heads, **kwargs)
        self.dense_part = keras.Sequential([layers.Dense(dense_dim), layers.Dense(embed_dim, "relu")])


# %% no_second_dense
"""The dense part is a single Dense layer of `embed_dim` units.

The sum needs `embed_dim` numbers, but they come from `dense_dim` hidden units: a wide layer, then one that
returns to `embed_dim`. Here `dense_dim` is not used at all.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(embed_dim, dense_dim, num_heads, **kwargs)
        self.dense_part = layers.Dense(embed_dim, activation="relu")


# %% second_dense_too_wide
"""The dense part ends with `dense_dim` numbers.

A single Dense of `dense_dim` units gives tokens of another width, which cannot be added to the input of the half. A
second Dense brings them back to `embed_dim`.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(embed_dim, dense_dim, num_heads, **kwargs)
        self.dense_part = layers.Dense(dense_dim, activation="relu")


# %% dense_takes_the_input
"""The dense part takes the input of the layer, not the output of the first half.

The halves follow one another: the dense part works on the output of the first norm. Here it never sees the
other tokens.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_2(middle + self.dense_part(inputs))


# %% second_skip_from_the_input
"""The second skip adds the input of the layer, not the output of the first half.

Each half adds its own input. The second half's input is the output of the first norm; adding `inputs` again makes its
result depend on the size of the input.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_2(inputs + self.dense_part(middle))


# %% attention_not_used
"""Attention is made and never used.

Without it each token is treated alone, and the mask has no effect. The first half normalizes the sum of the input and
attention on the input.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        middle = self.norm_1(inputs)
        return self.norm_2(middle + self.dense_part(middle))


# %% one_head
"""Attention always has one head.

`num_heads` is stored and not used. Each head can attend to other tokens for its own reason; with one head there is one
pattern of weights per token. Pass `num_heads=num_heads`.
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


# %% no_get_config
"""`get_config` is not overridden with the layer's own arguments.

The base class knows its own entries (name, dtype), not your three sizes, so `from_config` cannot call `__init__`. A model
with this layer can be saved but not loaded.
"""


class TransformerEncoder(TransformerEncoder):
    def get_config(self):
        return layers.Layer.get_config(self)


# %% config_without_num_heads
"""`get_config` leaves `num_heads` out.

`from_config` passes the entries to `__init__`; an argument without an entry is missing. Compare the entries with
the signature one by one.
"""


class TransformerEncoder(TransformerEncoder):
    def get_config(self):
        sizes = {"embed_dim": self.embed_dim, "dense_dim": self.dense_dim}
        return {**layers.Layer.get_config(self), **sizes}


# %% config_without_the_base
"""`get_config` leaves out what the base class puts there.

The new layer gets the right sizes and another name; its dtype is lost too. Start from `super().get_config()` and add to it.
"""


class TransformerEncoder(TransformerEncoder):
    def get_config(self):
        return {"embed_dim": self.embed_dim, "dense_dim": self.dense_dim, "num_heads": self.num_heads}


# %% kwargs_dropped
"""`**kwargs` is not handed on to the base class.

It holds the base class's own arguments: the name, the dtype, whether the layer is trainable. Here they are accepted and
lost. Pass them to `super().__init__`.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(embed_dim, dense_dim, num_heads)


# %% gradient_stopped_at_dense
"""The gradient does not pass through the dense part.

The output is right and the dense part never learns: `stop_gradient`, or a step through NumPy, cuts it off. Use TensorFlow or Keras
operations only.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_2(middle + tf.stop_gradient(self.dense_part(middle)))


# %% gradient_stopped_at_attention
"""The gradient does not pass through attention.

Attention gives the right numbers, but no gradient reaches its weights, nor other tokens through it. Use TensorFlow or Keras
operations only.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        attended = tf.stop_gradient(self.attention(inputs, inputs, attention_mask=pairs))
        middle = self.norm_1(inputs + attended)
        return self.norm_2(middle + self.dense_part(middle))


# %% dense_part_hidden
"""The dense part is hidden in a function, where Keras does not find it.

Keras collects the weights of layers that are attributes (or lists of them) of your layer. Layers inside a lambda or a
closure are used but not listed: they are neither trained nor saved.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(embed_dim, dense_dim, num_heads, **kwargs)
        wide, narrow = layers.Dense(dense_dim, activation="relu"), layers.Dense(embed_dim)
        self.dense_part = lambda x: narrow(wide(x))


# %% dense_part_frozen
"""The dense part is frozen: it is not among the trainable weights.

In a model that is trained as a whole the loss still falls, because the other parts learn. No part of this layer has
`trainable=False`.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.dense_part.trainable = False


# %% dropout_always_on
"""Dropout acts outside of training too.

With `training=True` written into `call`, numbers are dropped in prediction as well. Keras tells each layer whether it
is training; leave that argument out.
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
"""A token sees only itself and the tokens before it.

That is the mask of a decoder, which must not see the tokens that it predicts. In an encoder every real token sees
every real token.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        attended = self.attention(inputs, inputs, attention_mask=pairs, use_causal_mask=True)
        middle = self.norm_1(inputs + attended)
        return self.norm_2(middle + self.dense_part(middle))


# %% sizes_kept_on_the_class
"""The sizes are stored on the class, not on the layer.

A second encoder overwrites them for the first, and the first's configuration is wrong. Store what `__init__` gets on `self`.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(embed_dim, dense_dim, num_heads, **kwargs)
        for name in ("embed_dim", "dense_dim", "num_heads"):
            self.__dict__.pop(name, None)
        type(self).embed_dim, type(self).dense_dim, type(self).num_heads = embed_dim, dense_dim, num_heads


# %% gelu_in_place_of_relu
"""The hidden layer has another activation than relu.

gelu and others are common in later models; the formula of this block has relu.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(embed_dim, dense_dim, num_heads, **kwargs)
        self.dense_part = keras.Sequential([layers.Dense(dense_dim, activation="gelu"), layers.Dense(embed_dim)])


# %% one_part_returned
"""The layer returns the attention weights, too.

A layer that is stacked gets the output of the one below it as its input. Return the tensor `(batch, len, embed_dim)` only.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        attended, weights = self.attention(inputs, inputs, attention_mask=pairs, return_attention_scores=True)
        middle = self.norm_1(inputs + attended)
        return self.norm_2(middle + self.dense_part(middle)), weights


# %% last_mask_kept
"""A call without a mask uses the mask of an earlier call.

A mask belongs to one batch. What is stored on `self` in `call` is still there in the next one: use the argument alone.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        if mask is not None:
            self.last_mask = mask
        return super().call(inputs, mask=getattr(self, "last_mask", None))
