# %% softmax_output
"""The decoder ends in a softmax, so the features of an example add up to 1.

A softmax is made for probabilities of classes that exclude each other. Two pixels that are both near 1 are out of its
reach. Which activation treats each output on its own?
"""


def build_decoder(latent_dim, output_dim):
    code = keras.Input((latent_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(code)
    x = keras.layers.Dense(output_dim, activation="softmax")(hidden)
    return keras.Model(code, x, name="decoder")


# %% softmax_code
"""The encoder ends in a softmax, so the numbers of a code add up to 1.

One of the `latent_dim` numbers is then fixed by the others; a code of a single number is always 1 and tells nothing.
A code is not a probability: end in a layer without activation.
"""


def build_encoder(input_dim, latent_dim):
    x = keras.Input((input_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(x)
    code = keras.layers.Dense(latent_dim, activation="softmax")(hidden)
    return keras.Model(x, code, name="encoder")


# %% half_the_range
"""The outputs of the decoder stay below one half.

A sigmoid that is scaled down never gets near 1. Compare the smallest and the largest possible output with the data.
"""


def build_decoder(latent_dim, output_dim):
    code = keras.Input((latent_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(code)
    x = keras.layers.Dense(output_dim, activation="sigmoid")(hidden)
    return keras.Model(code, keras.layers.Rescaling(0.5)(x), name="decoder")


# %% decoder_takes_data
"""The input of the decoder has the size of the data, not that of a code.

The decoder must be usable without the encoder, on nothing but a code. Its own input has `latent_dim` entries.
"""


def build_decoder(latent_dim, output_dim):
    x = keras.Input((output_dim,))
    code = keras.layers.Dense(latent_dim, activation="relu")(x)
    hidden = keras.layers.Dense(32, activation="relu")(code)
    return keras.Model(x, keras.layers.Dense(output_dim, activation="sigmoid")(hidden), name="decoder")


# %% encoder_gives_data
"""The encoder already reconstructs: its output has the size of the data.

The encoder ends with the code, at the narrowest layer. The way back is the decoder's part.
"""


def build_encoder(input_dim, latent_dim):
    x = keras.Input((input_dim,))
    code = keras.layers.Dense(latent_dim, activation="relu")(x)
    return keras.Model(x, keras.layers.Dense(input_dim, activation="sigmoid")(code), name="encoder")


# %% fixed_code_size
"""The code always has 32 numbers, whatever `latent_dim` says.

Take sizes from the arguments: a number that is right for one data set is wrong for the next.
"""


def build_encoder(input_dim, latent_dim):
    x = keras.Input((input_dim,))
    return keras.Model(x, keras.layers.Dense(32, activation="relu")(x), name="encoder")


# %% layers_made_once
"""The hidden layers are made once, outside the functions: all models share their weights.

A layer has one set of weights, however many models it is in. Training one model then changes the others. Make the
layers inside the function.
"""

shared_layers = {}


def _shared(name, units, activation=None):
    if (name, units) not in shared_layers:
        shared_layers[name, units] = keras.layers.Dense(units, activation=activation)
    return shared_layers[name, units]


def build_encoder(input_dim, latent_dim):
    x = keras.Input((input_dim,))
    hidden = _shared(f"encoder {input_dim}", 32, "relu")(x)
    return keras.Model(x, _shared(f"code {input_dim}", latent_dim)(hidden))


def build_decoder(latent_dim, output_dim):
    code = keras.Input((latent_dim,))
    hidden = _shared(f"decoder {latent_dim}", 32, "relu")(code)
    return keras.Model(code, _shared(f"data {latent_dim}", output_dim, "sigmoid")(hidden))


# %% encoder_picks_features
"""The encoder returns the first `latent_dim` features and drops the others.

That is a selection, not a code: it has nothing to learn. Use a layer with weights, which sees every feature.
"""


def build_encoder(input_dim, latent_dim):
    x = keras.Input((input_dim,))
    return keras.Model(x, x[:, :latent_dim], name="encoder")


# %% softmax_over_the_batch
"""The code is normalized over the batch: it depends on which other examples are there.

A code must depend on its own example only. Leave axis 0, the batch, alone.
"""


def build_encoder(input_dim, latent_dim):
    x = keras.Input((input_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(x)
    code = keras.layers.Dense(latent_dim)(hidden)
    return keras.Model(x, keras.ops.softmax(code, axis=0), name="encoder")


# %% symbols_not_models
"""The functions return the last symbolic tensor, not a model.

A symbol can't be called or trained. `keras.Model(input, output)` makes a model of the path between two symbols.
"""


def build_encoder(input_dim, latent_dim):
    x = keras.Input((input_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(x)
    return keras.layers.Dense(latent_dim)(hidden)


def build_decoder(latent_dim, output_dim):
    code = keras.Input((latent_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(code)
    return keras.layers.Dense(output_dim, activation="sigmoid")(hidden)


# %% untrainable_encoder
"""The weights of the encoder are frozen, so the code stays random.

`trainable = False` excludes a model from training. Both halves have to learn.
"""


def build_encoder(input_dim, latent_dim):
    x = keras.Input((input_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(x)
    encoder = keras.Model(x, keras.layers.Dense(latent_dim)(hidden), name="encoder")
    encoder.trainable = False
    return encoder


# %% rounded_output
"""The outputs of the decoder are rounded to 0 and 1, and rounding has no gradient.

Rounding is a step function, so nothing before it can learn. Round after training, outside the model.
"""


def build_decoder(latent_dim, output_dim):
    code = keras.Input((latent_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(code)
    x = keras.layers.Dense(output_dim, activation="sigmoid")(hidden)
    return keras.Model(code, keras.ops.round(x), name="decoder")


# %% normalized_code
"""The code is normalized: its numbers always have the mean 0 and the size 1.

That ties the numbers to each other; a code of one number is 0 for every example. End in a layer without
normalization.
"""


def build_encoder(input_dim, latent_dim):
    inputs = keras.Input((input_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(inputs)
    code = keras.layers.Dense(latent_dim)(hidden)
    return keras.Model(inputs, keras.layers.LayerNormalization(center=False, scale=False)(code))


# %% relu_before_sigmoid
"""The decoder's last layer has a relu, and a sigmoid follows.

The relu leaves no negative number, and the sigmoid of 0 is 0.5: no output can become darker than that.
"""


def build_decoder(latent_dim, output_dim):
    code = keras.Input((latent_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(code)
    x = keras.layers.Dense(output_dim, activation="relu")(hidden)
    return keras.Model(code, keras.layers.Activation("sigmoid")(x), name="decoder")


# %% output_of_length_one
"""Each row of the decoder's output is scaled to length 1.

Then at most one output of a row can be near 1. Each output must be able to take any value, whatever the others are.
"""


def build_decoder(latent_dim, output_dim):
    code = keras.Input((latent_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(code)
    x = keras.layers.Dense(output_dim)(hidden)
    return keras.Model(code, keras.layers.UnitNormalization()(x), name="decoder")


# %% fixed_data_size
"""The decoder always gives 64 numbers, whatever `output_dim` says.

64 is the size of the digits in the picture. Take the size from the argument.
"""


def build_decoder(latent_dim, output_dim):
    code = keras.Input((latent_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(code)
    return keras.Model(code, keras.layers.Dense(64, activation="sigmoid")(hidden), name="decoder")


# %% one_unit_too_narrow
"""A layer with a single unit comes before the code.

All numbers of the code then follow from one number. No layer before the code may be narrower than the code.
"""


def build_encoder(input_dim, latent_dim):
    x = keras.Input((input_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(x)
    narrow = keras.layers.Dense(1)(hidden)
    return keras.Model(x, keras.layers.Dense(latent_dim)(narrow), name="encoder")


# %% code_without_gradient
"""The encoder ends in `stop_gradient`, so nothing in it can learn.

The loss is computed from the reconstruction, and its gradient has to reach the encoder through the code.
"""


def build_encoder(input_dim, latent_dim):
    x = keras.Input((input_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(x)
    code = keras.layers.Dense(latent_dim)(hidden)
    return keras.Model(x, keras.ops.stop_gradient(code), name="encoder")


# %% code_after_layer_normalization
"""The code goes through a LayerNormalization, which ties its numbers to each other.

It runs over the numbers of one code: their mean and their size no longer say anything, and a code of one number is the
same for every example. End in a layer without normalization.
"""


def build_encoder(input_dim, latent_dim):
    inputs = keras.Input((input_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(inputs)
    return keras.Model(inputs, keras.layers.LayerNormalization()(keras.layers.Dense(latent_dim)(hidden)))


# %% code_of_signs
"""The code holds signs only, and a sign has no gradient.

There are few different codes then, and the encoder never learns. Leave the numbers of the code as they are.
"""


def build_encoder(input_dim, latent_dim):
    inputs = keras.Input((input_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(inputs)
    return keras.Model(inputs, keras.ops.sign(keras.layers.Dense(latent_dim)(hidden)))


# %% sizes_of_the_decoder_swapped
"""`build_decoder` takes its two sizes in the wrong order.

Its arguments are `latent_dim, output_dim`: first what goes in, then what comes out.
"""


def build_decoder(output_dim, latent_dim):
    code = keras.Input((latent_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(code)
    return keras.Model(code, keras.layers.Dense(output_dim, activation="sigmoid")(hidden))


# %% dropout_always_on
"""The decoder's dropout is called with `training=True`, so it drops units in every call.

Dropout is for training only: called without `training`, a layer finds out by itself. Then equal codes give equal data.
"""


def build_decoder(latent_dim, output_dim):
    code = keras.Input((latent_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(code)
    hidden = keras.layers.Dropout(0.5)(hidden, training=True)
    return keras.Model(code, keras.layers.Dense(output_dim, activation="sigmoid")(hidden))
