# %% in_training_mode
"""The left half runs in training mode.

The batch normalization then uses the mean and variance of the dates in the batch, so the betas of a date depend on the
others. At inference, `training=False` or `predict`, it uses its moving mean and variance.
"""


def ticker_betas(model, characteristics):
    half = keras.Model(model.get_layer("input_beta").output, model.get_layer("output_beta").output)
    return half(characteristics, training=True)


# %% hidden_units_instead
"""The normalized hidden units are returned, not the betas.

Often because of `layer.input`: the betas are the `output` of the layer.
"""


def ticker_betas(model, characteristics):
    half = keras.Model(model.get_layer("input_beta").output, model.get_layer("output_beta").input)
    return half(characteristics, training=False)


# %% fresh_layers
"""The betas are computed with new random weights.

Often the beta network is built again or cloned. A second model between two tensors of the given model shares its
weights.
"""


def ticker_betas(model, characteristics):
    n_factors = model.get_layer("output_beta").output.shape[-1]
    fresh = keras.Sequential(
        [
            keras.layers.Dense(8, activation="relu"),
            keras.layers.BatchNormalization(),
            keras.layers.Dense(n_factors),
        ]
    )
    return fresh(characteristics, training=False)


# %% kernel_of_the_beta_layer
"""The kernel of the beta layer is returned.

The kernel is the same for every ticker and date. The betas are the output of the layer for the characteristics.
"""


def ticker_betas(model, characteristics):
    return model.get_layer("output_beta").get_weights()[0]


# %% averaged_over_dates
"""The betas are averaged over the dates.

Characteristics change from date to date, and so do the betas: return `(dates, n_tickers, n_factors)`.
"""


def ticker_betas(model, characteristics):
    half = keras.Model(model.get_layer("input_beta").output, model.get_layer("output_beta").output)
    return keras.ops.mean(half(characteristics, training=False), axis=0)


# %% first_date_only
"""Only the betas of the first date are returned.

`[0]` removes the axis of the dates. Keep it, also for a single date.
"""


def ticker_betas(model, characteristics):
    half = keras.Model(model.get_layer("input_beta").output, model.get_layer("output_beta").output)
    return half(characteristics, training=False)[0]


# %% fitted_returns
"""The output of the whole model is returned: returns, not betas.

Make a second model that ends at the output of `output_beta`.
"""


def ticker_betas(model, characteristics):
    x = np.asarray(characteristics)
    return model.predict([x, np.zeros(x.shape[:2], "float32")], verbose=0)


# %% beta_layer_on_raw_characteristics
"""The batch normalization is skipped.

The left half has three layers: relu layer, batch normalization, beta layer.
"""


def ticker_betas(model, characteristics):
    layers = [layer for layer in model.layers if layer.weights]
    x = characteristics
    for layer in layers:
        if not isinstance(layer, keras.layers.BatchNormalization):
            x = layer(x)
        if layer.name == "output_beta":
            return x


# %% learns_while_it_looks
"""The call changes the moving statistics of the model.

In training mode a batch normalization also updates its moving mean and variance. Call the left half with
`training=False` only.
"""


def ticker_betas(model, characteristics):
    half = keras.Model(model.get_layer("input_beta").output, model.get_layer("output_beta").output)
    half(characteristics, training=True)
    return half(characteristics, training=False)


# %% frozen_for_the_look
"""Weights of the model are no longer trainable after the call.

`trainable = False` stays on the model, so the next `fit` trains nothing. For inference mode, call the left half with
`training=False` instead.
"""


def ticker_betas(model, characteristics):
    model.trainable = False
    half = keras.Model(model.get_layer("input_beta").output, model.get_layer("output_beta").output)
    return half(characteristics)


# %% relu_added_to_the_betas
"""The betas go through a relu.

Betas may be negative. Return the output of the layer `output_beta` itself.
"""


def ticker_betas(model, characteristics):
    half = keras.Model(model.get_layer("input_beta").output, model.get_layer("output_beta").output)
    return keras.ops.relu(half(characteristics, training=False))


# %% full_batches_only
"""The betas of the last dates are missing.

Often dates that do not fill a batch are left out. Return the betas of all dates.
"""


def ticker_betas(model, characteristics):
    half = keras.Model(model.get_layer("input_beta").output, model.get_layer("output_beta").output)
    size = min(32, len(characteristics))
    starts = range(0, len(characteristics) - size + 1, size)
    return keras.ops.concatenate([half(characteristics[at : at + size], training=False) for at in starts])


# %% fitted_returns_for_each_factor
"""The output of the whole model is repeated for each factor.

Make a second model that ends at the output of `output_beta`.
"""


def ticker_betas(model, characteristics):
    x = np.asarray(characteristics)
    fitted = model.predict([x, np.zeros(x.shape[:2], "float32")], verbose=0)
    return np.repeat(fitted[..., None], model.get_layer("output_beta").output.shape[-1], axis=-1)


# %% half_kept
"""A second model gets the betas of the first.

Often the left half is stored in the first call: what is in a global is still there in the next. Build it in each call,
from the given model.
"""
_halves = {}


def ticker_betas(model, characteristics):
    key = tuple(tuple(weight.shape) for weight in model.weights)
    if key not in _halves:
        _halves[key] = keras.Model(model.get_layer("input_beta").output, model.get_layer("output_beta").output)
    return _halves[key](characteristics, training=False)


# %% one_mean_for_all_dates
"""All dates get the mean of the betas.

Betas change with the characteristics, so each date has its own.
"""


def ticker_betas(model, characteristics):
    half = keras.Model(model.get_layer("input_beta").output, model.get_layer("output_beta").output)
    betas = half(characteristics, training=False)
    return tf.broadcast_to(tf.reduce_mean(betas, axis=0, keepdims=True), tf.shape(betas))


# %% characteristics_standardised
"""The betas are those of characteristics that are standardized over the dates.

The model was trained on the raw characteristics. Standardizing also makes the betas of a date depend on other dates.
"""


def ticker_betas(model, characteristics):
    half = keras.Model(model.get_layer("input_beta").output, model.get_layer("output_beta").output)
    x = np.asarray(characteristics)
    return half((x - x.mean(axis=0)) / (x.std(axis=0) + 1e-7), training=False)


# %% factors_before_tickers
"""The last two axes are swapped: `(dates, n_factors, n_tickers)`.

Return what `output_beta` gives: `(dates, n_tickers, n_factors)`.
"""


def ticker_betas(model, characteristics):
    half = keras.Model(model.get_layer("input_beta").output, model.get_layer("output_beta").output)
    return tf.transpose(half(characteristics, training=False), (0, 2, 1))


# %% copy_of_the_half_kept
"""The betas do not follow the weights of the model.

Often a copy of the left half is kept from the first call. A second model between two tensors of the given model shares
its weights, and costs nothing to make again.
"""
COPIES = {}


def ticker_betas(model, characteristics):
    if id(model) not in COPIES:
        half = keras.Model(model.get_layer("input_beta").output, model.get_layer("output_beta").output)
        copy = keras.models.clone_model(half)
        copy.set_weights(half.get_weights())
        COPIES[id(model)] = model, copy
    return COPIES[id(model)][1](characteristics, training=False)
