# %% ascent
"""The weights move up the slope.

The gradient points to where the loss grows fastest. Adding it makes the loss grow. Subtract it, as in the formula.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    for weight, gradient in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
        weight.assign_add(learning_rate * gradient)
    return float(loss)


# %% loss_outside_the_tape
"""The loss is computed when the tape has stopped recording.

The tape sees only what happens inside its `with` block. A loss computed after it is not connected to the weights, and
every gradient is `None`. Move the loss into the block.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        y_pred = model(x, training=True)
    loss = loss_fn(y, y_pred)
    for weight, gradient in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
        weight.assign_sub(learning_rate * gradient)
    return float(loss)


# %% forward_outside_the_tape
"""The predictions are computed before the tape records.

The tape has to see the whole way from the weights to the loss. When the model runs outside, the tape knows the loss
but not where the predictions came from, and every gradient is `None`.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    y_pred = tf.identity(model(x, training=True))
    with tf.GradientTape() as tape:
        loss = loss_fn(y, y_pred)
    gradients = tape.gradient(loss, model.trainable_variables)
    keras.optimizers.SGD(learning_rate).apply_gradients(zip(gradients, model.trainable_variables))
    return float(loss)


# %% inference_mode
"""The model runs as in prediction.

Without `training=True`, dropout drops nothing and batch normalization uses its moving averages: the step then trains
another model than `fit` would. Pass `training=True` when you call the model.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x))
    for weight, gradient in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
        weight.assign_sub(learning_rate * gradient)
    return float(loss)


# %% all_weights_moved
"""Weights that must not be trained are moved too.

`model.weights` (and `model.variables`) lists all weights, also frozen layers and the statistics of a batch
normalization. Freezing a layer takes its weights out of `model.trainable_variables`.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    for weight, gradient in zip(model.weights, tape.gradient(loss, model.weights)):
        weight.assign_sub(learning_rate * gradient)
    return float(loss)


# %% gradients_of_other_weights
"""Gradients and weights come from two different lists.

`zip` pairs them by place. As soon as one weight is frozen, the lists differ and a weight gets the gradient of
another, or none. Take the gradient of the same list that you then update.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    for weight, gradient in zip(reversed(model.variables), reversed(gradients)):
        weight.assign_sub(learning_rate * gradient)
    return float(loss)


# %% name_bound_anew
"""A new tensor gets the name of the weight, and the model keeps the old value.

`weight = weight - ...` makes a tensor and lets the name point to it. Nothing in the model changes. Change the
variable with its methods `assign` or `assign_sub`.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    for weight, gradient in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
        weight = weight - learning_rate * gradient
    return float(loss)


# %% copy_trained
"""A copy of the model is trained.

The step rebuilds the model and moves the copy's weights; the model of the caller stays as it was, so the next step
starts from the same place. Move the weights of the model that was passed in.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    copy = keras.models.clone_model(model)
    with tf.GradientTape() as tape:
        loss = loss_fn(y, copy(x, training=True))
    for weight, gradient in zip(copy.trainable_variables, tape.gradient(loss, copy.trainable_variables)):
        weight.assign_sub(learning_rate * gradient)
    return float(loss)


# %% loss_after_the_update
"""The loss of the moved weights is returned.

It takes a second forward pass, and it is not the loss whose gradient was taken. Return the loss that you computed
inside the tape.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    for weight, gradient in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
        weight.assign_sub(learning_rate * gradient)
    return float(loss_fn(y, model(x, training=True)))


# %% arguments_swapped
"""Predictions and targets change places in the loss.

Some losses do not notice, others mean something else entirely. The convention of Keras and of this notebook is the
target first, then the prediction.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        loss = loss_fn(model(x, training=True), y)
    for weight, gradient in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
        weight.assign_sub(learning_rate * gradient)
    return float(loss)


# %% learning_rate_left_out
"""The gradient is subtracted as it is.

Without the learning rate a step is as large as the gradient, most often far too large. The rate is an argument: use
it.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    for weight, gradient in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
        weight.assign_sub(gradient)
    return float(loss)


# %% weight_replaced_by_move
"""The move is taken for the new weight.

`assign` sets the value, it adds nothing: after `assign(-rate * gradient)` all that the weight had learned is gone.
There are methods that add and subtract, or put the old value into the formula.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    for weight, gradient in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
        weight.assign(-learning_rate * gradient)
    return float(loss)


# %% divided_by_the_batch_again
"""The gradient is divided by the batch size once more.

The loss is a mean over the batch already, and so is its gradient. Dividing again makes the step smaller the more
examples the batch holds.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    for weight, gradient in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
        weight.assign_sub(learning_rate * gradient / len(x))
    return float(loss)


# %% one_weight_after_the_other
"""Each weight moves before the gradient of the next is taken.

All gradients of a step must be taken at the same weights. If one weight moves first, the next gradient is taken
somewhere else. Take all gradients first, then move the weights.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    first = float(loss_fn(y, model(x, training=True)))
    for weight in model.trainable_variables:
        with tf.GradientTape() as tape:
            loss = loss_fn(y, model(x, training=True))
        weight.assign_sub(learning_rate * tape.gradient(loss, weight.value))
    return first


# %% layers_trained_by_hand
"""Only the layers whose weights are called kernel are moved.

Biases are weights too. A rule that picks weights by their names leaves out some that should learn.
`model.trainable_variables` lists all of them.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    kernels = [weight for weight in model.trainable_variables if weight.name == "kernel"]
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    for weight, gradient in zip(kernels, tape.gradient(loss, kernels)):
        weight.assign_sub(learning_rate * gradient)
    return float(loss)


# %% outer_dense_layers_only
"""Only the Dense layers in the outermost list of layers are moved.

Other layers have weights too, and a layer may be a model with layers of its own. `model.trainable_variables` collects
all of them.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    dense = [layer for layer in model.layers if isinstance(layer, keras.layers.Dense) and layer.trainable]
    weights = [weight for layer in dense for weight in (layer.kernel, layer.bias)]
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    for weight, gradient in zip(weights, tape.gradient(loss, weights)):
        weight.assign_sub(learning_rate * gradient)
    return float(loss)


# %% gradients_scaled_to_one
"""Each gradient is scaled to length 1.

Then a steep loss and a flat one move the weights equally far. Multiply the gradient itself by the learning rate.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    for weight, gradient in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
        weight.assign_sub(learning_rate * tf.math.l2_normalize(gradient))
    return float(loss)


# %% optimizer_kept
"""The optimizer of the first call is kept: later learning rates are ignored, and it does not know a second model.

A step depends on its arguments only. Compute the update from `learning_rate`, or make a plain `SGD` in each call.
"""
_optimizers = []


def train_step(model, x, y, loss_fn, learning_rate):
    if not _optimizers:
        _optimizers.append(keras.optimizers.SGD(learning_rate))
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    _optimizers[0].apply_gradients(zip(gradients, model.trainable_variables))
    return float(loss)


# %% velocity_kept
"""A part of the last move is added to each move, as momentum does.

The step is `W - learning_rate * gradient`. Nothing of an earlier step belongs into it.
"""
_moves = {}


def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    for weight, gradient in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
        _moves[id(weight)] = 0.9 * _moves.get(id(weight), 0.0) - learning_rate * gradient
        weight.assign_add(_moves[id(weight)])
    return float(loss)


# %% step_by_fit
"""Keras's own `compile`, `fit` or `train_on_batch` makes the step.

Here you write what these hide: the forward pass and the loss under a tape, then the gradient, then the update.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    model.compile(optimizer=keras.optimizers.SGD(learning_rate), loss=loss_fn)
    return model.train_on_batch(x, y)
