# %% predict
"""`predict` of both halves, silent: NumPy arrays."""


def encode_then_decode(autoencoder_parts, x):
    encoder, decoder = autoencoder_parts
    z = encoder.predict(x, verbose=0)
    return decoder.predict(z, verbose=0)


# %% by_index
"""The pair by its indices, inference said aloud, the result as an array."""


def encode_then_decode(autoencoder_parts, x):
    codes = autoencoder_parts[0](tf.convert_to_tensor(x), training=False)
    return autoencoder_parts[1](codes, training=False).numpy()


# %% in_a_loop
"""A loop over the parts, whatever their number."""


def encode_then_decode(autoencoder_parts, x):
    value = keras.ops.convert_to_tensor(x, dtype="float32")
    for part in autoencoder_parts:
        value = part(value)
    return value


# %% by_batches
"""The data in slices, put together again."""


def encode_then_decode(autoencoder_parts: tuple[keras.Model, keras.Model], x, batch_size: int = 2) -> np.ndarray:
    (encoder, decoder) = autoencoder_parts
    pieces = []
    for start in range(0, len(x), batch_size):
        codes = encoder.predict_on_batch(x[start : start + batch_size])
        pieces.append(decoder.predict_on_batch(codes))
    return np.concatenate(pieces, axis=0)
