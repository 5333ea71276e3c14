# %% no_training_flag
"""The network runs as in prediction.

Without `training=True` dropout drops nothing, and batch normalization uses its moving averages: another model is
trained than you think. Say it in the call of the model.
"""


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        for metric in self.metrics:
            metric.update_state(loss) if metric.name == "loss" else metric.update_state(y, y_pred)
        return self.get_metrics_result()


# %% loss_of_one_batch
"""The loss of the batch is returned, and no metric is updated.

The progress bar then shows whatever the last batch happened to lose, and the compiled metrics never hear of it.
Update what is in `self.metrics`, and return the results.
"""


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        return {"loss": loss}


# %% loss_metric_forgotten
"""The compiled metrics are updated, the running mean of the loss is not.

`compute_metrics` takes care of what was compiled as metrics. The mean of the loss is a metric of its own, and stays 0
until somebody updates it.
"""


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        return self.compute_metrics(x, y, y_pred)


# %% raw_loss_beside_metrics
"""The metrics are right, but `loss` is that of the last batch.

A single batch, and often the smallest one, stands for the whole epoch. The loss needs a running mean like any other
number that is reported.
"""


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        results = {"value": loss}
        for metric in self.metrics:
            if metric.name != "loss":
                metric.update_state(y, y_pred)
                results.update(metric.result())
        results["loss"] = results.pop("value")
        return results | {"steps": self.optimizer.iterations}


# %% means_never_reset
"""The running means go on from epoch to epoch.

`fit` resets what it finds in `self.metrics` before each epoch. A metric that is not listed there keeps the bad losses
of the first epoch for ever.
"""


class CustomModel(keras.Model):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.error_tracker = keras.metrics.MeanAbsoluteError(name="mae")

    @property
    def metrics(self):
        return []

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        self.loss_tracker.update_state(loss)
        self.error_tracker.update_state(y, y_pred)
        return {"loss": self.loss_tracker.result(), "mae": self.error_tracker.result()}


# %% metrics_after_the_update
"""The metrics are taken of predictions after the update.

That costs a second run of the network, and it flatters: the weights have just been fitted to this very batch. Use the
predictions that the loss was computed of.
"""


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x=x, y=y, y_pred=self(x, training=True))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        y_pred = self(x, training=True)
        for metric in self.metrics:
            metric.update_state(loss) if metric.name == "loss" else metric.update_state(y, y_pred)
        return self.get_metrics_result()


# %% penalties_lost
"""The loss compares predictions with targets, and nothing else.

Regularized layers keep their penalties in `self.losses`. A loss object knows nothing of them; `compute_loss` of the
model does.
"""


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = keras.ops.mean(keras.losses.mean_squared_error(y, y_pred))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        for metric in self.metrics:
            metric.update_state(loss) if metric.name == "loss" else metric.update_state(y, y_pred)
        return self.get_metrics_result()


# %% penalties_reported_only
"""The penalties are added when the gradient has been taken.

Then the report is right, but nothing shrinks the weights: what is outside the tape has no gradient.
"""


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            data_loss = tf.reduce_mean((y - y_pred) ** 2)
        loss = data_loss + sum(self.losses)
        gradients = tape.gradient(data_loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        for metric in self.metrics:
            metric.update_state(loss) if metric.name == "loss" else metric.update_state(y, y_pred)
        return self.get_metrics_result()


# %% all_weights_moved
"""Weights that must not be trained are moved too.

`self.weights` and `self.variables` also list frozen layers, and the statistics that layers keep for themselves.
Freezing a layer only takes it off the list of trainable weights.
"""


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.weights)
        self.optimizer.apply(gradients, self.weights)
        for metric in self.metrics:
            metric.update_state(loss) if metric.name == "loss" else metric.update_state(y, y_pred)
        return self.get_metrics_result()


# %% gradients_of_other_weights
"""Gradients and weights come from two different lists.

`zip` pairs them by place. As soon as something is frozen the lists differ, and a weight gets the gradient of another
one, or none.
"""


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        for weight, gradient in zip(self.weights[::-1], gradients[::-1]):
            self.optimizer.apply([gradient], [weight])
        for metric in self.metrics:
            metric.update_state(loss) if metric.name == "loss" else metric.update_state(y, y_pred)
        return self.get_metrics_result()


# %% two_steps_a_batch
"""The optimizer is applied twice.

One batch, one gradient, one step: a second step with the same gradient goes twice as far as the learning rate says.
"""


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        for metric in self.metrics:
            metric.update_state(loss) if metric.name == "loss" else metric.update_state(y, y_pred)
        return self.get_metrics_result()


# %% descent_by_hand
"""The weights move by the learning rate times the gradient, whatever optimizer was compiled.

That is plain gradient descent. Adam and others scale each gradient by what they saw before; only the optimizer itself
can do that.
"""


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        for weight, gradient in zip(self.trainable_variables, tape.gradient(loss, self.trainable_variables)):
            weight.assign_sub(self.optimizer.learning_rate * gradient)
        for metric in self.metrics:
            metric.update_state(loss) if metric.name == "loss" else metric.update_state(y, y_pred)
        return self.get_metrics_result()


# %% numpy_in_the_step
"""A tensor is turned into a number inside the step.

`fit` draws a graph of the step, and while it is drawn, tensors have no values: there is no `.numpy()`. Hand the
tensor on as it is.
"""


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        for metric in self.metrics:
            metric.update_state(loss.numpy()) if metric.name == "loss" else metric.update_state(y, y_pred)
        return self.get_metrics_result()


# %% means_kept_in_python
"""The running means are Python lists.

Python runs while the graph is drawn, not when it is used: the list gets one entry, and it has no value. What must be
remembered between steps belongs into a variable, and a metric is made of such.
"""


class CustomModel(keras.Model):
    seen = None

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        self.seen = [*(self.seen or []), (loss, keras.ops.mean(keras.ops.abs(y - y_pred)))]
        losses, errors = zip(*self.seen)
        return {"loss": sum(losses) / len(losses), "mae": sum(errors) / len(errors)}


# %% ascent
"""The weights move up the slope.

The optimizer subtracts. Who hands it the negative gradient makes the loss grow with each step.
"""


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        gradients = [-gradient for gradient in tape.gradient(loss, self.trainable_variables)]
        self.optimizer.apply(gradients, self.trainable_variables)
        for metric in self.metrics:
            metric.update_state(loss) if metric.name == "loss" else metric.update_state(y, y_pred)
        return self.get_metrics_result()


# %% loss_outside_the_tape
"""The loss is computed when the tape has stopped recording.

The tape connects only what happens inside its `with` block. A loss computed below it has no gradient.
"""


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
        loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        for metric in self.metrics:
            metric.update_state(loss) if metric.name == "loss" else metric.update_state(y, y_pred)
        return self.get_metrics_result()


# %% nothing_applied
"""The gradient is computed and never used.

Loss and metrics look fine and stay where they are. The optimizer has to be told: apply the gradients to the weights.
"""


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        tape.gradient(loss, self.trainable_variables)
        for metric in self.metrics:
            metric.update_state(loss) if metric.name == "loss" else metric.update_state(y, y_pred)
        return self.get_metrics_result()


# %% sum_instead_of_mean
"""The losses of the examples are added up.

A loss function without reduction gives one loss for each example, and the gradient of a vector is that of its sum.
The step then grows with the batch. Take the mean.
"""


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            losses = keras.losses.mean_squared_error(y, y_pred)
            loss = tf.reduce_sum(losses) + sum(self.losses)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        for metric in self.metrics:
            metric.update_state(losses) if metric.name == "loss" else metric.update_state(y, y_pred)
        return self.get_metrics_result()


# %% optimizer_called_for_each_weight
"""The optimizer is called once for each weight.

It counts its calls as steps. Whatever depends on that count, Adam's correction or a schedule of the learning rate, then runs ahead
by as many steps as there are weights. Hand over all gradients in one call.
"""


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.build(self.trainable_variables)
        for gradient, weight in zip(gradients, self.trainable_variables):
            self.optimizer.apply_gradients([(gradient, weight)])
        for metric in self.metrics:
            metric.update_state(loss) if metric.name == "loss" else metric.update_state(y, y_pred)
        return self.get_metrics_result()
