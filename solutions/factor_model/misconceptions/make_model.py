# %% flatten_before_the_beta_network
"""The characteristics of all tickers are flattened into one long row.

Then every beta depends on the characteristics of every ticker, and the number of weights grows with the square of the
panel. A Dense layer needs no flat input: it is threaded over the tickers, row by row.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(keras.layers.Flatten()(characteristics))
    hidden = keras.layers.BatchNormalization()(hidden)
    betas = keras.layers.Dense(n_tickers * n_factors)(hidden)
    betas = keras.layers.Reshape((n_tickers, n_factors), name="output_beta")(betas)
    factors = keras.layers.Dense(n_factors)(returns)
    model = keras.Model([characteristics, returns], keras.layers.Dot(axes=(2, 1))([betas, factors]))
    model.compile(optimizer="adam", loss="mse")
    return model


# %% weights_for_each_ticker
"""Each ticker has a beta layer of its own.

A layer for each ticker can't say anything about a company that it has not seen, and has few dates to learn from. One
layer for all of them is called on the whole tensor, and threads over the tickers.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    hidden = keras.layers.BatchNormalization()(hidden)
    rows = [keras.layers.Dense(n_factors)(hidden[:, i]) for i in range(n_tickers)]
    betas = keras.layers.Lambda(lambda parts: keras.ops.stack(parts, axis=1), name="output_beta")(rows)
    factors = keras.layers.Dense(n_factors)(returns)
    model = keras.Model([characteristics, returns], keras.layers.Dot(axes=(2, 1))([betas, factors]))
    model.compile(optimizer="adam", loss="mse")
    return model


# %% dot_over_the_tickers
"""The scalar product runs over the tickers.

The factors were made as long as there are tickers so that the axes fit, and what comes out is one number for each
factor. The sum in the formula runs over k: axis 2 of the betas, axis 1 of the factors. Only the tickers are left.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    betas = keras.layers.Dense(n_factors, name="output_beta")(keras.layers.BatchNormalization()(hidden))
    factors = keras.layers.Dense(n_tickers)(returns)
    model = keras.Model([characteristics, returns], keras.layers.Dot(axes=(1, 1))([betas, factors]))
    model.compile(optimizer="adam", loss="mse")
    return model


# %% factors_threaded_over_tickers
"""The factor layer is threaded over the tickers.

With an axis behind the tickers, each ticker makes "factors" out of its own return alone. A factor is common to all
tickers: its layer takes the returns as one row of length n_tickers.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    betas = keras.layers.Dense(n_factors, name="output_beta")(keras.layers.BatchNormalization()(hidden))
    factors = keras.layers.Dense(n_factors)(keras.layers.Reshape((n_tickers, 1))(returns))
    fitted = keras.ops.sum(keras.layers.Multiply()([betas, factors]), axis=-1)
    model = keras.Model([characteristics, returns], fitted)
    model.compile(optimizer="adam", loss="mse")
    return model


# %% no_batch_normalisation
"""There is no batch normalisation.

The hidden units of a relu layer come on any scale. The normalisation between the relu layer and the beta layer brings
each of them to mean 0 and spread 1 over the batch, in training mode.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    betas = keras.layers.Dense(n_factors, name="output_beta")(hidden)
    factors = keras.layers.Dense(n_factors)(returns)
    model = keras.Model([characteristics, returns], keras.layers.Dot(axes=(2, 1))([betas, factors]))
    model.compile(optimizer="adam", loss="mse")
    return model


# %% layer_normalisation
"""A layer normalisation stands where a batch normalisation should.

It makes the units of one ticker comparable with each other, within each row, and takes away the overall size of the
row. The batch normalisation works on each unit, over all dates and tickers.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    betas = keras.layers.Dense(n_factors, name="output_beta")(keras.layers.LayerNormalization()(hidden))
    factors = keras.layers.Dense(n_factors)(returns)
    model = keras.Model([characteristics, returns], keras.layers.Dot(axes=(2, 1))([betas, factors]))
    model.compile(optimizer="adam", loss="mse")
    return model


# %% normalised_over_the_tickers_axis
"""The batch normalisation works along the axis of the tickers.

With axis=1 each ticker gets a mean and a scale of its own, so equal companies get different betas. The axis that
keeps its entries apart is the last one, that of the hidden units, which is the default.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    betas = keras.layers.Dense(n_factors, name="output_beta")(keras.layers.BatchNormalization(axis=1)(hidden))
    factors = keras.layers.Dense(n_factors)(returns)
    model = keras.Model([characteristics, returns], keras.layers.Dot(axes=(2, 1))([betas, factors]))
    model.compile(optimizer="adam", loss="mse")
    return model


# %% normalised_before_the_relu
"""The normalisation stands in front of the relu.

Then what reaches the beta layer is cut off at 0 and no longer has mean 0. Here the order is: relu layer,
normalisation, beta layer.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.BatchNormalization()(keras.layers.Dense(hidden_units)(characteristics))
    betas = keras.layers.Dense(n_factors, name="output_beta")(keras.layers.ReLU()(hidden))
    factors = keras.layers.Dense(n_factors)(returns)
    model = keras.Model([characteristics, returns], keras.layers.Dot(axes=(2, 1))([betas, factors]))
    model.compile(optimizer="adam", loss="mse")
    return model


# %% normalised_betas
"""The normalisation stands behind the beta layer.

The betas themselves then have mean 0 and spread 1 in every batch, whatever the characteristics say. What is
normalised are the hidden units.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    betas = keras.layers.BatchNormalization()(keras.layers.Dense(n_factors, name="output_beta")(hidden))
    factors = keras.layers.Dense(n_factors)(returns)
    model = keras.Model([characteristics, returns], keras.layers.Dot(axes=(2, 1))([betas, factors]))
    model.compile(optimizer="adam", loss="mse")
    return model


# %% relu_on_the_betas
"""The beta layer has a relu.

A beta may be negative: the company gains when the factor falls. Only the hidden layer bends; the beta layer is
linear.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    hidden = keras.layers.BatchNormalization()(hidden)
    betas = keras.layers.Dense(n_factors, activation="relu", name="output_beta")(hidden)
    factors = keras.layers.Dense(n_factors)(returns)
    model = keras.Model([characteristics, returns], keras.layers.Dot(axes=(2, 1))([betas, factors]))
    model.compile(optimizer="adam", loss="mse")
    return model


# %% relu_on_the_factors
"""The factor layer has a relu.

A factor is the return of a portfolio: linear in the returns, and negative on every other date. Cut off at 0, it would
know good days only.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    betas = keras.layers.Dense(n_factors, name="output_beta")(keras.layers.BatchNormalization()(hidden))
    factors = keras.layers.Dense(n_factors, activation="relu")(returns)
    model = keras.Model([characteristics, returns], keras.layers.Dot(axes=(2, 1))([betas, factors]))
    model.compile(optimizer="adam", loss="mse")
    return model


# %% hidden_layer_without_relu
"""The hidden layer has no activation.

Two linear layers in a row are one linear layer: the betas could not be a bent function of the characteristics. The
hidden layer needs its relu.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units)(characteristics)
    betas = keras.layers.Dense(n_factors, name="output_beta")(keras.layers.BatchNormalization()(hidden))
    factors = keras.layers.Dense(n_factors)(returns)
    model = keras.Model([characteristics, returns], keras.layers.Dot(axes=(2, 1))([betas, factors]))
    model.compile(optimizer="adam", loss="mse")
    return model


# %% no_hidden_layer
"""There is no hidden layer.

The betas would be a linear function of the normalised characteristics. The relu layer in front makes them bend.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.BatchNormalization()(characteristics)
    betas = keras.layers.Dense(n_factors, name="output_beta")(hidden)
    factors = keras.layers.Dense(n_factors)(returns)
    model = keras.Model([characteristics, returns], keras.layers.Dot(axes=(2, 1))([betas, factors]))
    model.compile(optimizer="adam", loss="mse")
    return model


# %% input_names_swapped
"""The two inputs have each other's names.

Whoever feeds the model by name hands the returns to the beta network. `input_beta` takes the characteristics,
`input_factor` the returns.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_factor")
    returns = keras.Input((n_tickers,), name="input_beta")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    betas = keras.layers.Dense(n_factors, name="output_beta")(keras.layers.BatchNormalization()(hidden))
    factors = keras.layers.Dense(n_factors)(returns)
    model = keras.Model([characteristics, returns], keras.layers.Dot(axes=(2, 1))([betas, factors]))
    model.compile(optimizer="adam", loss="mse")
    return model


# %% inputs_in_the_wrong_order
"""The model takes the returns first.

`model([characteristics, returns])` then fails, or mixes them up. The list of inputs has `input_beta` first,
`input_factor` second.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    betas = keras.layers.Dense(n_factors, name="output_beta")(keras.layers.BatchNormalization()(hidden))
    factors = keras.layers.Dense(n_factors)(returns)
    model = keras.Model([returns, characteristics], keras.layers.Dot(axes=(2, 1))([betas, factors]))
    model.compile(optimizer="adam", loss="mse")
    return model


# %% stray_axis
"""The output keeps an axis of length one.

The product of `(n_tickers, n_factors)` and `(n_factors, 1)` is `(n_tickers, 1)`. Against returns `(batch, n_tickers)`
the loss would compare every ticker with every other. The output has one axis behind the batch.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    betas = keras.layers.Dense(n_factors, name="output_beta")(keras.layers.BatchNormalization()(hidden))
    factors = keras.layers.Reshape((n_factors, 1))(keras.layers.Dense(n_factors)(returns))
    model = keras.Model([characteristics, returns], keras.ops.matmul(betas, factors))
    model.compile(optimizer="adam", loss="mse")
    return model


# %% products_not_summed
"""Betas and factors are multiplied, but not summed.

The return of a ticker is one number: the sum of its products over all factors.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    betas = keras.layers.Dense(n_factors, name="output_beta")(keras.layers.BatchNormalization()(hidden))
    factors = keras.layers.Reshape((1, n_factors))(keras.layers.Dense(n_factors)(returns))
    model = keras.Model([characteristics, returns], keras.layers.Multiply()([betas, factors]))
    model.compile(optimizer="adam", loss="mse")
    return model


# %% mean_over_the_factors
"""The products are averaged over the factors.

The formula has a sum over k. A mean is the sum divided by the number of factors: the betas would have to be that much
larger to make up for it.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    betas = keras.layers.Dense(n_factors, name="output_beta")(keras.layers.BatchNormalization()(hidden))
    factors = keras.layers.Reshape((1, n_factors))(keras.layers.Dense(n_factors)(returns))
    model = keras.Model([characteristics, returns], keras.ops.mean(betas * factors, axis=-1))
    model.compile(optimizer="adam", loss="mse")
    return model


# %% normalised_scalar_product
"""`Dot` is told to normalise.

With `normalize=True` it gives the cosine between betas and factors, which never leaves [-1, 1] and forgets how large
either of them is.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    betas = keras.layers.Dense(n_factors, name="output_beta")(keras.layers.BatchNormalization()(hidden))
    factors = keras.layers.Dense(n_factors)(returns)
    model = keras.Model([characteristics, returns], keras.layers.Dot(axes=(2, 1), normalize=True)([betas, factors]))
    model.compile(optimizer="adam", loss="mse")
    return model


# %% mean_absolute_error
"""The model is compiled with the mean absolute error.

The question asks for the mean squared error, `loss="mse"`.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    betas = keras.layers.Dense(n_factors, name="output_beta")(keras.layers.BatchNormalization()(hidden))
    factors = keras.layers.Dense(n_factors)(returns)
    model = keras.Model([characteristics, returns], keras.layers.Dot(axes=(2, 1))([betas, factors]))
    model.compile(optimizer="adam", loss="mae")
    return model


# %% plain_gradient_descent
"""The model is compiled with plain gradient descent.

The question asks for Adam, `optimizer="adam"`. It adapts its steps to each weight, which the two very different
halves of this model need.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    betas = keras.layers.Dense(n_factors, name="output_beta")(keras.layers.BatchNormalization()(hidden))
    factors = keras.layers.Dense(n_factors)(returns)
    model = keras.Model([characteristics, returns], keras.layers.Dot(axes=(2, 1))([betas, factors]))
    model.compile(optimizer="sgd", loss="mse")
    return model


# %% beta_layer_without_its_name
"""No layer is named `output_beta`.

The name is how the betas are found again in the finished model: `model.get_layer("output_beta")`.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    betas = keras.layers.Dense(n_factors)(keras.layers.BatchNormalization()(hidden))
    factors = keras.layers.Dense(n_factors)(returns)
    model = keras.Model([characteristics, returns], keras.layers.Dot(axes=(2, 1))([betas, factors]))
    model.compile(optimizer="adam", loss="mse")
    return model


# %% factor_layer_without_bias
"""The factor layer has no bias.

Each Dense layer of this model keeps its bias, the default. `parameter_count` counts it, too.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    betas = keras.layers.Dense(n_factors, name="output_beta")(keras.layers.BatchNormalization()(hidden))
    factors = keras.layers.Dense(n_factors, use_bias=False)(returns)
    model = keras.Model([characteristics, returns], keras.layers.Dot(axes=(2, 1))([betas, factors]))
    model.compile(optimizer="adam", loss="mse")
    return model


# %% beta_layer_without_bias
"""The beta layer has no bias.

Each Dense layer of this model keeps its bias, the default: it is the beta of a ticker whose normalized hidden units
are all 0.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    hidden = keras.layers.BatchNormalization()(hidden)
    betas = keras.layers.Dense(n_factors, use_bias=False, name="output_beta")(hidden)
    factors = keras.layers.Dense(n_factors)(returns)
    model = keras.Model([characteristics, returns], keras.layers.Dot(axes=(2, 1))([betas, factors]))
    model.compile(optimizer="adam", loss="mse")
    return model


# %% not_compiled
"""The model is not compiled.

`fit` needs a loss and an optimizer: call `model.compile` before you return the model.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    betas = keras.layers.Dense(n_factors, name="output_beta")(keras.layers.BatchNormalization()(hidden))
    factors = keras.layers.Dense(n_factors)(returns)
    model = keras.Model([characteristics, returns], keras.layers.Dot(axes=(2, 1))([betas, factors]))
    return model


# %% tanh_in_the_hidden_layer
"""The hidden layer has another activation than relu.

The question asks for `activation="relu"`.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="tanh")(characteristics)
    betas = keras.layers.Dense(n_factors, name="output_beta")(keras.layers.BatchNormalization()(hidden))
    factors = keras.layers.Dense(n_factors)(returns)
    model = keras.Model([characteristics, returns], keras.layers.Dot(axes=(2, 1))([betas, factors]))
    model.compile(optimizer="adam", loss="mse")
    return model


# %% normalization_frozen
"""The batch normalization always runs in inference mode.

Called with `training=False` while the model is built, it never uses the batch and never learns its moving statistics.
Leave the argument out: Keras passes the mode.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    hidden = keras.layers.BatchNormalization()(hidden, training=False)
    betas = keras.layers.Dense(n_factors, name="output_beta")(hidden)
    factors = keras.layers.Dense(n_factors)(returns)
    model = keras.Model([characteristics, returns], keras.layers.Dot(axes=(2, 1))([betas, factors]))
    model.compile(optimizer="adam", loss="mse")
    return model


# %% softmax_over_the_factors
"""The betas go through a softmax.

Betas are not shares: they may be negative, and need not add up to 1. The beta layer is linear.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    hidden = keras.layers.BatchNormalization()(hidden)
    betas = keras.layers.Dense(n_factors, activation="softmax", name="output_beta")(hidden)
    factors = keras.layers.Dense(n_factors)(returns)
    model = keras.Model([characteristics, returns], keras.layers.Dot(axes=(2, 1))([betas, factors]))
    model.compile(optimizer="adam", loss="mse")
    return model


# %% layers_shared_by_all_models
"""The layers are created once, outside of `make_model`.

Every model then trains the same weights. Create the layers inside the function, so that each call makes new ones.
"""

made = {}


def once(key, layer):
    return made.setdefault(key, layer)


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    hidden = once(("norm", hidden_units), keras.layers.BatchNormalization())(hidden)
    betas = keras.layers.Dense(n_factors, name="output_beta")(hidden)
    factors = keras.layers.Dense(n_factors)(returns)
    model = keras.Model([characteristics, returns], keras.layers.Dot(axes=(2, 1))([betas, factors]))
    model.compile(optimizer="adam", loss="mse")
    return model


# %% default_sizes_instead_of_the_arguments
"""The argument `hidden_units` is not used.

The relu layer has the number of units that the argument says, not always 8.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(8, activation="relu")(characteristics)
    betas = keras.layers.Dense(n_factors, name="output_beta")(keras.layers.BatchNormalization()(hidden))
    factors = keras.layers.Dense(n_factors)(returns)
    model = keras.Model([characteristics, returns], keras.layers.Dot(axes=(2, 1))([betas, factors]))
    model.compile(optimizer="adam", loss="mse")
    return model
