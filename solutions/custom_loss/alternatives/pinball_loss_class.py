# %% formula_inline
"""The formula written out in `call`; keyword arguments handed on as they are; registered for saving."""


@keras.saving.register_keras_serializable(package="notebook")
class PinballLoss(keras.losses.Loss):
    def __init__(self, tau=0.5, **kwargs):
        super().__init__(**kwargs)
        self._quantile = float(tau)

    def call(self, y_true, y_pred):
        error = tf.subtract(y_true, y_pred)
        return tf.reduce_mean(tf.maximum(self._quantile * error, (self._quantile - 1.0) * error), axis=-1)

    def get_config(self):
        config = super().get_config()
        config.update({"tau": self._quantile})
        return config


# %% config_written_out
"""Every entry of the configuration written out, the loss function made once."""


class PinballLoss(tf.keras.losses.Loss):
    def __init__(self, tau, name="pinball", reduction="sum_over_batch_size"):
        tf.keras.losses.Loss.__init__(self, name=name, reduction=reduction)
        self.tau = tau
        self.fn = pinball_loss(tau)

    def call(self, y_true, y_pred):
        return self.fn(y_true, y_pred)

    def get_config(self):
        return dict(tau=self.tau, name=self.name, reduction=self.reduction)


# %% own_from_config
"""The configuration under a key of its own, read back by a `from_config` of its own."""


class PinballLoss(keras.losses.Loss):
    def __init__(self, tau, *, reduction="sum_over_batch_size", name=None, dtype=None):
        super().__init__(reduction=reduction, name=name, dtype=dtype)
        self.q = tau

    def call(self, y_true, y_pred):
        y_pred = keras.ops.convert_to_tensor(y_pred)
        y_true = keras.ops.cast(y_true, y_pred.dtype)
        below = keras.ops.relu(y_true - y_pred)
        above = keras.ops.relu(y_pred - y_true)
        return keras.ops.average(self.q * below + (1 - self.q) * above, axis=-1)

    def get_config(self):
        return super().get_config() | {"quantile": self.q}

    @classmethod
    def from_config(cls, config):
        return cls(config.pop("quantile"), **config)


# %% tau_in_a_tensor
"""tau kept as a tensor, with a check of its range."""


class PinballLoss(keras.losses.Loss):
    def __init__(self, tau, reduction="sum_over_batch_size", name="pinball_loss"):
        super().__init__(name, reduction)
        if not 0 < tau < 1:
            raise ValueError(f"tau must be between 0 and 1, got {tau}")
        self.tau = tf.constant(tau, tf.float32)

    @tf.function
    def call(self, y_true, y_pred):
        e = y_true - y_pred
        return tf.reduce_mean(tf.where(e >= 0.0, self.tau * e, (self.tau - 1.0) * e), axis=-1)

    def get_config(self):
        return {**super().get_config(), "tau": float(self.tau)}
