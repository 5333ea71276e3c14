# %% fresh_layers
"""Training the autoencoder does not change the given halves.

Often it has its own layers instead of the two halves. Call the given models: each call uses their weights.
"""


def build_autoencoder(encoder, decoder):
    return keras.Sequential(
        [
            keras.Input(encoder.input_shape[1:]),
            keras.layers.Dense(encoder.output_shape[-1], activation="tanh"),
            keras.layers.Dense(decoder.output_shape[-1], activation="sigmoid"),
        ]
    )


# %% encoder_never_in_training
"""The encoder runs in inference mode, also while the autoencoder is trained.

Layers such as `Dropout` and `BatchNormalization` in the encoder then never train. Pass `training` on to both halves, or
let Keras do it: call them without the argument.
"""


class _Whole(keras.Model):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def call(self, x, training=None):
        return self.decoder(self.encoder(x, training=False), training=training)


def build_autoencoder(encoder, decoder):
    return _Whole(encoder, decoder)


# %% copied_halves
"""The autoencoder starts with the weights of the halves, but does not share them.

Often it consists of copies: a copy has its own weights, so training does not change the given halves. Use the given
models.
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
"""No gradient reaches the encoder.

It then stays random. Often `stop_gradient` is applied to the code: the gradient of the loss must pass through the
decoder to the encoder.
"""


def build_autoencoder(encoder, decoder):
    x = keras.Input(encoder.input_shape[1:])
    return keras.Model(x, decoder(keras.ops.stop_gradient(encoder(x))))


# %% encoder_frozen
"""Training changes only the decoder: the encoder's weights are not trainable.

Both halves start untrained and must be trained together. Do not set `trainable = False`.
"""


def build_autoencoder(encoder, decoder):
    encoder.trainable = False
    x = keras.Input(encoder.input_shape[1:])
    return keras.Model(x, decoder(encoder(x)))


# %% decoder_frozen
"""Training changes only the encoder: the decoder's weights are not trainable.

Both halves start untrained and must be trained together. Do not set `trainable = False`.
"""


def build_autoencoder(encoder, decoder):
    decoder.trainable = False
    x = keras.Input(encoder.input_shape[1:])
    return keras.Model(x, decoder(encoder(x)))


# %% hidden_in_a_lambda
"""The autoencoder does not know the weights of the halves.

The output is right, but `fit` trains nothing. Often the halves are called inside a `Lambda` layer or a function. Call
the models directly, or store them as attributes of a subclass.
"""


def build_autoencoder(encoder, decoder):
    x = keras.Input(encoder.input_shape[1:])
    y = keras.layers.Lambda(lambda value: decoder(encoder(value)), output_shape=decoder.output_shape[1:])(x)
    return keras.Model(x, y)


# %% decoder_on_the_input
"""The decoder is called on the encoder's input instead of the code.

If the sizes fit, this runs, but it does not use the encoder. Call the decoder on the encoder's output.
"""


def build_autoencoder(encoder, decoder):
    return keras.Model(encoder.input, decoder(encoder.input))


# %% decoder_first
"""The halves are in the wrong order: the decoder gets the data.

The encoder gets the data, and the decoder gets the code. In a nested call the innermost is called first.
"""


def build_autoencoder(encoder, decoder):
    x = keras.Input(encoder.input_shape[1:])
    return keras.Model(x, encoder(decoder(x)))


# %% disconnected
"""The model's input is the encoder's input and its output is the decoder's output, but they are not connected.

`decoder.output` was computed from the decoder's own input. Call the decoder on the encoder's output to connect the two.
"""


def build_autoencoder(encoder, decoder):
    return keras.Model(encoder.input, decoder.output)


# %% encoder_only
"""The autoencoder returns the code.

It must return data: call the decoder on the code.
"""


def build_autoencoder(encoder, decoder):
    return keras.Model(encoder.input, encoder.output)


# %% layers_in_one_row
"""The branches of the halves are lost.

Often the layers of both are put into one list and called one after another. A model is a layer: call each half as one
model.
"""


def build_autoencoder(encoder, decoder):
    value = keras.Input(encoder.input_shape[1:])
    first = value
    for half in (encoder, decoder):
        for layer in half.layers[1:]:
            value = layer([value, value]) if isinstance(layer, keras.layers.Add) else layer(value)
    return keras.Model(first, value)


# %% always_inference
"""The halves run in inference mode, even while the autoencoder is trained.

Batch normalization and dropout are then off during training. Do not set `training`: Keras passes it on. In a subclass,
pass on the value that `call` gets.
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
"""The halves run in training mode, even in prediction.

The reconstruction of an example then depends on the rest of its batch. Do not set `training`: Keras passes it on. In a
subclass, pass on the value that `call` gets.
"""


def build_autoencoder(encoder, decoder):
    x = keras.Input(encoder.input_shape[1:])
    return keras.Model(x, decoder(encoder(x, training=True), training=True))


# %% one_layer_more
"""The autoencoder has another layer after the decoder.

Its output then differs from that of the two halves. The autoencoder has only the weights of the halves.
"""


def build_autoencoder(encoder, decoder):
    x = keras.Input(encoder.input_shape[1:])
    y = decoder(encoder(x))
    return keras.Model(x, keras.layers.Dense(y.shape[-1], activation="sigmoid")(y))


# %% input_added_to_the_output
"""The input is added to the output of the decoder.

With this skip connection the data bypass the code, so the halves need not learn anything. Return the decoder's output.
"""


def build_autoencoder(encoder, decoder):
    x = keras.Input(encoder.input_shape[1:])
    return keras.Model(x, keras.layers.Add()([x, decoder(encoder(x))]))


# %% parts_in_a_plain_function
"""A function is returned instead of a model.

It computes the right values, but it cannot be compiled or trained. Use `keras.Model(inputs, outputs)`.
"""


def build_autoencoder(encoder, decoder):
    return lambda x: decoder(encoder(x))


# %% first_whole_kept
"""Other halves of the same shape get the first autoencoder again.

Build a new autoencoder in each call, and keep none.
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
"""The branches of the halves are lost, as in one chain of layers.

Often their layers are called one after another, each on the output of the one before, but a layer that adds two
branches needs both. A model is a layer: call each half as one model.
"""


def build_autoencoder(encoder, decoder):
    value = first = keras.Input(encoder.input_shape[1:])
    for layer in encoder.layers[1:] + decoder.layers[1:]:
        value = layer(value)
    return keras.Model(first, value)


# %% sigmoid_after_the_decoder
"""A sigmoid is applied to the output of the decoder.

The decoder already has its last activation. Return its output unchanged.
"""


def build_autoencoder(encoder, decoder):
    x = keras.Input(encoder.input_shape[1:])
    return keras.Model(x, keras.layers.Activation("sigmoid")(decoder(encoder(x))))


# %% code_as_second_output
"""The autoencoder has two outputs, the code and the reconstruction.

Its only target is its input, so return only the reconstruction. The code is the output of the encoder.
"""


def build_autoencoder(encoder, decoder):
    x = keras.Input(encoder.input_shape[1:])
    code = encoder(x)
    return keras.Model(x, [code, decoder(code)])
