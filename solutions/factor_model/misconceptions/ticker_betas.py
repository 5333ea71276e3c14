# %% in_training_mode
"""The half is called in training mode.

The batch normalisation then uses the mean and the spread of the dates that happen to come along, so the betas of a
date change with the others. At inference, `training=False` or `predict`, it uses those that it has learned.
"""


def ticker_betas(model, characteristics):
    half = keras.Model(model.get_layer("input_beta").output, model.get_layer("output_beta").output)
    return half(characteristics, training=True)


# %% hidden_units_instead
"""What comes back is what goes into the beta layer.

`layer.input` is the tensor in front of a layer: the normalised hidden units. The betas are its `output`.
"""


def ticker_betas(model, characteristics):
    half = keras.Model(model.get_layer("input_beta").output, model.get_layer("output_beta").input)
    return half(characteristics, training=False)


# %% fresh_layers
"""The beta network is built anew.

New layers start with new random weights, and know nothing of what the model has learned. A second model between two
tensors of the first one shares its weights.
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
"""The weights of the beta layer are taken for the betas.

The kernel says how hidden units become betas; it is the same for every ticker and date. The betas are what the layer
gives for the characteristics.
"""


def ticker_betas(model, characteristics):
    return model.get_layer("output_beta").get_weights()[0]


# %% averaged_over_dates
"""The betas are averaged over the dates.

Characteristics change from date to date, and so do the betas: one set for each date, `(dates, n_tickers, n_factors)`.
"""


def ticker_betas(model, characteristics):
    half = keras.Model(model.get_layer("input_beta").output, model.get_layer("output_beta").output)
    return keras.ops.mean(half(characteristics, training=False), axis=0)


# %% first_date_only
"""Only the betas of the first date come back.

`[0]` takes away the axis of the dates. Keep it, for one date as well as for many.
"""


def ticker_betas(model, characteristics):
    half = keras.Model(model.get_layer("input_beta").output, model.get_layer("output_beta").output)
    return half(characteristics, training=False)[0]


# %% fitted_returns
"""The whole model is run, and gives returns.

`model.predict` goes through to the last layer. To stop in the middle, make a model that ends at the output of
`output_beta`.
"""


def ticker_betas(model, characteristics):
    x = np.asarray(characteristics)
    return model.predict([x, np.zeros(x.shape[:2], "float32")], verbose=0)


# %% beta_layer_on_raw_characteristics
"""The hidden layer is there, but the normalisation is skipped.

The half is all that lies between the input and the betas: relu layer, batch normalisation, beta layer. Without the
normalisation the beta layer gets numbers on another scale than in the model.
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
"""The moving statistics are changed on the way.

In training mode a batch normalisation also updates what it has learned about mean and spread. Looking at the betas
must leave the model as it was.
"""


def ticker_betas(model, characteristics):
    half = keras.Model(model.get_layer("input_beta").output, model.get_layer("output_beta").output)
    half(characteristics, training=True)
    return half(characteristics, training=False)


# %% frozen_for_the_look
"""The model is frozen to get inference mode, and stays frozen.

`trainable = False` forbids training: whoever trains the model next trains nothing. Calling it with `training=False` says how to run
it this once.
"""


def ticker_betas(model, characteristics):
    model.trainable = False
    half = keras.Model(model.get_layer("input_beta").output, model.get_layer("output_beta").output)
    return half(characteristics)
