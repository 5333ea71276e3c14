# %% keras_optimizer
"""Keras's own gradient descent, by `apply`."""


def train_step(model, x, y, loss_fn, learning_rate):
    optimizer = keras.optimizers.SGD(learning_rate=learning_rate)
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    grads = tape.gradient(loss, model.trainable_weights)
    optimizer.apply(grads, model.trainable_weights)
    return loss.numpy()


# %% apply_gradients_pairs
"""Keras's own gradient descent, by `apply_gradients` and pairs."""


def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        predictions = model(x, training=True)
        loss_value = loss_fn(y, predictions)
    trainable = model.trainable_variables
    grads = tape.gradient(loss_value, trainable)
    keras.optimizers.SGD(learning_rate).apply_gradients(zip(grads, trainable))
    return loss_value


# %% compiled_graph
"""A `tf.function` that assigns new values."""


@tf.function
def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    for variable, slope in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
        variable.assign(variable - learning_rate * slope)
    return loss


# %% set_weights_layer_by_layer
"""New values set all at once, frozen weights with what they hold."""


def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    grads = tape.gradient(loss, model.trainable_weights)
    moves = {id(weight): learning_rate * grad.numpy() for weight, grad in zip(model.trainable_weights, grads)}
    model.set_weights([weight.numpy() - moves.get(id(weight), 0.0) for weight in model.weights])
    return loss.numpy().item()


# %% watched_by_hand
"""A tape that watches only the weights that are trained."""


def train_step(model, x, y, loss_fn, learning_rate):
    values = [weight.value for weight in model.trainable_weights]
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        for value in values:
            tape.watch(value)
        loss = loss_fn(tf.convert_to_tensor(y), model(tf.convert_to_tensor(x), training=True))
    for value, grad in zip(values, tape.gradient(loss, values)):
        value.assign_add(-learning_rate * grad)
    return float(loss.numpy())


# %% penalties_added
"""The penalties of the model are added to the loss, as Keras's own step does; here there are none."""


def train_step(model, x, y, loss_fn, learning_rate):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
        loss += sum(model.losses)
    for weight, gradient in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
        weight.assign_sub(learning_rate * gradient)
    return loss
