# %% ascent
"""The weights move along the gradient instead of against it.

The gradient points in the direction in which the loss grows fastest. Subtract that of the loss, as in the formula.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    for weight, gradient in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
        weight.assign_add(learning_rate * gradient)
    return float(loss)


# %% loss_outside_the_tape
"""The tape gives no gradient: it is `None`.

The tape records only what happens inside its `with` block. Often the loss is computed after it. Compute predictions and
loss inside.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        y_pred = model(x, training=True)
    loss = loss_fn(y, y_pred)
    for weight, gradient in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
        weight.assign_sub(learning_rate * gradient)
    return float(loss)


# %% forward_outside_the_tape
"""The tape gives no gradient for the weights: it is `None`.

The tape must record everything from the weights to the loss. Often the model is called outside. Compute predictions and
loss inside its `with` block.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    y_pred = tf.identity(model(x, training=True))
    with tf.GradientTape() as tape:
        loss = loss_fn(y, y_pred)
    gradients = tape.gradient(loss, model.trainable_variables)
    keras.optimizers.SGD(learning_rate).apply_gradients(zip(gradients, model.trainable_variables))
    return float(loss)


# %% inference_mode
"""The model is not called in training mode.

Without `training=True`, dropout drops nothing, and batch normalization uses its moving averages. Pass `training=True`
when you call the model.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x))
    for weight, gradient in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
        weight.assign_sub(learning_rate * gradient)
    return float(loss)


# %% all_weights_moved
"""Frozen or non-trainable weights are updated, too.

`model.weights` and `model.variables` list all weights, also those of frozen layers and the statistics of a batch
normalization. Use `model.trainable_variables`.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    for weight, gradient in zip(model.weights, tape.gradient(loss, model.weights)):
        weight.assign_sub(learning_rate * gradient)
    return float(loss)


# %% gradients_of_other_weights
"""Weights get the gradients of other weights.

Often the gradients and the weights come from two lists, which differ if a layer is frozen, and `zip` pairs them by
position. Use one list for both.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    for weight, gradient in zip(reversed(model.variables), reversed(gradients)):
        weight.assign_sub(learning_rate * gradient)
    return float(loss)


# %% name_bound_anew
"""No weight of the model changes.

Often the new value is assigned to a Python name: `weight = weight - ...` creates a tensor. Change the model's variables
with their methods `assign` or `assign_sub`.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    for weight, gradient in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
        weight = weight - learning_rate * gradient
    return float(loss)


# %% copy_trained
"""The given model does not change: the next step starts from the same weights.

Often a copy of the model is trained. Update the weights of the given model.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    copy = keras.models.clone_model(model)
    with tf.GradientTape() as tape:
        loss = loss_fn(y, copy(x, training=True))
    for weight, gradient in zip(copy.trainable_variables, tape.gradient(loss, copy.trainable_variables)):
        weight.assign_sub(learning_rate * gradient)
    return float(loss)


# %% loss_after_the_update
"""The loss after the update is returned.

This needs a second forward pass, and it is not the loss that the gradient was computed from. Return the loss that you
computed inside the tape.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    for weight, gradient in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
        weight.assign_sub(learning_rate * gradient)
    return float(loss_fn(y, model(x, training=True)))


# %% arguments_swapped
"""Predictions and targets are swapped in the loss.

Symmetric losses hide this mistake, others do not. `loss_fn` takes the targets first, then the predictions.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        loss = loss_fn(model(x, training=True), y)
    for weight, gradient in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
        weight.assign_sub(learning_rate * gradient)
    return float(loss)


# %% learning_rate_left_out
"""The gradient is subtracted without the learning rate.

The step is then usually far too large. Multiply the gradient by `learning_rate`.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    for weight, gradient in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
        weight.assign_sub(gradient)
    return float(loss)


# %% weight_replaced_by_move
"""The weights are set to `-learning_rate * gradient`.

The old weights are lost. Often because of `assign`, which sets a value and adds nothing. Use a method that subtracts,
or include the old value.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    for weight, gradient in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
        weight.assign(-learning_rate * gradient)
    return float(loss)


# %% divided_by_the_batch_again
"""The gradient is divided by the batch size.

Often once too often: the loss is already a mean over the batch, and so is its gradient. Do not divide again.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    for weight, gradient in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
        weight.assign_sub(learning_rate * gradient / len(x))
    return float(loss)


# %% one_weight_after_the_other
"""Each weight is updated before the gradient of the next is computed.

All gradients of a step must be computed at the same weights. Compute all gradients first, then update the weights.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    first = float(loss_fn(y, model(x, training=True)))
    for weight in model.trainable_variables:
        with tf.GradientTape() as tape:
            loss = loss_fn(y, model(x, training=True))
        weight.assign_sub(learning_rate * tape.gradient(loss, weight.value))
    return first


# %% layers_trained_by_hand
"""Only the kernels are updated.

Biases are weights, too. `model.trainable_variables` lists all weights to train.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    kernels = [weight for weight in model.trainable_variables if weight.name == "kernel"]
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    for weight, gradient in zip(kernels, tape.gradient(loss, kernels)):
        weight.assign_sub(learning_rate * gradient)
    return float(loss)


# %% outer_dense_layers_only
"""Not all trainable weights are updated: only those of outer `Dense` layers.

Other layers have weights, too, and a layer can be a model with its own layers. `model.trainable_variables` lists all of
them.
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
"""The size of the gradient has no effect on the step.

Often each gradient is scaled to length 1. Multiply the gradient itself by the learning rate.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    for weight, gradient in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
        weight.assign_sub(learning_rate * tf.math.l2_normalize(gradient))
    return float(loss)


# %% optimizer_kept
"""Later calls ignore their learning rate, or fail for a second model.

Often the optimizer of the first call is kept. Compute the update from `learning_rate`, or create an `SGD` in each call.
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
"""The updates depend on earlier steps, as with momentum.

The step is `W - learning_rate * gradient`. It does not depend on earlier steps.
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
"""Keras's own `compile`, `fit` or `train_on_batch` takes the step.

Write the step yourself: the forward pass and the loss under a tape, then the gradient, then the update.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    model.compile(optimizer=keras.optimizers.SGD(learning_rate), loss=loss_fn)
    return model.train_on_batch(x, y)


# %% second_pass_for_the_loss
"""The returned loss is not that of the step.

Often it is computed in a second forward pass: in training mode, layers such as dropout give other outputs in each pass.
Return the loss that the gradient was computed from.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    value = float(loss_fn(y, model(x, training=True)))
    for weight, gradient in zip(model.trainable_variables, gradients):
        weight.assign_sub(learning_rate * gradient)
    return value


# %% optimizer_kept_per_model
"""Later steps of a model ignore their learning rate.

Often each model keeps the optimizer of its first step. Compute the update from `learning_rate`, or create an `SGD` in
each call.
"""
_optimizers_of_models = {}


def train_step(model, x, y, loss_fn, learning_rate):
    optimizer = keras.optimizers.SGD(learning_rate)
    _, optimizer = _optimizers_of_models.setdefault(id(model), (model, optimizer))
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
    return float(loss)


# %% graph_kept_per_model
"""Later steps of a model use the loss function of its first step.

Often a `tf.function` is kept: if it uses `loss_fn` from outside, it does not notice that a later call passes another
one. Pass `loss_fn` to the `tf.function` as an argument.
"""
_graphs = {}


def train_step(model, x, y, loss_fn, learning_rate):
    def step(x, y, rate):
        with tf.GradientTape() as tape:
            loss = loss_fn(y, model(x, training=True))
        weights = model.trainable_variables
        for weight, gradient in zip(weights, tape.gradient(loss, weights)):
            weight.assign_sub(rate * gradient)
        return loss

    _, graph = _graphs.setdefault(id(model), (model, tf.function(step)))
    return float(graph(tf.constant(x), tf.constant(y), tf.constant(learning_rate, tf.float32)))


# %% trained_list_kept
"""A layer that is frozen later still changes.

Often the list of trainable weights is kept from the first step. Read `model.trainable_variables` in each call.
"""
_trained = {}


def train_step(model, x, y, loss_fn, learning_rate):
    _, weights = _trained.setdefault(id(model), (model, model.trainable_variables))
    with tf.GradientTape() as tape:
        tape.watch([weight.value for weight in weights])
        loss = loss_fn(y, model(x, training=True))
    for weight, gradient in zip(weights, tape.gradient(loss, [weight.value for weight in weights])):
        weight.assign_sub(learning_rate * gradient)
    return float(loss)


# %% gradients_clipped
"""Large gradients change the weights too little.

The step is `W - learning_rate * gradient`, however large the gradient is. Do not clip it.
"""


def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, model.trainable_variables), 100.0)
    for weight, gradient in zip(model.trainable_variables, gradients):
        weight.assign_sub(learning_rate * gradient)
    return float(loss)
