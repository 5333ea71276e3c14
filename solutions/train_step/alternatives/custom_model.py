# %% metrics_by_name
"""Metrics are found by their names, and results are nested as Keras nests them."""


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=y_pred)
        variables = self.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred)
        return {metric.name: metric.result() for metric in self.metrics}


# %% own_loss_tracker
"""A running mean of its own, listed in `metrics` in place of Keras's."""


class CustomModel(keras.Model):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.mean_loss = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.mean_loss, *(metric for metric in super().metrics if metric.name != "loss")]

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.mean_loss.update_state(loss)
        for metric in self.metrics[1:]:
            metric.update_state(y, y_pred)
        return {metric.name: metric.result() for metric in self.metrics}


# %% means_of_its_own
"""Loss and penalties are separate in the tape, and the mean of the loss counts examples."""


class CustomModel(keras.Model):
    def __init__(self, inputs, outputs, **kwargs):
        super().__init__(inputs=inputs, outputs=outputs, **kwargs)
        self.loss_tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.loss_tracker] + [metric for metric in super().metrics if metric.name != "loss"]

    def train_step(self, data):
        x, y = data[0], data[1]
        with tf.GradientTape() as tape:
            predictions = self(x, training=True)
            total = self.compute_loss(x, y, predictions, None, True)
        self.optimizer.apply(tape.gradient(total, self.trainable_variables), self.trainable_variables)
        self.loss_tracker.update_state(total, sample_weight=tf.shape(y)[0])
        results = self.compute_metrics(x, y, predictions)
        results["loss"] = self.loss_tracker.result()
        return results


# %% compute_metrics
"""`compute_metrics` updates and collects what was compiled."""


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y, _ = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x, y, y_pred, training=True)
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        next(metric for metric in self.metrics if metric.name == "loss").update_state(loss)
        return self.compute_metrics(x, y, y_pred, sample_weight=None)


# %% traced_by_hand
"""The step is a `tf.function` itself, in two parts."""


class CustomModel(keras.Model):
    @tf.function
    def train_step(self, data):
        x, y = data
        loss, y_pred = self._descend(x, y)
        for metric in self.metrics:
            arguments = (loss,) if isinstance(metric, keras.metrics.Mean) else (y, y_pred)
            metric.update_state(*arguments)
        return {metric.name: metric.result() for metric in self.metrics}

    def _descend(self, x, y):
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        pairs = zip(tape.gradient(loss, self.trainable_variables), self.trainable_variables)
        self.optimizer.apply_gradients([(gradient, variable) for gradient, variable in pairs])
        return loss, y_pred


# %% watched_weights_only
"""A tape that watches what it is told to, and an optimizer that was built before."""


class CustomModel(keras.Model):
    def train_step(self, data: tuple) -> dict:
        x, y = data
        weights = [variable.value for variable in self.trainable_variables]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(weights)
            y_pred = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=y_pred)
        if not self.optimizer.built:
            self.optimizer.build(self.trainable_variables)
        self.optimizer.apply(tape.gradient(loss, weights))
        loss_metric, *others = self.metrics
        loss_metric.update_state(loss, sample_weight=keras.ops.shape(y)[0])
        for other in others:
            other.update_state(y, y_pred)
        return self.get_metrics_result()
