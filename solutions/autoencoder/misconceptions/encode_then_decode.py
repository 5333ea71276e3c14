# %% backwards
"""The pair is unpacked in the wrong order: the decoder gets the data.

The pair is `(encoder, decoder)`. The encoder gets the data, and the decoder gets the code.
"""


def encode_then_decode(autoencoder_parts, x):
    decoder, encoder = autoencoder_parts
    return decoder(encoder(x))


# %% code_only
"""The function returns the code instead of the reconstruction.

The second step is missing: call the decoder on the code.
"""


def encode_then_decode(autoencoder_parts, x):
    encoder, decoder = autoencoder_parts
    code = encoder(x)
    return code


# %% decodes_the_data
"""The decoder gets the data instead of the code.

The code is computed but not used. Pass it to the decoder.
"""


def encode_then_decode(autoencoder_parts, x):
    encoder, decoder = autoencoder_parts
    code = encoder(x)
    return decoder(x)


# %% training_mode
"""The halves are called in training mode.

Batch normalization then uses the statistics of this batch and updates its own, and dropout is random. Call the halves
without `training=True`.
"""


def encode_then_decode(autoencoder_parts, x):
    encoder, decoder = autoencoder_parts
    return decoder(encoder(x, training=True), training=True)


# %% halves_of_its_own
"""The result does not depend on `autoencoder_parts`.

Often new halves are built: they have random weights. Use the pair `autoencoder_parts`.
"""


def encode_then_decode(autoencoder_parts, x):
    encoder, decoder = build_encoder(x.shape[-1], 2), build_decoder(2, x.shape[-1])
    return decoder(encoder(x))


# %% the_data_themselves
"""The function returns the data unchanged.

Return the decoder's output for the code of the data.
"""


def encode_then_decode(autoencoder_parts, x):
    encoder, decoder = autoencoder_parts
    return x


# %% averaged_code
"""The codes are averaged over the batch.

Every example has its own code. Do not compute across the batch axis.
"""


def encode_then_decode(autoencoder_parts, x):
    encoder, decoder = autoencoder_parts
    code = keras.ops.mean(encoder(x), axis=0, keepdims=True)
    return decoder(keras.ops.repeat(code, len(x), axis=0))


# %% clipped_to_the_data
"""The reconstruction does not leave the range of the data.

Return the decoder's output unchanged: other halves can be made for data outside of [0, 1].
"""


def encode_then_decode(parts, x):
    encoder, decoder = parts
    return tf.clip_by_value(decoder(encoder(x, training=False), training=False), 0.0, 1.0)


# %% first_pair_kept
"""Later calls use the first pair.

Use the pair of each call, and store nothing between calls.
"""

_first_pair = []


def encode_then_decode(autoencoder_parts, x):
    if not _first_pair:
        _first_pair.extend(autoencoder_parts)
    return _first_pair[1](_first_pair[0](x))


# %% code_divided_by_its_length
"""The length of a code has no effect.

Often the code is normalized before it is decoded. The decoder was trained on the codes of the encoder: pass them on
unchanged.
"""


def encode_then_decode(autoencoder_parts, x):
    encoder, decoder = autoencoder_parts
    return decoder(keras.ops.normalize(encoder(x), axis=-1))


# %% rounded_to_black_and_white
"""The reconstruction is rounded to 0 and 1.

Return the decoder's output unchanged: a reconstruction can be gray.
"""


def encode_then_decode(autoencoder_parts, x):
    encoder, decoder = autoencoder_parts
    return tf.cast(decoder(encoder(x)) > 0.5, "float32")


# %% code_returned_as_well
"""The function returns the code and the reconstruction.

Return only the reconstruction, of shape `(batch, input_dim)`.
"""


def encode_then_decode(autoencoder_parts, x):
    encoder, decoder = autoencoder_parts
    code = encoder(x)
    return code, decoder(code)


# %% results_kept_by_shape
"""A reconstruction is kept and returned for other examples of the same shape.

Other examples or other halves have another reconstruction: compute it in each call.
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

Its batch normalization then uses the statistics of this batch and updates its own. Call both halves without
`training=True`.
"""


def encode_then_decode(autoencoder_parts, x):
    encoder, decoder = autoencoder_parts
    return decoder(encoder(x, training=True))


# %% rounded_code
"""The code is rounded before it is decoded.

The numbers of a code are not integers. Pass the code to the decoder unchanged.
"""


def encode_then_decode(autoencoder_parts, x):
    encoder, decoder = autoencoder_parts
    return decoder(tf.round(encoder(x)))
