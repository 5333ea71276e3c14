# %% no_training_flag
"""The network does not run in training mode.

Without `training=True`, dropout drops nothing, and batch normalization uses its moving averages. Call the model with
`training=True`.
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

The progress bar then shows the loss of the last batch only, and the compiled metrics are never updated. Update
everything in `self.metrics`, and return the results.
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
"""The compiled metrics are updated, but the running mean of the loss is not.

`compute_metrics` updates only the compiled metrics. The running mean of the loss is a separate metric, and stays 0
until your step updates it.
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
"""The metrics are right, but `loss` is the loss of the last batch.

One batch, often a small one, then stands for the whole epoch. Update the running mean of the loss, and return its
result.
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
"""The running means continue from one epoch to the next.

Before each epoch `fit` resets what is in `self.metrics`. Often a metric is not in this list, and keeps the large losses
of the first epoch.
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
"""The metrics use predictions made after the update.

The result is then too good: the weights have just been fitted to this batch. Use the predictions that the loss was
computed from.
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
"""The loss does not include the penalties of regularized layers.

`self.losses` contains these penalties. A loss function does not see them; `self.compute_loss` adds them.
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
"""The penalties are in the reported loss, but not in the gradient.

They do not change the weights. Often they are added after the gradient was computed: it includes only what is computed
inside the tape.
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
"""Weights that are not trainable are updated, too.

`self.weights` and `self.variables` also list frozen weights, and the statistics that layers keep. Use
`self.trainable_variables`, for the gradient and for the update.
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
"""Weights get the gradients of other weights.

Often the gradients and the weights come from two lists, which differ if a layer is frozen, and `zip` pairs them by
position. Use one list for both.
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
"""The weights move twice as far as in one step.

Often the optimizer is applied twice, or the loss counts twice. Apply the gradients of the loss once per batch.
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
"""The weights change by the learning rate times the gradient, whatever optimizer was compiled.

This is plain gradient descent. Other optimizers such as Adam also use earlier gradients. Pass the gradients to
`self.optimizer`.
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
"""A tensor is converted to a number inside the step.

`fit` traces a graph of the step. During tracing tensors have no values, so `.numpy()`, `float` and NumPy fail. Pass the
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
"""Under `fit`, the reported means are not those of all batches.

Often they are kept in Python, for example in a list. Python runs while the graph is traced, not when the graph runs.
Keep values between steps in a metric, which stores them in variables.
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
"""The weights move along the gradient instead of against it.

The optimizer subtracts the gradient. Pass it the gradient of the loss, without a minus in either.
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
"""The tape gives no gradient for the weights.

It records only what happens inside its `with` block. Often the predictions or the loss are computed outside, or with
NumPy. Compute both inside.
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
"""The weights stay as they are.

Loss and metrics look fine, but nothing is learned. Often the gradient is computed and never used. Pass the gradients
and the weights to `self.optimizer.apply`.
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

Without a mean the step grows with the batch size. `self.compute_loss` averages over the batch.
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
"""The optimizer counts several steps per batch, one for each weight.

Adam's correction and learning rate schedules depend on this count. Pass all gradients in one call.
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


# %% loss_written_into_the_step
"""The step uses the squared error, although another loss is compiled.

Often the loss is written into the step, or kept from an earlier `compile`. `self.compute_loss` computes the compiled
loss: use it.
"""


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = tf.reduce_mean(tf.square(y - y_pred)) + sum(self.losses)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        for metric in self.metrics:
            metric.update_state(loss) if metric.name == "loss" else metric.update_state(y, y_pred)
        return self.get_metrics_result()


# %% targets_and_predictions_swapped
"""Targets and predictions are swapped in the loss.

Squared errors are symmetric and hide the mistake. Most losses are not: pass the targets as `y`, the predictions as
`y_pred`.
"""


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x, y_pred, y)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        for metric in self.metrics:
            metric.update_state(loss) if metric.name == "loss" else metric.update_state(y, y_pred)
        return self.get_metrics_result()


# %% metrics_swapped
"""Targets and predictions are swapped in the metrics.

Absolute errors are symmetric and hide the mistake. `update_state` takes the targets first, then the predictions.
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
            metric.update_state(loss) if metric.name == "loss" else metric.update_state(y_pred, y)
        return self.get_metrics_result()


# %% compiled_metrics_of_keras_2
"""The running mean of the loss gets targets and predictions, like the other metrics.

This happens with `self.compiled_metrics`, as in Keras 2. Loop over `self.metrics`, and update the one named `"loss"`
with the loss.
"""


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        self.compiled_metrics.update_state(y, y_pred)
        return self.get_metrics_result()


# %% means_reset_in_each_step
"""The metrics hold the last batch only.

Often they are reset in each step. `fit` resets them at the start of each epoch; the step only updates them.
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
            metric.reset_state()
            metric.update_state(loss) if metric.name == "loss" else metric.update_state(y, y_pred)
        return self.get_metrics_result()


# %% last_layer_only
"""Only the weights of the last layer are updated.

`self.trainable_variables` lists the trainable weights of all layers, including nested ones.
"""


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.layers[-1].trainable_variables)
        self.optimizer.apply(gradients, self.layers[-1].trainable_variables)
        for metric in self.metrics:
            metric.update_state(loss) if metric.name == "loss" else metric.update_state(y, y_pred)
        return self.get_metrics_result()


# %% targets_in_the_mean_of_the_loss
"""The running mean of the loss is updated with `(y, y_pred)`, like the other metrics.

A `Mean` takes values first, then weights. Update the metric named `loss` with the loss; the others take `(y, y_pred)`.
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
            metric.update_state(y, y_pred)
        return self.get_metrics_result()


# %% metrics_at_inference
"""The metrics use predictions made without training mode.

The loss was computed from other predictions: without training mode, dropout drops nothing, and batch normalization uses
its moving averages. Use the predictions the loss was computed from.
"""


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        y_pred = self(x, training=False)
        self.optimizer.apply(gradients, self.trainable_variables)
        for metric in self.metrics:
            metric.update_state(loss) if metric.name == "loss" else metric.update_state(y, y_pred)
        return self.get_metrics_result()


# %% loss_at_inference
"""The reported loss is that of predictions made without training mode.

Training lowers another loss than the one that is reported. Update the running mean with the loss that was
differentiated.
"""


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        loss = self.compute_loss(x=x, y=y, y_pred=self(x, training=False))
        self.optimizer.apply(gradients, self.trainable_variables)
        for metric in self.metrics:
            metric.update_state(loss) if metric.name == "loss" else metric.update_state(y, y_pred)
        return self.get_metrics_result()


# %% second_forward_pass
"""The metrics use a second forward pass in training mode.

Each pass drops other units in dropout layers, and updates the moving averages of batch normalization once more. Call
the model once per batch.
"""


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        y_pred = self(x, training=True)
        self.optimizer.apply(gradients, self.trainable_variables)
        for metric in self.metrics:
            metric.update_state(loss) if metric.name == "loss" else metric.update_state(y, y_pred)
        return self.get_metrics_result()


# %% compiled_metric_expected
"""The step expects a compiled metric.

If no metric is compiled, `self.metrics` contains only the running mean of the loss: there is no `self.metrics[1]`. Loop
over `self.metrics`.
"""


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        self.metrics[0].update_state(loss)
        self.metrics[1].update_state(y, y_pred)
        return self.get_metrics_result()


# %% one_compiled_metric_reported
"""Only the first compiled metric is reported.

`compile` accepts a list of metrics. `self.get_metrics_result()` returns the results of all of them.
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
        results = self.get_metrics_result()
        return {name: results[name] for name in list(results)[:2]}


# %% optimizer_of_the_first_compile
"""After a second `compile`, the step still uses the first optimizer.

Often the optimizer is kept somewhere in the first step. Read `self.optimizer` in every step.
"""


class CustomModel(keras.Model):
    kept = None

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.kept = self.kept or self.optimizer
        self.kept.apply(gradients, self.trainable_variables)
        for metric in self.metrics:
            metric.update_state(loss) if metric.name == "loss" else metric.update_state(y, y_pred)
        return self.get_metrics_result()


# %% gradients_clipped
"""Where gradients are large, the weights change less than the compiled optimizer says.

Often the gradients are clipped. To clip, pass `global_clipnorm` to the optimizer.
"""


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        gradients, _ = tf.clip_by_global_norm(gradients, 20.0)
        self.optimizer.apply(gradients, self.trainable_variables)
        for metric in self.metrics:
            metric.update_state(loss) if metric.name == "loss" else metric.update_state(y, y_pred)
        return self.get_metrics_result()


# %% trainable_weights_of_the_first_step
"""The step keeps the list of weights that it trained first.

Which weights are trained may change before the model is compiled again. Read `self.trainable_variables` in each step.
"""


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        if "to_train" not in vars(self):
            object.__setattr__(self, "to_train", tuple(self.trainable_variables))
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        self.optimizer.apply(tape.gradient(loss, self.to_train), self.to_train)
        for metric in self.metrics:
            metric.update_state(loss) if metric.name == "loss" else metric.update_state(y, y_pred)
        return self.get_metrics_result()
