# %% fresh_layers
"""The whole has layers of its own instead of the two halves.

It trains well, but the given halves learn nothing from that. Call the given models: they bring their weights along.
"""


def build_autoencoder(encoder, decoder):
    return keras.Sequential(
        [
            keras.Input(encoder.input_shape[1:]),
            keras.layers.Dense(encoder.output_shape[-1], activation="tanh"),
            keras.layers.Dense(decoder.output_shape[-1], activation="sigmoid"),
        ]
    )


# %% copied_halves
"""The whole is made of copies of the halves.

A copy starts with the same values, but has weights of its own: training the whole leaves the given halves as they
were. Use the models themselves.
"""


def build_autoencoder(encoder, decoder):
    copies = []
    for half in (encoder, decoder):
        copy = keras.models.clone_model(half)
        copy.set_weights(half.get_weights())
        copies.append(copy)
    x = keras.Input(encoder.input_shape[1:])
    return keras.Model(x, copies[1](copies[0](x)))


# %% encoder_detached
"""No gradient reaches the encoder: the code is cut off by `stop_gradient`.

The decoder then learns to make the best of a random code. The gradient of the loss has to flow through the decoder
back into the encoder.
"""


def build_autoencoder(encoder, decoder):
    x = keras.Input(encoder.input_shape[1:])
    return keras.Model(x, decoder(keras.ops.stop_gradient(encoder(x))))


# %% encoder_frozen
"""The encoder is frozen, only the decoder is trained.

`trainable = False` is for parts that are trained already. Here both halves start untrained and learn together.
"""


def build_autoencoder(encoder, decoder):
    encoder.trainable = False
    x = keras.Input(encoder.input_shape[1:])
    return keras.Model(x, decoder(encoder(x)))


# %% decoder_frozen
"""The decoder is frozen, only the encoder is trained.

In a GAN one network is frozen while the other learns. In an autoencoder both minimize the same loss and learn together.
"""


def build_autoencoder(encoder, decoder):
    decoder.trainable = False
    x = keras.Input(encoder.input_shape[1:])
    return keras.Model(x, decoder(encoder(x)))


# %% hidden_in_a_lambda
"""The halves are called inside a `Lambda` layer, which does not know their weights.

The output is right, but the whole has no weights, so `fit` trains nothing. Call models directly, or keep them as
attributes of a subclass.
"""


def build_autoencoder(encoder, decoder):
    x = keras.Input(encoder.input_shape[1:])
    y = keras.layers.Lambda(lambda value: decoder(encoder(value)), output_shape=decoder.output_shape[1:])(x)
    return keras.Model(x, y)


# %% decoder_on_the_input
"""The decoder is wired to the encoder's input, not to its output.

Where the sizes fit, this even runs, but the encoder takes no part. The decoder gets the code.
"""


def build_autoencoder(encoder, decoder):
    return keras.Model(encoder.input, decoder(encoder.input))


# %% decoder_first
"""The halves are in the wrong order: the data go into the decoder first.

Data, encoder, code, decoder, data. In a nested call the innermost comes first.
"""


def build_autoencoder(encoder, decoder):
    x = keras.Input(encoder.input_shape[1:])
    return keras.Model(x, encoder(decoder(x)))


# %% disconnected
"""The model goes from the encoder's input to the decoder's output, but no path connects them.

`decoder.output` belongs to the decoder's own input. Call the decoder on the encoder's output to connect the two.
"""


def build_autoencoder(encoder, decoder):
    return keras.Model(encoder.input, decoder.output)


# %% encoder_only
"""The whole ends at the code.

It must return data: send the code through the decoder.
"""


def build_autoencoder(encoder, decoder):
    return keras.Model(encoder.input, encoder.output)


# %% layers_in_one_row
"""The layers of both halves are put in one row, one after another.

That is right for halves without branches only. A model is a layer: call each half as one piece.
"""


def build_autoencoder(encoder, decoder):
    value = keras.Input(encoder.input_shape[1:])
    first = value
    for half in (encoder, decoder):
        for layer in half.layers[1:]:
            value = layer([value, value]) if isinstance(layer, keras.layers.Add) else layer(value)
    return keras.Model(first, value)


# %% always_inference
"""Both halves are called with `training=False`, also while the whole is trained.

Batch normalization and dropout inside the halves are then off during training. Do not set `training`: Keras passes it
on. Or pass on the value that `call` gets.
"""


class InferenceOnly(keras.Model):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def call(self, x, training=None):
        return self.decoder(self.encoder(x, training=False), training=False)


def build_autoencoder(encoder, decoder):
    return InferenceOnly(encoder, decoder)


# %% always_training
"""Both halves are called with `training=True`, also when the whole predicts.

The reconstruction of an example then depends on the rest of its batch. Do not set `training`: Keras passes it on.
"""


def build_autoencoder(encoder, decoder):
    x = keras.Input(encoder.input_shape[1:])
    return keras.Model(x, decoder(encoder(x, training=True), training=True))


# %% one_layer_more
"""The whole has a layer of its own after the decoder.

Then the two halves on their own give something else than the whole. The whole has no weights but those of the halves.
"""


def build_autoencoder(encoder, decoder):
    x = keras.Input(encoder.input_shape[1:])
    y = decoder(encoder(x))
    return keras.Model(x, keras.layers.Dense(y.shape[-1], activation="sigmoid")(y))


# %% input_added_to_the_output
"""The input is added to the output of the decoder.

Such a skip connection passes the data around the code, so the halves need not learn anything. Everything must go
through the code.
"""


def build_autoencoder(encoder, decoder):
    x = keras.Input(encoder.input_shape[1:])
    return keras.Model(x, keras.layers.Add()([x, decoder(encoder(x))]))


# %% parts_in_a_plain_function
"""A function is returned, not a model.

It computes the right values, but it can be neither compiled nor trained. `keras.Model(input, output)` makes a model.
"""


def build_autoencoder(encoder, decoder):
    return lambda x: decoder(encoder(x))


# %% first_whole_kept
"""The first whole is kept and returned for every other pair of halves.

A cache by shape saves no time here and mixes up models. Build a new whole in each call.
"""

_wholes = {}


class KeptWhole(keras.Model):
    def __init__(self):
        super().__init__()
        self.encoder = self.decoder = None

    def call(self, x):
        return self.decoder(self.encoder(x))


def build_autoencoder(encoder, decoder):
    key = (encoder.input_shape, encoder.output_shape)
    if key not in _wholes:
        _wholes[key] = KeptWhole()
    _wholes[key].encoder, _wholes[key].decoder = encoder, decoder
    return _wholes[key]


# %% layers_called_one_by_one
"""The layers of both halves are called one after another, each on the output of the one before it.

A layer that adds two branches needs both of them. A model is a layer: call each half as one piece.
"""


def build_autoencoder(encoder, decoder):
    value = first = keras.Input(encoder.input_shape[1:])
    for layer in encoder.layers[1:] + decoder.layers[1:]:
        value = layer(value)
    return keras.Model(first, value)


# %% sigmoid_after_the_decoder
"""A sigmoid follows the decoder.

The decoder has its own last activation. The output of the whole is what the decoder gives, unchanged.
"""


def build_autoencoder(encoder, decoder):
    x = keras.Input(encoder.input_shape[1:])
    return keras.Model(x, keras.layers.Activation("sigmoid")(decoder(encoder(x))))


# %% code_as_second_output
"""The whole has two outputs, the code and the reconstruction.

The whole is trained on its input as the only target, so it has one output. For the code there is the encoder.
"""


def build_autoencoder(encoder, decoder):
    x = keras.Input(encoder.input_shape[1:])
    code = encoder(x)
    return keras.Model(x, [code, decoder(code)])
