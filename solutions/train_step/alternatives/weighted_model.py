# %% two_or_three
"""The parts of `data` are counted; evaluation is inherited."""


class WeightedModel(keras.Model):
    def train_step(self, data):
        if len(data) == 3:
            x, y, sample_weight = data
        else:
            x, y = data
            sample_weight = None
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=y_pred, sample_weight=sample_weight)
        variables = self.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred, sample_weight=sample_weight)
        return {metric.name: metric.result() for metric in self.metrics}


# %% weights_of_one
"""Missing weights are ones, and the weighted mean is taken by hand."""


class WeightedModel(keras.Model):
    def _loss(self, y, y_pred, w):
        each = tf.reduce_mean(tf.math.squared_difference(y, y_pred), axis=-1)
        return tf.reduce_mean(each * w) + sum(self.losses)

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
            loss = self._loss(y, y_pred, w)
        grads = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(grads, self.trainable_weights))
        return self._report(loss, y, y_pred, w)

    def test_step(self, data):
        x, y, w = self._unpack(data)
        y_pred = self(x, training=False)
        return self._report(self._loss(y, y_pred, w), y, y_pred, w)


# %% on_top_of_the_first
"""Derives from the first answer's parent by way of a class that holds what both steps share."""


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


# %% own_weighted_trackers
"""Its own loss object, running mean and weighted metric."""


class WeightedModel(keras.Model):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.loss_object = keras.losses.MeanSquaredError()
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.mae_tracker = keras.metrics.MeanAbsoluteError(name="mae")

    @property
    def metrics(self):
        return [self.loss_tracker, self.mae_tracker]

    def train_step(self, data):
        x, y = data[:2]
        w = data[2] if len(data) > 2 else None
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.loss_object(y, y_pred, sample_weight=w)
            if self.losses:
                loss += tf.add_n(self.losses)
        self.optimizer.apply(tape.gradient(loss, self.trainable_variables), self.trainable_variables)
        return self.track(loss, y, y_pred, w)

    def test_step(self, data):
        x, y = data[:2]
        w = data[2] if len(data) > 2 else None
        y_pred = self(x, training=False)
        return self.track(self.loss_object(y, y_pred, sample_weight=w) + sum(self.losses), y, y_pred, w)

    def track(self, loss, y, y_pred, w):
        self.loss_tracker.update_state(loss)
        self.mae_tracker.update_state(y, y_pred, sample_weight=w)
        return {metric.name: metric.result() for metric in self.metrics}


# %% match_on_data
"""Structural pattern matching on what `fit` hands over."""


class WeightedModel(keras.Model):
    def train_step(self, data):
        match data:
            case (x, y, sample_weight):
                pass
            case (x, y):
                sample_weight = None
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=True)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self._loss_tracker.update_state(loss, sample_weight=tf.shape(y)[0])
        return self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)

    def test_step(self, data):
        return super().test_step(data)
