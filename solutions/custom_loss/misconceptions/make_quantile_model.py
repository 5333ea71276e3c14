# %% ordinary_loss
"""The model predicts the mean or the median of the targets, whatever `tau` is.

Often it is compiled with an ordinary loss: squared error gives the conditional mean, absolute error the median. Compile
the model with the pinball loss for `tau`.
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
"""The model predicts exactly 0 where all features are 0.

For the average example all standardized features are 0, but its quantile is not 0. Often a layer has `use_bias=False`:
only a bias can move this prediction.
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
"""After 300 epochs the model is still far from the quantile.

Often the learning rate is too small: the gradient of the pinball loss is `tau` or `1 - tau`, however far away the
prediction is. Strong regularization keeps the weights back, too.
"""


def make_quantile_model(n_features, tau):
    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(1e-6), loss=PinballLoss(tau))
    return model


# %% relu_at_the_end
"""The model cannot predict negative numbers.

Half of the standardized targets are negative. Often the last layer has a `relu`: where it returns 0 its gradient is
also 0. Use no activation in the last layer, and nothing after it.
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
"""The model predicts `n_features` numbers per target instead of one.

`n_features` is the size of the input. The quantile of one target is one number: give the last layer one unit.
"""


def make_quantile_model(n_features, tau):
    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(n_features)])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=PinballLoss(tau))
    return model


# %% tanh_at_the_end
"""The model cannot predict numbers beyond -1 and 1.

Standardized targets lie between about -3 and 3, and a high quantile is often above 1. Often the last layer has a
`tanh`. Use no activation there, and nothing after it.
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

Check that the features reach the output. Often a normalization removes them: `LayerNormalization` over a single unit
subtracts the unit's own value, and only the learned offset is left.
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
"""Predictions have limits on both sides, whatever the weights are.

No target beyond the limits can be predicted. Often the output is a scaled `tanh`, or is clipped: return the output of
the last `Dense` layer as it is.
"""


def make_quantile_model(n_features, tau):
    inputs = keras.Input((n_features,))
    outputs = 4.0 * keras.layers.Dense(1, activation="tanh")(keras.layers.Dense(16, activation="relu")(inputs))
    model = keras.Model(inputs, outputs)
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss=PinballLoss(tau))
    return model


# %% cut_off_below
"""Predictions have a lower limit, whatever the weights are.

The data of the check hardly go that far, but others do: the quantile may be any real number. Return the output of the
last `Dense` layer as it is.
"""


def make_quantile_model(n_features, tau):
    inputs = keras.Input((n_features,))
    outputs = keras.layers.Dense(1)(keras.layers.Dense(16, activation="relu")(inputs))
    model = keras.Model(inputs, keras.ops.maximum(outputs, -3.0))
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss=PinballLoss(tau))
    return model


# %% one_model_for_all
"""Models for different `tau` share their weights.

Training one then changes the other. Often the model or its layers are made outside of the function, or kept from an
earlier call. Make new ones in each call.
"""
_made = {}


def make_quantile_model(n_features, tau):
    if n_features not in _made:
        _made[n_features] = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1)])
    _made[n_features].compile(optimizer=keras.optimizers.Adam(0.01), loss=PinballLoss(tau))
    return _made[n_features]


# %% strong_penalty
"""A penalty on the weights pulls the predictions towards 0.

The minimum of loss and penalty together is not the quantile. A small model does not overfit: leave the penalty out.
"""


def make_quantile_model(n_features, tau):
    penalty = keras.regularizers.L2(0.1)
    output = keras.layers.Dense(1, kernel_regularizer=penalty, bias_regularizer=penalty)
    model = keras.Sequential([keras.Input((n_features,)), output])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=PinballLoss(tau))
    return model


# %% kept_for_the_same_arguments
"""A second call with the same arguments returns the same model, which may be trained already.

Often the function has a cache. Each call must make a new model.
"""
import functools


@functools.lru_cache
def make_quantile_model(n_features, tau):
    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=PinballLoss(tau))
    return model


# %% errors_squared
"""The model predicts an expectile instead of a quantile.

The errors in its loss are squared, so a few far targets count more than many near ones. A quantile only counts the
targets on each side: leave the errors as they are.
"""


def make_quantile_model(n_features, tau):
    def loss_fn(y_true, y_pred):
        error = y_true - y_pred
        return tf.reduce_mean(tf.where(error > 0, tau, 1 - tau) * tf.square(error), axis=-1)

    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=loss_fn)
    return model


# %% mean_and_a_constant
"""The prediction is the mean, moved by the same number for every example.

How far a quantile lies from the mean depends on the spread of the targets, which differs between examples. Let the
model learn the quantile itself: use a loss whose minimum is the quantile.
"""


def make_quantile_model(n_features, tau):
    moved = 0.67 if tau > 0.5 else -0.67

    def loss_fn(y_true, y_pred):
        return tf.reduce_mean(tf.square(y_true + moved - y_pred), axis=-1)

    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=loss_fn)
    return model
