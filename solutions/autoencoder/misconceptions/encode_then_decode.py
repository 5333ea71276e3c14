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

The code is computed and then left lying. Hand the result of the first step to the second.
"""


def encode_then_decode(autoencoder_parts, x):
    encoder, decoder = autoencoder_parts
    code = encoder(x)
    return decoder(x)


# %% training_mode
"""The halves are used in training mode.

Batch normalisation then uses the statistics of this batch and changes its own, dropout draws at random. A
reconstruction is prediction: call without `training=True`.
"""


def encode_then_decode(autoencoder_parts, x):
    encoder, decoder = autoencoder_parts
    return decoder(encoder(x, training=True), training=True)


# %% halves_of_its_own
"""New halves are built instead of using the ones that were handed over.

They have the right shapes and random weights. What was learned is in `autoencoder_parts`.
"""


def encode_then_decode(autoencoder_parts, x):
    encoder, decoder = build_encoder(x.shape[-1], 2), build_decoder(2, x.shape[-1])
    return decoder(encoder(x))


# %% the_data_themselves
"""What comes back are the data, unchanged.

A perfect reconstruction would be equal to the data; this one never went through the narrow place.
"""


def encode_then_decode(autoencoder_parts, x):
    encoder, decoder = autoencoder_parts
    return x


# %% averaged_code
"""One code is made for the whole batch: the mean over the examples.

Every example has a code of its own. The batch axis stays as it is.
"""


def encode_then_decode(autoencoder_parts, x):
    encoder, decoder = autoencoder_parts
    code = keras.ops.mean(encoder(x), axis=0, keepdims=True)
    return decoder(keras.ops.repeat(code, len(x), axis=0))


# %% clipped_to_the_data
"""The reconstruction is clipped to the range of the data.

What the decoder gives is the reconstruction. Whether it can leave the range from 0 to 1 is the decoder's business: another
pair of halves may be made for other data.
"""


def encode_then_decode(parts, x):
    encoder, decoder = parts
    return tf.clip_by_value(decoder(encoder(x, training=False), training=False), 0.0, 1.0)
