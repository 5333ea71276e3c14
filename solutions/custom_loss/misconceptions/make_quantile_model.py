# %% ordinary_loss
"""The model is compiled with an ordinary loss instead of a loss made for `tau`.

Mean squared error gives the conditional mean and absolute error the median; neither depends on `tau`. Compile the model
with the pinball loss for `tau`.
"""


def make_quantile_model(n_features, tau):
    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
    return model


# %% other_quantile
"""The loss is made with `1 - tau` instead of `tau`.

For tau = 0.9, nine of ten targets must lie below the prediction. If only one of ten does, check how `tau` is passed
from the model to the loss.
"""


def make_quantile_model(n_features, tau):
    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=PinballLoss(1 - tau))
    return model


# %% no_bias
"""The model has no bias, so it predicts exactly 0 where all features are 0.

For the average example all standardized features are 0, but its quantile is not 0. Without a bias, the prediction there
is always 0.
"""


def make_quantile_model(n_features, tau):
    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=PinballLoss(tau))
    return model


# %% not_compiled
"""The model is not compiled.

Without a loss and an optimizer the model cannot be trained. Call `compile` with an optimizer and your loss.
"""


def make_quantile_model(n_features, tau):
    return keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1)])


# %% steps_too_small
"""The learning rate is so small that the model does not reach the quantile in 300 epochs.

The gradient of the pinball loss does not grow with the distance: its factor is `tau` or `1 - tau`, however far away the
prediction is. Use a larger learning rate.
"""


def make_quantile_model(n_features, tau):
    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(1e-6), loss=PinballLoss(tau))
    return model


# %% relu_at_the_end
"""The last layer has a `relu`, so the model cannot predict negative numbers.

Half of the standardized targets are negative. Where `relu` returns 0 its gradient is also 0, so training stops there.
Use no activation in the last layer.
"""


def make_quantile_model(n_features, tau):
    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(1, activation="relu"),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=PinballLoss(tau))
    return model


# %% one_output_per_feature
"""The output layer has `n_features` units, so there are several predictions per target.

`n_features` is the size of the input. The quantile of one target is one number.
"""


def make_quantile_model(n_features, tau):
    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(n_features)])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=PinballLoss(tau))
    return model


# %% tanh_at_the_end
"""The last layer has a `tanh`, so the model cannot predict numbers beyond -1 and 1.

Standardized targets lie between about -3 and 3, and a high quantile is often above 1. Use no activation in the last
layer.
"""


def make_quantile_model(n_features, tau):
    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(1, activation="tanh"),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss=PinballLoss(tau))
    return model


# %% tau_ignored
"""The loss is made with a fixed quantile instead of the model's `tau`.

Every model then learns the same quantile. Pass the argument `tau` to the loss.
"""


def make_quantile_model(n_features, tau):
    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=PinballLoss(0.9))
    return model


# %% one_number_for_all
"""The model predicts the same number for every example.

Check that the features reach the output. For example, `LayerNormalization` over a single unit subtracts the unit's own
value, and only the learned offset is left. Normalize hidden layers, not the output.
"""


def make_quantile_model(n_features, tau):
    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(12, activation="tanh"),
            keras.layers.Dense(1),
            keras.layers.LayerNormalization(),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=PinballLoss(tau))
    return model


# %% last_axis_dropped
"""The model predicts shape `(batch,)` instead of `(batch, 1)`.

The targets have shape `(batch, 1)`. Without the last axis, targets minus predictions can broadcast to `(batch, batch)`,
and a mean over the last axis is a mean over the batch. Keep the shape that `Dense(1)` returns.
"""


def make_quantile_model(n_features, tau):
    inputs = keras.Input((n_features,))
    outputs = keras.layers.Dense(1)(inputs)[:, 0]
    model = keras.Model(inputs, outputs)
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=PinballLoss(tau))
    return model


# %% scaled_tanh_at_the_end
"""The output is a scaled `tanh`, so predictions have limits on both sides.

It learns standardized targets, but no target beyond its factor can be predicted. Use no activation in the last layer.
"""


def make_quantile_model(n_features, tau):
    inputs = keras.Input((n_features,))
    outputs = 4.0 * keras.layers.Dense(1, activation="tanh")(keras.layers.Dense(16, activation="relu")(inputs))
    model = keras.Model(inputs, outputs)
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss=PinballLoss(tau))
    return model


# %% cut_off_below
"""Predictions below -3 are cut off.

The data of the check hardly go that far, but others do: the quantile may be any real number. Return the output of the
last layer as it is.
"""


def make_quantile_model(n_features, tau):
    inputs = keras.Input((n_features,))
    outputs = keras.layers.Dense(1)(keras.layers.Dense(16, activation="relu")(inputs))
    model = keras.Model(inputs, keras.ops.maximum(outputs, -3.0))
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss=PinballLoss(tau))
    return model


# %% one_model_for_all
"""The model is made once and compiled again for each `tau`.

The second call then trains the weights of the first model on, and both predict the same. Make a new model in each call.
"""
_made = {}


def make_quantile_model(n_features, tau):
    if n_features not in _made:
        _made[n_features] = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1)])
    _made[n_features].compile(optimizer=keras.optimizers.Adam(0.01), loss=PinballLoss(tau))
    return _made[n_features]
