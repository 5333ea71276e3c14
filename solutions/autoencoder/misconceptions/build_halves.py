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
A code is no probability: leave it free.
"""


def build_encoder(input_dim, latent_dim):
    x = keras.Input((input_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(x)
    code = keras.layers.Dense(latent_dim, activation="softmax")(hidden)
    return keras.Model(x, code, name="encoder")


# %% half_the_range
"""The outputs of the decoder stay on one side of one half.

A sigmoid that is squeezed (or cut off) before it reaches 0 and 1 can't give back data that lie there. Compare the
smallest and the largest output possible with those of the data.
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

The encoder ends at the narrow place, with the code. The way back is the decoder's.
"""


def build_encoder(input_dim, latent_dim):
    x = keras.Input((input_dim,))
    code = keras.layers.Dense(latent_dim, activation="relu")(x)
    return keras.Model(x, keras.layers.Dense(input_dim, activation="sigmoid")(code), name="encoder")


# %% fixed_code_size
"""The code always has 32 numbers, whatever `latent_dim` says.

Sizes come in as arguments; a number that was right for one data set is wrong for the next.
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
"""The encoder hands on the first `latent_dim` features and drops the others.

That is a selection, not a code: nothing in it can be learned. Let every feature take part, by a layer with weights.
"""


def build_encoder(input_dim, latent_dim):
    x = keras.Input((input_dim,))
    return keras.Model(x, x[:, :latent_dim], name="encoder")


# %% softmax_over_the_batch
"""The code is normalised over the batch: it depends on which other examples are there.

A code must depend on its own example only. The first axis is none of a layer's business.
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
"""The weights of the encoder are frozen, so the code stays a random one.

`trainable = False` takes a model out of training. Both halves have to learn.
"""


def build_encoder(input_dim, latent_dim):
    x = keras.Input((input_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(x)
    encoder = keras.Model(x, keras.layers.Dense(latent_dim)(hidden), name="encoder")
    encoder.trainable = False
    return encoder


# %% rounded_output
"""The outputs of the decoder are rounded to 0 and 1, and rounding has no gradient.

Black and white pixels are tempting, but nothing can be learned through a step. Round after training, outside of the
model.
"""


def build_decoder(latent_dim, output_dim):
    code = keras.Input((latent_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(code)
    x = keras.layers.Dense(output_dim, activation="sigmoid")(hidden)
    return keras.Model(code, keras.ops.round(x), name="decoder")


# %% normalised_code
"""The code is normalised: its numbers always have the mean 0 and the size 1.

That takes away a part of what a code can say, and of a code of one number everything: it is 0 for every example. Leave the code
as the last layer gives it.
"""


def build_encoder(input_dim, latent_dim):
    inputs = keras.Input((input_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(inputs)
    code = keras.layers.Dense(latent_dim)(hidden)
    return keras.Model(inputs, keras.layers.LayerNormalization(center=False, scale=False)(code))
