# %% two_or_three
"""The parts of `data` are counted, and both steps share one method."""


class WeightedModel(keras.Model):
    def _update(self, data, training):
        if len(data) == 3:
            x, y, sample_weight = data
        else:
            x, y = data
            sample_weight = None
        y_pred = self(x, training=training)
        loss = self.compute_loss(y=y, y_pred=y_pred, sample_weight=sample_weight)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred, sample_weight=sample_weight)
        return loss

    def train_step(self, data):
        with tf.GradientTape() as tape:
            loss = self._update(data, training=True)
        variables = self.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return {metric.name: metric.result() for metric in self.metrics}

    def test_step(self, data):
        self._update(data, training=False)
        return {metric.name: metric.result() for metric in self.metrics}


# %% weights_of_one
"""Missing weights are ones."""


class WeightedModel(keras.Model):
    def _unpack(self, data):
        x, y, *rest = data
        return x, y, rest[0] if rest else tf.ones(tf.shape(y)[0])

    def _report(self, loss, y, y_pred, w):
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred, w)
        return {metric.name: metric.result() for metric in self.metrics}

    def train_step(self, data):
        x, y, w = self._unpack(data)
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x, y, y_pred, w)
        grads = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(grads, self.trainable_weights))
        return self._report(loss, y, y_pred, w)

    def test_step(self, data):
        x, y, w = self._unpack(data)
        y_pred = self(x, training=False)
        return self._report(self.compute_loss(x, y, y_pred, w), y, y_pred, w)


# %% on_top_of_the_first
"""A base class holds what both steps share."""


class StepsWithWeights(keras.Model):
    def forward(self, data, training):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        y_pred = self(x, training=training)
        return self.compute_loss(x, y, y_pred, sample_weight), (x, y, y_pred, sample_weight)

    def report(self, loss, parts):
        self.metrics[0].update_state(loss)
        return self.compute_metrics(*parts)


class WeightedModel(StepsWithWeights):
    def train_step(self, data):
        with tf.GradientTape() as tape:
            loss, parts = self.forward(data, training=True)
        self.optimizer.apply(tape.gradient(loss, self.trainable_weights), self.trainable_weights)
        return self.report(loss, parts)

    def test_step(self, data):
        return self.report(*self.forward(data, training=False))


# %% own_weighted_tracker
"""A running mean of its own, and the compiled metrics through `compute_metrics`."""


class WeightedModel(keras.Model):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.loss_tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.loss_tracker, *(metric for metric in super().metrics if metric.name != "loss")]

    def train_step(self, data):
        x, y = data[:2]
        w = data[2] if len(data) > 2 else None
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=y_pred, sample_weight=w)
        self.optimizer.apply(tape.gradient(loss, self.trainable_variables), self.trainable_variables)
        return self.track(loss, x, y, y_pred, w)

    def test_step(self, data):
        x, y = data[:2]
        w = data[2] if len(data) > 2 else None
        y_pred = self(x, training=False)
        return self.track(self.compute_loss(y=y, y_pred=y_pred, sample_weight=w), x, y, y_pred, w)

    def track(self, loss, x, y, y_pred, w):
        self.loss_tracker.update_state(loss)
        return {**self.compute_metrics(x, y, y_pred, w), "loss": self.loss_tracker.result()}


# %% match_on_data
"""Structural pattern matching on what `fit` passes."""


class WeightedModel(keras.Model):
    def train_step(self, data):
        x, y, sample_weight = self._parts(data)
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=True)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self._loss_tracker.update_state(loss, sample_weight=tf.shape(y)[0])
        return self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)

    def test_step(self, data):
        x, y, sample_weight = self._parts(data)
        y_pred = self(x, training=False)
        loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=False)
        self._loss_tracker.update_state(loss, sample_weight=tf.shape(y)[0])
        return self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)

    @staticmethod
    def _parts(data):
        match data:
            case (x, y, sample_weight):
                return x, y, sample_weight
            case (x, y):
                return x, y, None
