# %% flatten_before_the_beta_network
"""Every beta depends on the characteristics of every ticker.

Often the characteristics are flattened into one long row: the number of weights then grows with the square of the
number of tickers. Call the Dense layer on the whole tensor: it applies the same weights to each ticker.
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


# %% decaying_learning_rate
"""The learning rate follows a schedule.

It must be fixed: a rate that follows a schedule cannot be set to another value later. Pass a number to Adam, or nothing.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    betas = keras.layers.Dense(n_factors, name="output_beta")(keras.layers.BatchNormalization()(hidden))
    factors = keras.layers.Dense(n_factors)(returns)
    model = keras.Model([characteristics, returns], keras.layers.Dot(axes=(2, 1))([betas, factors]))
    schedule = keras.optimizers.schedules.ExponentialDecay(0.001, decay_steps=1000, decay_rate=0.9)
    model.compile(optimizer=keras.optimizers.Adam(schedule), loss="mse")
    return model


# %% weights_for_each_ticker
"""Each ticker has its own weights.

They do not help with a company that the model has never seen. Call one layer on the whole tensor: it applies the same
weights to each ticker.
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

The sum in the formula runs over the factors: axis 2 of the betas, axis 1 of the factors. The axis of the
tickers remains.
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
"""The "factors" of a ticker come from its own return only.

A factor is common to all tickers: the factor layer takes the returns as one row of length n_tickers. Often there is an
axis after the tickers.
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
"""There is no batch normalization.

Add `keras.layers.BatchNormalization()` between the relu layer and the beta layer.
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
"""A layer normalization is used in place of the batch normalization.

A layer normalization normalizes each row over its units. The batch normalization normalizes each unit over all dates
and tickers.
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
"""Each ticker has its own mean and scale in the normalization.

Two tickers with equal characteristics then get different betas. Often it has `axis=1`. Leave `axis` at its default, -1:
one mean and scale per hidden unit.
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
"""The batch normalization comes before the relu.

The order in this model is: relu layer, batch normalization, beta layer.
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
"""The batch normalization comes after the beta layer.

The order in this model is: relu layer, batch normalization, beta layer.
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
"""The betas are never negative, as after a relu.

A beta may be negative: then the return rises when the factor falls. The beta layer is linear; only the hidden layer has
an activation.
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
"""The factors are never negative, as after a relu.

A factor is the return of a portfolio: linear in the returns, and negative on many dates. The factor layer is linear.
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

Two linear layers in a row are one linear map: the betas could not be a curved function of the characteristics. Give the
hidden layer `activation="relu"`.
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

The betas are then a linear function of the characteristics. Add the relu layer with `hidden_units` units.
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
"""The names of the two inputs are swapped.

`input_beta` takes the characteristics, `input_factor` the returns.
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
"""The list of inputs has the returns first.

List `input_beta` first and `input_factor` second in `keras.Model([...], ...)`.
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

With returns `(batch, n_tickers)`, the loss then compares every ticker with every other. Often the product of
`(n_tickers, n_factors)` and `(n_factors, 1)` is returned. The output has one axis after the batch.
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

The formula has a sum over the factors, not a mean.
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
"""The output is the cosine of the angle between betas and factors.

It is always between -1 and 1. Often `Dot` has `normalize=True`: leave the argument out.
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

The question asks for Adam, `optimizer="adam"`.
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

Pass `name="output_beta"` to the beta layer. `model.get_layer("output_beta")` finds it in the finished model.
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

Each Dense layer of this model keeps its bias, as is the default. `parameter_count` counts it, too.
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

Each Dense layer of this model keeps its bias, as is the default. Here the bias is the beta of a ticker whose normalized
hidden units are all 0.
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
"""The activation of the hidden layer is not relu.

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
"""The moving statistics of the batch normalization never change.

With `trainable=False` it always runs in inference mode, and never learns them. Leave the argument out.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    hidden = keras.layers.BatchNormalization(trainable=False)(hidden)
    betas = keras.layers.Dense(n_factors, name="output_beta")(hidden)
    factors = keras.layers.Dense(n_factors)(returns)
    model = keras.Model([characteristics, returns], keras.layers.Dot(axes=(2, 1))([betas, factors]))
    model.compile(optimizer="adam", loss="mse")
    return model


# %% softmax_over_the_factors
"""The betas go through a softmax.

Betas are not probabilities: they may be negative, and do not have to add up to 1. The beta layer is linear.
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
"""All models share the same weights.

Often the layers are created once, outside of `make_model`. Create them inside the function, so that each call makes new
ones.
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
"""The relu layer does not have `hidden_units` units.

It has the same number for every value of the argument: use the argument.
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


# %% n_factors_not_used
"""The linear layers do not have `n_factors` units.

They have the same number for every value of the argument: use the argument.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    betas = keras.layers.Dense(3, name="output_beta")(keras.layers.BatchNormalization()(hidden))
    factors = keras.layers.Dense(3)(returns)
    model = keras.Model([characteristics, returns], keras.layers.Dot(axes=(2, 1))([betas, factors]))
    model.compile(optimizer="adam", loss="mse")
    return model


# %% tanh_on_the_factors
"""The factor layer has a tanh.

A factor is the return of a portfolio, plus a constant: a linear function of the returns.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    betas = keras.layers.Dense(n_factors, name="output_beta")(keras.layers.BatchNormalization()(hidden))
    factors = keras.layers.Dense(n_factors, activation="tanh")(returns)
    fitted = keras.layers.Dot(axes=(2, 1))([betas, factors])
    model = keras.Model([characteristics, returns], fitted)
    model.compile(optimizer="adam", loss="mse")
    return model


# %% sizes_read_at_the_definition
"""The sizes of the panel are those of the moment when the cell ran.

Often they are read in the defaults of arguments. Read the globals `n_tickers` and `n_characteristics` inside
`make_model`.
"""


def make_model(hidden_units=8, n_factors=3, tickers=n_tickers, characteristics_=n_characteristics):
    characteristics = keras.Input((tickers, characteristics_), name="input_beta")
    returns = keras.Input((tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    betas = keras.layers.Dense(n_factors, name="output_beta")(keras.layers.BatchNormalization()(hidden))
    factors = keras.layers.Dense(n_factors)(returns)
    fitted = keras.layers.Dot(axes=(2, 1))([betas, factors])
    model = keras.Model([characteristics, returns], fitted)
    model.compile(optimizer="adam", loss="mse")
    return model


# %% dense_after_the_product
"""There is one more layer after the scalar product.

The output is the scalar product itself. A layer over the tickers mixes their returns.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    betas = keras.layers.Dense(n_factors, name="output_beta")(keras.layers.BatchNormalization()(hidden))
    factors = keras.layers.Dense(n_factors)(returns)
    fitted = keras.layers.Dot(axes=(2, 1))([betas, factors])
    model = keras.Model([characteristics, returns], keras.layers.Dense(n_tickers)(fitted))
    model.compile(optimizer="adam", loss="mse")
    return model


# %% normalization_without_scale
"""The batch normalization has no scale.

Keep the default settings: a scale and a shift, which are trained, for each hidden unit.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    normed = keras.layers.BatchNormalization(scale=False)(hidden)
    betas = keras.layers.Dense(n_factors, name="output_beta")(normed)
    factors = keras.layers.Dense(n_factors)(returns)
    fitted = keras.layers.Dot(axes=(2, 1))([betas, factors])
    model = keras.Model([characteristics, returns], fitted)
    model.compile(optimizer="adam", loss="mse")
    return model


# %% summed_squared_error
"""The squared errors of a batch are summed, not averaged.

The loss, and so the gradient, then grows with the batch size. `"mse"` averages over dates and tickers.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    betas = keras.layers.Dense(n_factors, name="output_beta")(keras.layers.BatchNormalization()(hidden))
    factors = keras.layers.Dense(n_factors)(returns)
    fitted = keras.layers.Dot(axes=(2, 1))([betas, factors])
    model = keras.Model([characteristics, returns], fitted)
    model.compile(optimizer="adam", loss=keras.losses.MeanSquaredError(reduction="sum"))
    return model


# %% noise_in_training
"""In training, equal dates have different outputs.

Often because of dropout or noise. The drawing has none. With so few factors, each one that is switched off takes a
large part of the returns away.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    betas = keras.layers.Dense(n_factors, name="output_beta")(keras.layers.BatchNormalization()(hidden))
    factors = keras.layers.Dropout(0.2)(keras.layers.Dense(n_factors)(returns))
    model = keras.Model([characteristics, returns], keras.layers.Dot(axes=(2, 1))([betas, factors]))
    model.compile(optimizer="adam", loss="mse")
    return model


# %% beta_half_cut_off
"""No gradient reaches the beta half.

Only the factor layer learns. Often `stop_gradient` or NumPy makes the betas constants. Both halves must be trained
together.
"""


def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input((n_tickers, n_characteristics), name="input_beta")
    returns = keras.Input((n_tickers,), name="input_factor")
    hidden = keras.layers.Dense(hidden_units, activation="relu")(characteristics)
    betas = keras.layers.Dense(n_factors, name="output_beta")(keras.layers.BatchNormalization()(hidden))
    factors = keras.layers.Dense(n_factors)(returns)
    product = keras.layers.Dot(axes=(2, 1))([keras.ops.stop_gradient(betas), factors])
    model = keras.Model([characteristics, returns], product)
    model.compile(optimizer="adam", loss="mse")
    return model
