# %% backwards
"""The pair is unpacked in the wrong order: the data go into the decoder first.

The pair is `(encoder, decoder)`. Data, encoder, code, decoder, data.
"""


def encode_then_decode(autoencoder_parts, x):
    decoder, encoder = autoencoder_parts
    return decoder(encoder(x))


# %% code_only
"""What comes back is the code, not the reconstruction.

The second step is missing: send the code through the decoder.
"""


def encode_then_decode(autoencoder_parts, x):
    encoder, decoder = autoencoder_parts
    code = encoder(x)
    return code


# %% decodes_the_data
"""The decoder gets the data, not the code.

The code is computed and never used. Pass the result of the first step to the second.
"""


def encode_then_decode(autoencoder_parts, x):
    encoder, decoder = autoencoder_parts
    code = encoder(x)
    return decoder(x)


# %% training_mode
"""The halves are used in training mode.

Batch normalization then uses the statistics of this batch and changes its own; dropout draws at random. A
reconstruction is inference: call without `training=True`.
"""


def encode_then_decode(autoencoder_parts, x):
    encoder, decoder = autoencoder_parts
    return decoder(encoder(x, training=True), training=True)


# %% halves_of_its_own
"""New halves are built, and those in `autoencoder_parts` are not used.

They have random weights. What was learned is in `autoencoder_parts`.
"""


def encode_then_decode(autoencoder_parts, x):
    encoder, decoder = build_encoder(x.shape[-1], 2), build_decoder(2, x.shape[-1])
    return decoder(encoder(x))


# %% the_data_themselves
"""What comes back are the data, unchanged.

A perfect reconstruction would equal the data, but this one never went through the code.
"""


def encode_then_decode(autoencoder_parts, x):
    encoder, decoder = autoencoder_parts
    return x


# %% averaged_code
"""One code is made for the whole batch: the mean over the examples.

Every example has its own code. Leave the batch axis as it is.
"""


def encode_then_decode(autoencoder_parts, x):
    encoder, decoder = autoencoder_parts
    code = keras.ops.mean(encoder(x), axis=0, keepdims=True)
    return decoder(keras.ops.repeat(code, len(x), axis=0))


# %% clipped_to_the_data
"""The reconstruction is clipped to the range of the data.

The decoder's output is the reconstruction. Other halves may be made for data outside of [0, 1].
"""


def encode_then_decode(parts, x):
    encoder, decoder = parts
    return tf.clip_by_value(decoder(encoder(x, training=False), training=False), 0.0, 1.0)


# %% first_pair_kept
"""The first pair is kept, and used for every call.

The function must use the pair that it is given: keep nothing between two calls.
"""

_first_pair = []


def encode_then_decode(autoencoder_parts, x):
    if not _first_pair:
        _first_pair.extend(autoencoder_parts)
    return _first_pair[1](_first_pair[0](x))


# %% code_divided_by_its_length
"""The code is normalized before it is decoded.

The decoder was trained on the codes as the encoder gives them. Pass them on unchanged.
"""


def encode_then_decode(autoencoder_parts, x):
    encoder, decoder = autoencoder_parts
    return decoder(keras.ops.normalize(encoder(x), axis=-1))


# %% rounded_to_black_and_white
"""The reconstruction is rounded to 0 and 1.

Return what the decoder gives: a reconstruction may be grey.
"""


def encode_then_decode(autoencoder_parts, x):
    encoder, decoder = autoencoder_parts
    return tf.cast(decoder(encoder(x)) > 0.5, "float32")


# %% code_returned_as_well
"""The pair of code and reconstruction is returned.

Return the reconstruction only, of shape `(batch, input_dim)`.
"""


def encode_then_decode(autoencoder_parts, x):
    encoder, decoder = autoencoder_parts
    code = encoder(x)
    return code, decoder(code)


# %% results_kept_by_shape
"""A reconstruction is kept and returned again for other examples of the same shape.

Other examples, or other halves, give another reconstruction: compute it in each call.
"""

kept_results = {}


def encode_then_decode(autoencoder_parts, x):
    encoder, decoder = autoencoder_parts
    shape = tuple(x.shape)
    if shape not in kept_results:
        kept_results[shape] = decoder(encoder(x))
    return kept_results[shape]


# %% encoder_in_training_mode
"""The encoder is called with `training=True`.

Then its batch normalization uses the statistics of this batch and changes its own. A reconstruction is inference.
"""


def encode_then_decode(autoencoder_parts, x):
    encoder, decoder = autoencoder_parts
    return decoder(encoder(x, training=True))


# %% rounded_code
"""The code is rounded before it is decoded.

The numbers of a code are no whole numbers: the decoder gets them as the encoder gives them.
"""


def encode_then_decode(autoencoder_parts, x):
    encoder, decoder = autoencoder_parts
    return decoder(tf.round(encoder(x)))
