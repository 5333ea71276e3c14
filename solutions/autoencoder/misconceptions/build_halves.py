# %% softmax_output
"""The outputs of the decoder for one code add up to 1.

At most one of them can be near 1, but several pixels of an image can be. Often the decoder ends in a softmax. Choose an
activation that acts on each output separately.
"""


def build_decoder(latent_dim, output_dim):
    code = keras.Input((latent_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(code)
    x = keras.layers.Dense(output_dim, activation="softmax")(hidden)
    return keras.Model(code, x, name="decoder")


# %% divided_by_the_largest
"""The decoder divides its outputs by the largest of them.

Then one output of each row is 1, and no row is dark. Choose an activation that acts on each output separately.
"""


def build_decoder(latent_dim, output_dim):
    code = keras.Input((latent_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(code)
    x = keras.layers.Dense(output_dim, activation="sigmoid")(hidden)
    return keras.Model(code, x / keras.ops.max(x, axis=-1, keepdims=True), name="decoder")


# %% softmax_code
"""The numbers of a code add up to 1.

One of them follows from the others, and a code of one number is always 1. Often the encoder ends in a softmax. End it
with a layer without activation.
"""


def build_encoder(input_dim, latent_dim):
    x = keras.Input((input_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(x)
    code = keras.layers.Dense(latent_dim, activation="softmax")(hidden)
    return keras.Model(x, code, name="encoder")


# %% half_the_range
"""The outputs of the decoder stay below 0.5.

Often the output is scaled down after the sigmoid. Compare the smallest and the largest possible output with the data.
"""


def build_decoder(latent_dim, output_dim):
    code = keras.Input((latent_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(code)
    x = keras.layers.Dense(output_dim, activation="sigmoid")(hidden)
    return keras.Model(code, keras.layers.Rescaling(0.5)(x), name="decoder")


# %% decoder_takes_data
"""The input of the decoder has the size of the data instead of that of a code.

The decoder gets only a code. Its input has `latent_dim` entries.
"""


def build_decoder(latent_dim, output_dim):
    x = keras.Input((output_dim,))
    code = keras.layers.Dense(latent_dim, activation="relu")(x)
    hidden = keras.layers.Dense(32, activation="relu")(code)
    return keras.Model(x, keras.layers.Dense(output_dim, activation="sigmoid")(hidden), name="decoder")


# %% encoder_gives_data
"""The output of the encoder has the size of the data.

The encoder ends with the code, at the narrowest layer. The reconstruction is the task of the decoder.
"""


def build_encoder(input_dim, latent_dim):
    x = keras.Input((input_dim,))
    code = keras.layers.Dense(latent_dim, activation="relu")(x)
    return keras.Model(x, keras.layers.Dense(input_dim, activation="sigmoid")(code), name="encoder")


# %% fixed_code_size
"""The code always has 32 numbers instead of `latent_dim`.

Use the arguments for all sizes.
"""


def build_encoder(input_dim, latent_dim):
    x = keras.Input((input_dim,))
    return keras.Model(x, keras.layers.Dense(32, activation="relu")(x), name="encoder")


# %% layers_made_once
"""Models of two calls share layers.

Training one model then changes the others. Often layers or models are created outside of the function, or kept from an
earlier call. Create new ones in each call.
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
"""The code consists of features of the data, and the others are dropped.

This has no weights and cannot learn. Use a layer with weights, which uses every feature.
"""


def build_encoder(input_dim, latent_dim):
    x = keras.Input((input_dim,))
    return keras.Model(x, x[:, :latent_dim], name="encoder")


# %% softmax_over_the_batch
"""A code depends on the other examples of the batch.

Often it is normalized over the batch. Do not compute across axis 0, the batch.
"""


def build_encoder(input_dim, latent_dim):
    x = keras.Input((input_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(x)
    code = keras.layers.Dense(latent_dim)(hidden)
    return keras.Model(x, keras.ops.softmax(code, axis=0), name="encoder")


# %% symbols_not_models
"""The functions return the last symbolic tensor instead of a model.

A symbolic tensor cannot be called or trained. Return `keras.Model(inputs, outputs)`.
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
"""The encoder has no trainable weights, so the code stays random.

Both halves must be trained: do not set `trainable = False`.
"""


def build_encoder(input_dim, latent_dim):
    x = keras.Input((input_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(x)
    encoder = keras.Model(x, keras.layers.Dense(latent_dim)(hidden), name="encoder")
    encoder.trainable = False
    return encoder


# %% frozen_layers
"""Most of what the halves multiply by is frozen, and stays random.

Training can then change little more than the offsets. Set `trainable=False` in no layer.
"""


def build_encoder(input_dim, latent_dim):
    x = keras.Input((input_dim,))
    code = keras.layers.Dense(latent_dim, use_bias=False, trainable=False)(x)
    return keras.Model(x, keras.layers.BatchNormalization(scale=False)(code), name="encoder")


def build_decoder(latent_dim, output_dim):
    code = keras.Input((latent_dim,))
    hidden = keras.layers.Dense(32, activation="tanh", trainable=False)(code)
    x = keras.layers.Dense(output_dim, trainable=False)(keras.layers.BatchNormalization()(hidden))
    x = keras.layers.BatchNormalization()(x)
    return keras.Model(code, keras.layers.Activation("sigmoid")(x), name="decoder")


# %% kernels_of_zeros
"""All kernels of the halves start at 0.

The units of a layer then get equal gradients, and stay alike for ever. Keep the default `kernel_initializer`, which
draws random numbers.
"""


def build_encoder(input_dim, latent_dim):
    x = keras.Input((input_dim,))
    hidden = keras.layers.Dense(24, activation="relu", kernel_initializer="zeros")(x)
    return keras.Model(x, keras.layers.Dense(latent_dim, kernel_initializer="zeros")(hidden), name="encoder")


def build_decoder(latent_dim, output_dim):
    code = keras.Input((latent_dim,))
    hidden = keras.layers.Dense(24, activation="relu", kernel_initializer="zeros")(code)
    x = keras.layers.Dense(output_dim, activation="sigmoid", kernel_initializer="zeros")(hidden)
    return keras.Model(code, x, name="decoder")


# %% rounded_output
"""The outputs of the decoder are 0 or 1, and no gradient passes through them.

No layer before can then be trained. Often they are rounded. Round after training, outside of the model.
"""


def build_decoder(latent_dim, output_dim):
    code = keras.Input((latent_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(code)
    x = keras.layers.Dense(output_dim, activation="sigmoid")(hidden)
    return keras.Model(code, keras.ops.round(x), name="decoder")


# %% normalized_code
"""The numbers of a code have mean 0 and always the same size.

Then they depend on each other, and a code of one number is always 0. Often the code is normalized. End the encoder with
a layer without normalization.
"""


def build_encoder(input_dim, latent_dim):
    inputs = keras.Input((input_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(inputs)
    code = keras.layers.Dense(latent_dim)(hidden)
    return keras.Model(inputs, keras.layers.LayerNormalization(center=False, scale=False)(code))


# %% relu_before_sigmoid
"""No output of the decoder can be below 0.5.

Often a relu comes directly before the last sigmoid: after it no value is negative, and the sigmoid of 0 is 0.5. Apply
only the sigmoid.
"""


def build_decoder(latent_dim, output_dim):
    code = keras.Input((latent_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(code)
    x = keras.layers.Dense(output_dim, activation="relu")(hidden)
    return keras.Model(code, keras.layers.Activation("sigmoid")(x), name="decoder")


# %% output_of_length_one
"""Each row of the decoder's output has length 1.

At most one output of a row can then be near 1. Often the rows are normalized. Each output must be able to take any
value in [0, 1], whatever the others are.
"""


def build_decoder(latent_dim, output_dim):
    code = keras.Input((latent_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(code)
    x = keras.layers.Dense(output_dim)(hidden)
    return keras.Model(code, keras.layers.UnitNormalization()(x), name="decoder")


# %% fixed_data_size
"""The decoder always returns 64 numbers instead of `output_dim`.

64 is the size of the digits in the picture. Use the argument.
"""


def build_decoder(latent_dim, output_dim):
    code = keras.Input((latent_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(code)
    return keras.Model(code, keras.layers.Dense(64, activation="sigmoid")(hidden), name="decoder")


# %% one_unit_too_narrow
"""All numbers of a code depend on a single number.

Often there is a layer with one unit before the code. Make no layer before the code narrower than the code.
"""


def build_encoder(input_dim, latent_dim):
    x = keras.Input((input_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(x)
    narrow = keras.layers.Dense(1)(hidden)
    return keras.Model(x, keras.layers.Dense(latent_dim)(narrow), name="encoder")


# %% code_without_gradient
"""No gradient passes from the code to the encoder's weights.

The encoder cannot learn: the gradient of the loss reaches it through the code. Do not use `stop_gradient`.
"""


def build_encoder(input_dim, latent_dim):
    x = keras.Input((input_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(x)
    code = keras.layers.Dense(latent_dim)(hidden)
    return keras.Model(x, keras.ops.stop_gradient(code), name="encoder")


# %% code_after_layer_normalization
"""The numbers of a code depend on each other, as after a `LayerNormalization`.

A code of one number is then the same for every example. End the encoder with a layer without normalization.
"""


def build_encoder(input_dim, latent_dim):
    inputs = keras.Input((input_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(inputs)
    return keras.Model(inputs, keras.layers.LayerNormalization()(keras.layers.Dense(latent_dim)(hidden)))


# %% code_of_signs
"""The numbers of a code are signs, and no gradient passes through them.

There are then few different codes, and the encoder never learns. Return the numbers without the sign function.
"""


def build_encoder(input_dim, latent_dim):
    inputs = keras.Input((input_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(inputs)
    return keras.Model(inputs, keras.ops.sign(keras.layers.Dense(latent_dim)(hidden)))


# %% sizes_of_the_decoder_swapped
"""`build_decoder` takes its two arguments in the wrong order.

The arguments are `latent_dim, output_dim`: first the size of the input, then the size of the output.
"""


def build_decoder(output_dim, latent_dim):
    code = keras.Input((latent_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(code)
    return keras.Model(code, keras.layers.Dense(output_dim, activation="sigmoid")(hidden))


# %% dropout_always_on
"""Equal codes give different outputs, also outside of training.

Often a dropout layer is called with `training=True`. Call it without `training`: Keras tells it whether it is training.
"""


def build_decoder(latent_dim, output_dim):
    code = keras.Input((latent_dim,))
    hidden = keras.layers.Dense(32, activation="relu")(code)
    hidden = keras.layers.Dropout(0.5)(hidden, training=True)
    return keras.Model(code, keras.layers.Dense(output_dim, activation="sigmoid")(hidden))
