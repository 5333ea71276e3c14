# %% tau_swapped_in_class
"""The class prices the wrong side: it uses 1 - tau for tau.

A prediction that is too low must cost `tau`. Compare the class with the function for an error of +1 and `tau` 0.9.
"""


class PinballLoss(keras.losses.Loss):
    def __init__(self, tau, reduction="sum_over_batch_size", name="pinball_loss"):
        super().__init__(reduction=reduction, name=name)
        self.tau = tau

    def call(self, y_true, y_pred):
        error = y_pred - y_true
        return keras.ops.mean(keras.ops.maximum(self.tau * error, (self.tau - 1) * error), axis=-1)

    def get_config(self):
        return {**super().get_config(), "tau": self.tau}


# %% arguments_swapped
"""`y_true` and `y_pred` are handed over in the wrong order.

Keras calls a loss with the target first. Swapped, a prediction that is too low is taken for one that is too high, and the
other quantile is learned.
"""


class PinballLoss(keras.losses.Loss):
    def __init__(self, tau, reduction="sum_over_batch_size", name="pinball_loss"):
        super().__init__(reduction=reduction, name=name)
        self.tau = tau

    def call(self, y_true, y_pred):
        return pinball_loss(self.tau)(y_pred, y_true)

    def get_config(self):
        return {**super().get_config(), "tau": self.tau}


# %% config_missing
"""There is no `get_config`, so `tau` is lost when a model is saved.

Loading calls `PinballLoss(**config)` with what the base class stored, which does not include `tau`. Write a
`get_config` that adds it.
"""


class PinballLoss(keras.losses.Loss):
    def __init__(self, tau, reduction="sum_over_batch_size", name="pinball_loss"):
        super().__init__(reduction=reduction, name=name)
        self.tau = tau

    def call(self, y_true, y_pred):
        return pinball_loss(self.tau)(y_true, y_pred)


# %% config_without_the_base
"""`get_config` returns `tau` only, so the reduction is lost when a model is saved.

The loaded loss falls back on the default reduction and trains with gradients of another size. The base class has a
`get_config` of its own: start from what it returns.
"""


class PinballLoss(keras.losses.Loss):
    def __init__(self, tau, reduction="sum_over_batch_size", name="pinball_loss"):
        super().__init__(reduction=reduction, name=name)
        self.tau = tau

    def call(self, y_true, y_pred):
        return pinball_loss(self.tau)(y_true, y_pred)

    def get_config(self):
        return {"tau": self.tau}


# %% default_tau_after_loading
"""`tau` has a default and is missing from the configuration: a loaded model silently gets the default.

Nothing raises, since `__init__` can do without `tau`; the model just goes on with another quantile. Each argument of
`__init__` belongs in `get_config`.
"""


class PinballLoss(keras.losses.Loss):
    def __init__(self, tau=0.5, reduction="sum_over_batch_size", name="pinball_loss"):
        super().__init__(reduction=reduction, name=name)
        self.tau = tau

    def call(self, y_true, y_pred):
        return pinball_loss(self.tau)(y_true, y_pred)


# %% reduction_not_passed_on
"""`__init__` takes `reduction` and does not pass it on.

The base class then uses its default, whatever was asked for. Pass `reduction` to `super().__init__`.
"""


class PinballLoss(keras.losses.Loss):
    def __init__(self, tau, reduction="sum_over_batch_size", name="pinball_loss"):
        super().__init__(name=name)
        self.tau = tau

    def call(self, y_true, y_pred):
        return pinball_loss(self.tau)(y_true, y_pred)

    def get_config(self):
        return {**super().get_config(), "tau": self.tau}


# %% base_not_initialised
"""`super().__init__` is never called.

`reduction`, `name` and the dtype live in the base class, and its `__call__` looks for them. Call its `__init__` first.
"""


class PinballLoss(keras.losses.Loss):
    def __init__(self, tau, reduction="sum_over_batch_size", name="pinball_loss"):
        self.tau = tau

    def call(self, y_true, y_pred):
        return pinball_loss(self.tau)(y_true, y_pred)

    def get_config(self):
        return {**super().get_config(), "tau": self.tau}


# %% scalar_from_call
"""`call` returns one number for the whole batch.

Then the weights multiply the mean, not the single losses, and there is nothing left to reduce. `call` stops at one loss
per example; the base class does the rest.
"""


class PinballLoss(keras.losses.Loss):
    def __init__(self, tau, reduction="sum_over_batch_size", name="pinball_loss"):
        super().__init__(reduction=reduction, name=name)
        self.tau = tau

    def call(self, y_true, y_pred):
        return keras.ops.mean(pinball_loss(self.tau)(y_true, y_pred))

    def get_config(self):
        return {**super().get_config(), "tau": self.tau}


# %% no_mean_in_call
"""`call` returns a loss for each component instead of each example.

The components of one target form the last axis; their mean is the loss of the example. Without it, "sum" adds up
`n` times too much.
"""


class PinballLoss(keras.losses.Loss):
    def __init__(self, tau, reduction="sum_over_batch_size", name="pinball_loss"):
        super().__init__(reduction=reduction, name=name)
        self.tau = tau

    def call(self, y_true, y_pred):
        error = y_true - y_pred
        return keras.ops.maximum(self.tau * error, (self.tau - 1) * error)

    def get_config(self):
        return {**super().get_config(), "tau": self.tau}


# %% weights_dropped
"""`__call__` is overridden, and with it the weighting and the reduction are gone.

The base class's `__call__` does three things: it calls `call`, applies `sample_weight`, and reduces. Override `call`, the
one step that is yours.
"""


class PinballLoss(keras.losses.Loss):
    def __init__(self, tau, reduction="sum_over_batch_size", name="pinball_loss"):
        super().__init__(reduction=reduction, name=name)
        self.tau = tau

    def __call__(self, y_true, y_pred, sample_weight=None):
        return keras.ops.mean(pinball_loss(self.tau)(y_true, y_pred))

    def get_config(self):
        return {**super().get_config(), "tau": self.tau}


# %% tau_shared_by_all
"""`tau` is stored on the class, so all losses share the one that was made last.

Three losses for three quantiles are then three times the same loss. What belongs to one object goes on `self`.
"""


class PinballLoss(keras.losses.Loss):
    def __init__(self, tau, reduction="sum_over_batch_size", name="pinball_loss"):
        super().__init__(reduction=reduction, name=name)
        PinballLoss.tau = tau

    def call(self, y_true, y_pred):
        return pinball_loss(PinballLoss.tau)(y_true, y_pred)

    def get_config(self):
        return {**super().get_config(), "tau": PinballLoss.tau}


# %% numpy_in_call
"""`call` computes with NumPy, so the model gets no gradient.

The value is right, but the tape did not record how it was computed, and in graph mode there are no values yet. Use
the operations of `keras.ops` or `tf`.
"""


class PinballLoss(keras.losses.Loss):
    def __init__(self, tau, reduction="sum_over_batch_size", name="pinball_loss"):
        super().__init__(reduction=reduction, name=name)
        self.tau = tau

    def call(self, y_true, y_pred):
        error = np.asarray(y_true) - np.asarray(y_pred)
        return np.mean(np.maximum(self.tau * error, (self.tau - 1) * error), axis=-1)

    def get_config(self):
        return {**super().get_config(), "tau": self.tau}


# %% name_not_passed_on
"""`__init__` takes `name` and does not pass it on.

The loss, and the one that Keras loads from its configuration, then have another name than the one asked for. The base
class keeps `name`, as it keeps `reduction`: tell it both.
"""


class PinballLoss(keras.losses.Loss):
    def __init__(self, tau, reduction="sum_over_batch_size", name="pinball_loss"):
        super().__init__(reduction=reduction)
        self.tau = tau

    def call(self, y_true, y_pred):
        return pinball_loss(self.tau)(y_true, y_pred)

    def get_config(self):
        return {**super().get_config(), "tau": self.tau}


# %% tau_as_text
"""The configuration holds `tau` as text, so a loaded loss computes with a string.

`get_config` must return plain values that `__init__` takes as they are: a number stays a number.
"""


class PinballLoss(keras.losses.Loss):
    def __init__(self, tau, reduction="sum_over_batch_size", name="pinball_loss"):
        super().__init__(reduction=reduction, name=name)
        self.tau = tau

    def call(self, y_true, y_pred):
        return pinball_loss(self.tau)(y_true, y_pred)

    def get_config(self):
        return {**super().get_config(), "tau": str(self.tau)}
