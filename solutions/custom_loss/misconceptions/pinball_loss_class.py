# %% tau_swapped_in_class
"""The class computes the loss for `1 - tau`.

Per unit of error, a prediction that is too low must cost `tau`. Check the two factors and the order of `y_true` and
`y_pred`, with an error of +1 at tau = 0.9.
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
"""Target and prediction have changed places in the loss.

Keras calls a loss with the target first. If the two are swapped, a prediction that is too low counts as too high, and
the model learns the `1 - tau` quantile.
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
"""`tau` is lost when a model is saved.

Loading calls `PinballLoss(**config)`, and the config has no `tau`. Often there is no `get_config`, and that of the base
class does not know `tau`. Write one that adds it.
"""


class PinballLoss(keras.losses.Loss):
    def __init__(self, tau, reduction="sum_over_batch_size", name="pinball_loss"):
        super().__init__(reduction=reduction, name=name)
        self.tau = tau

    def call(self, y_true, y_pred):
        return pinball_loss(self.tau)(y_true, y_pred)


# %% config_without_the_base
"""The reduction is lost when a model is saved.

The loaded loss then uses the default reduction. Often `get_config` returns `tau` only. Start from what
`super().get_config()` returns, and add `tau`.
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
"""A loaded loss uses the default of `tau`, not the `tau` that was saved.

Often `tau` is missing from `get_config`. No error is raised, because `__init__` does not require it. Return every
argument of `__init__` from `get_config`.
"""


class PinballLoss(keras.losses.Loss):
    def __init__(self, tau=0.5, reduction="sum_over_batch_size", name="pinball_loss"):
        super().__init__(reduction=reduction, name=name)
        self.tau = tau

    def call(self, y_true, y_pred):
        return pinball_loss(self.tau)(y_true, y_pred)


# %% reduction_not_passed_on
"""The loss has the default reduction, whatever was asked for.

Often `reduction` does not reach the base class: pass it to `super().__init__`. What is assigned to `self.reduction`
before that call is overwritten.
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

`super().__init__` sets `reduction`, `name` and the dtype, which `__call__` needs. Call it first.
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

Then the weights multiply the mean instead of each loss, and there is nothing left to reduce. Return one loss per
example; the base class does the rest.
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
"""`call` returns one loss per component instead of one per example.

The last axis holds the components of one target; their mean is the loss of the example. Without the mean, the reduction
"sum" is `n` times too large.
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
"""Weights and reduction are not applied.

The `__call__` of the base class calls `call`, applies `sample_weight`, and reduces. Often it is overridden: override
only `call`.
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
"""All losses of the class use the `tau` of the last one made.

Three losses for three quantiles are then the same loss. Often `tau` is stored on the class or in a global. Store it on
`self`.
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
"""In `call`, NumPy is given tensors to compute with.

In graph mode, tensors have no values that NumPy could read, and the tape does not record what NumPy does. Compute with
`keras.ops` or `tf`.
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
"""The loss does not keep the name that it is given.

Often `__init__` does not pass `name` to the base class, so the loss has the default name. Pass both `name` and
`reduction` to `super().__init__`.
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
"""`get_config` returns `tau` as a string, so a loaded loss computes with a string.

`get_config` must return plain values that `__init__` can take as they are: keep a number a number.
"""


class PinballLoss(keras.losses.Loss):
    def __init__(self, tau, reduction="sum_over_batch_size", name="pinball_loss"):
        super().__init__(reduction=reduction, name=name)
        self.tau = tau

    def call(self, y_true, y_pred):
        return pinball_loss(self.tau)(y_true, y_pred)

    def get_config(self):
        return {**super().get_config(), "tau": str(self.tau)}


# %% sum_by_default
"""The default of `reduction` is "sum" instead of "sum_over_batch_size".

Without `reduction`, a Keras loss is the mean over the batch. A sum grows with the batch size.
"""


class PinballLoss(keras.losses.Loss):
    def __init__(self, tau, reduction="sum", name="pinball_loss"):
        super().__init__(reduction=reduction, name=name)
        self.tau = tau

    def call(self, y_true, y_pred):
        return pinball_loss(self.tau)(y_true, y_pred)

    def get_config(self):
        return {**super().get_config(), "tau": self.tau}


# %% none_by_default
"""The default of `reduction` is None instead of "sum_over_batch_size".

Without `reduction`, a Keras loss is the mean over the batch. Keep the default of the first line of `__init__`.
"""


class PinballLoss(keras.losses.Loss):
    def __init__(self, tau, reduction=None, name="pinball_loss"):
        super().__init__(reduction=reduction, name=name)
        self.tau = tau

    def call(self, y_true, y_pred):
        return pinball_loss(self.tau)(y_true, y_pred)

    def get_config(self):
        return {**super().get_config(), "tau": self.tau}


# %% tau_rounded_in_config
"""`get_config` returns `tau` rounded to two decimals.

A loss for tau = 0.125 is then loaded as one for 0.12. Return `tau` as it was given.
"""


class PinballLoss(keras.losses.Loss):
    def __init__(self, tau, reduction="sum_over_batch_size", name="pinball_loss"):
        super().__init__(reduction=reduction, name=name)
        self.tau = tau

    def call(self, y_true, y_pred):
        return pinball_loss(self.tau)(y_true, y_pred)

    def get_config(self):
        return {**super().get_config(), "tau": round(self.tau, 2)}


# %% none_lost_in_config
"""A loss with the reduction "none" takes the mean after loading.

"none" is a choice like the others, and not the default. Often it is missing from the config: `super().get_config()`
contains the reduction in any case.
"""


class PinballLoss(keras.losses.Loss):
    def __init__(self, tau, reduction="sum_over_batch_size", name="pinball_loss"):
        super().__init__(reduction=reduction, name=name)
        self.tau = tau

    def call(self, y_true, y_pred):
        return pinball_loss(self.tau)(y_true, y_pred)

    def get_config(self):
        config = {"tau": self.tau, "name": self.name}
        if self.reduction not in (None, "none"):
            config["reduction"] = self.reduction
        return config


# %% ones_of_static_size
"""The class takes a size from `shape`, and inside `fit` the batch size there is None.

`fit` traces the loss once for batches of any size. Often `__call__` is overridden to make weights of 1. The base class
needs none: override only `call`.
"""


class PinballLoss(keras.losses.Loss):
    def __init__(self, tau, reduction="sum_over_batch_size", name="pinball_loss"):
        super().__init__(reduction=reduction, name=name)
        self.tau = tau

    def __call__(self, y_true, y_pred, sample_weight=None):
        if sample_weight is None:
            sample_weight = np.ones((y_pred.shape[0],), "float32")
        return super().__call__(y_true, y_pred, sample_weight)

    def call(self, y_true, y_pred):
        return pinball_loss(self.tau)(y_true, y_pred)

    def get_config(self):
        return {**super().get_config(), "tau": self.tau}
