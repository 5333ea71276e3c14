# %% parts_made_in_call
"""The parts are made in `call`.

`call` runs for every batch. What is made there has new random weights each time, belongs to no list of the layer, and is
gone when the call ends: no optimizer can teach it anything. Which method runs once in the life of a layer?
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

One part made in `call` is enough: it starts anew for every batch, and the optimizer never hears of its weights. Each layer
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

The two norms compute the same formula, but each learns a gain and a shift for its own place. With one object both places
share them, and whatever training does to one half it does to the other. Count the norms in the picture.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_1(middle + self.dense_part(middle))


# %% no_skip_past_attention
"""The skip connection past attention is missing.

Without it a token is replaced by a mixture of all tokens and its own content is lost, and the gradient must pass through
attention. Attention shall compute what to add to the input.
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

The layer is a chain: attention, norm, dense part, norm. A Transformer stacks many such blocks, and it is the sums past
attention and past the dense part that let content and gradients through. Compare with the picture.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = self.norm_1(self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_2(self.dense_part(middle))


# %% attention_skip_after_norm
"""The input is added after the first norm, not before.

`x + norm(attention)` lets x through at its own size; the norm was to bring the sum to mean 0 and variance 1. Which of the
two, the sum or the norm, comes last in the formula?
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = inputs + self.norm_1(self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_2(middle + self.dense_part(middle))


# %% dense_skip_after_norm
"""The second skip is added after the norm, not before.

The output is `p + norm(dense(p))`: it is not normalised, and grows from block to block. The sum belongs inside of the norm.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        return middle + self.norm_2(self.dense_part(middle))


# %% both_skips_after_norm
"""Both skips are added after the norms.

Each half is `x + norm(part(x))`, where the formula has `norm(x + part(x))`. Only the latter keeps what enters the next part
at mean 0 and variance 1.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = inputs + self.norm_1(self.attention(inputs, inputs, attention_mask=pairs))
        return middle + self.norm_2(self.dense_part(middle))


# %% pre_norm
"""Pre-norm: each half normalises its input, not its sum.

This form exists, and trains well in deep stacks, but it is another function: its output is not normalised. The block of
the lecture is post-norm; a norm is the last step of each half.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        normed = self.norm_1(inputs)
        middle = inputs + self.attention(normed, normed, attention_mask=pairs)
        return middle + self.dense_part(self.norm_2(middle))


# %% attention_added_after_norm
"""The input alone is normalised, and attention is added to it afterwards.

The first norm must see the sum of input and attention. Here attention enters behind the norm, so what the second half gets
is not normalised. Look at what stands inside of the brackets of the first norm.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = self.norm_1(inputs) + self.attention(inputs, inputs, attention_mask=pairs)
        return self.norm_2(middle + self.dense_part(middle))


# %% no_first_norm
"""The first norm is missing.

The sum of input and attention goes into the dense part as it is. Each half ends in a norm of its own: with only the last
one, the hidden layer meets numbers of any size.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = inputs + self.attention(inputs, inputs, attention_mask=pairs)
        return self.norm_2(middle + self.dense_part(middle))


# %% no_last_norm
"""The last norm is missing.

The output is the bare sum of the second half. The next block expects what a norm gives: mean 0 and variance 1 at each token.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        return middle + self.dense_part(middle)


# %% normalised_over_positions
"""The norms run over the positions, not over the features.

A token shall be normalised by its own numbers, whatever the other tokens are and however many. With `axis=1` the padding
and the length of the sequence change every output. Features are on the last axis.
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

Real tokens attend to padding as if it were text, so the output of a sentence depends on how long the longest sentence of
its batch is. Attention has an argument for a mask.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        middle = self.norm_1(inputs + self.attention(inputs, inputs))
        return self.norm_2(middle + self.dense_part(middle))


# %% mask_inverted
"""The mask is inverted: real tokens are hidden, padding is attended to.

`mask` is True at real tokens, and attention's mask is True where attention is allowed. The two agree; nothing needs to be
turned round.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else ~tf.cast(mask, tf.bool)[:, None, :]
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_2(middle + self.dense_part(middle))


# %% mask_on_query_axis
"""The mask lies on the query axis.

`(batch, len, 1)` says which tokens may look, not which may be looked at: real tokens still see all padding. Scores are
(batch, query, key), and padding is to be hidden as a key.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, :, None]
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_2(middle + self.dense_part(middle))


# %% padding_set_to_zero
"""Padded tokens are set to zero, but attention still counts them.

A token of zeros has a score like any other, so the softmax gives it a share and the real tokens get less. Padding must be
left out of the softmax: that is what attention's own mask does.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        keys = inputs if mask is None else inputs * tf.cast(mask, inputs.dtype)[:, :, None]
        middle = self.norm_1(inputs + self.attention(inputs, keys))
        return self.norm_2(middle + self.dense_part(middle))


# %% mask_required
"""The layer fails without a mask.

`mask=None` means that all tokens are real. Only a mask that is there can be given another axis.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=mask[:, None, :]))
        return self.norm_2(middle + self.dense_part(middle))


# %% mask_not_passed_on
"""`supports_masking` is not set.

The layer uses the mask itself and then lets it drop: Keras warns that the next layer will not see it, and a second
encoder on top attends to padding. One attribute says that the mask stays valid for the output.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.supports_masking = False


# %% no_inner_activation
"""The hidden layer has no activation.

Two linear layers in a row are one linear layer: however large `dense_dim` is, nothing is gained. The formula has a relu
between them.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(embed_dim, dense_dim, num_heads, **kwargs)
        self.dense_part = keras.Sequential([layers.Dense(dense_dim), layers.Dense(embed_dim)])


# %% activation_on_both
"""Both Dense layers have a relu.

With a relu on the second the dense part can only add, never take away: no entry of a token can be made smaller before the
norm. The second Dense is linear.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(embed_dim, dense_dim, num_heads, **kwargs)
        self.dense_part = keras.Sequential([layers.Dense(dense_dim, "relu"), layers.Dense(embed_dim, "relu")])


# %% activation_on_the_second
"""The relu is on the second Dense, not on the first.

The hidden layer is then linear, and the result is cut at zero just before it is added. The activation belongs where the
token is wide: after the layer of `dense_dim` units.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(embed_dim, dense_dim, num_heads, **kwargs)
        self.dense_part = keras.Sequential([layers.Dense(dense_dim), layers.Dense(embed_dim, "relu")])


# %% no_second_dense
"""The dense part is a single Dense layer of `embed_dim` units.

The sum needs `embed_dim` numbers, but the way there leads through `dense_dim` hidden units: a wide layer, then one that
comes back. Here `dense_dim` is not used at all.
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

The halves are in sequence: what attention has found is what the dense part works on. Here the dense part never sees the
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
result depend on how large the input is.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_2(inputs + self.dense_part(middle))


# %% attention_not_used
"""Attention is made and never used.

Without it each token is treated alone, and no mask matters. The first half normalises the sum of the input and of what
attention makes of it.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        middle = self.norm_1(inputs)
        return self.norm_2(middle + self.dense_part(middle))


# %% one_head
"""Attention always has one head.

`num_heads` is stored and not used. Each head can look at other tokens for another reason; with one there is only one
pattern of weights a token.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(embed_dim, dense_dim, num_heads, **kwargs)
        self.attention = layers.MultiHeadAttention(num_heads=1, key_dim=embed_dim)


# %% heads_and_size_swapped
"""The number of heads and the size of a head are swapped.

`MultiHeadAttention(num_heads, key_dim)` takes the number of heads first. Name the arguments, and they cannot change places.
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

`from_config` passes the entries to `__init__`; an argument that is not among them is missing. Compare the entries with
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

Its entries are the base class's own arguments: the name, the dtype, whether the layer is trainable. They are accepted and
lost. `super().__init__` is where they belong.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(embed_dim, dense_dim, num_heads)


# %% gradient_stopped_at_dense
"""The gradient does not pass through the dense part.

The output is right and the dense part never learns: what it computes leaves TensorFlow's record, by `stop_gradient` or by a
detour through NumPy. Use TensorFlow or Keras operations all the way.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        middle = self.norm_1(inputs + self.attention(inputs, inputs, attention_mask=pairs))
        return self.norm_2(middle + tf.stop_gradient(self.dense_part(middle)))


# %% gradient_stopped_at_attention
"""The gradient does not pass through attention.

Attention gives the right numbers, but no gradient reaches its weights, nor other tokens by way of it. Keep every step
within TensorFlow or Keras operations.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        attended = tf.stop_gradient(self.attention(inputs, inputs, attention_mask=pairs))
        middle = self.norm_1(inputs + attended)
        return self.norm_2(middle + self.dense_part(middle))


# %% dense_part_hidden
"""The dense part is hidden in a function, where Keras does not find it.

Keras collects the weights of layers that are attributes (or lists of them) of your layer. Layers inside of a lambda or a
closure are used but not listed: they are neither trained nor saved.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(embed_dim, dense_dim, num_heads, **kwargs)
        wide, narrow = layers.Dense(dense_dim, activation="relu"), layers.Dense(embed_dim)
        self.dense_part = lambda x: narrow(wide(x))


# %% dense_part_frozen
"""The dense part is frozen: it is not among the trainable weights.

In a model that is trained as a whole the loss still falls, because the other parts learn. Every part of this layer is
meant to learn, so no part has `trainable=False`.
"""


class TransformerEncoder(TransformerEncoder):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.dense_part.trainable = False


# %% dropout_always_on
"""Dropout acts outside of training too.

With `training=True` written down, numbers are dropped at random in prediction as well. Keras tells each layer whether it
is training; leave the choice to it.
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

That is the mask of a decoder, which must not see what it is to predict. An encoder has the whole sequence: every real token sees
every real token.
"""


class TransformerEncoder(TransformerEncoder):
    def call(self, inputs, mask=None):
        pairs = None if mask is None else mask[:, None, :]
        attended = self.attention(inputs, inputs, attention_mask=pairs, use_causal_mask=True)
        middle = self.norm_1(inputs + attended)
        return self.norm_2(middle + self.dense_part(middle))
