# %% mean_of_batch_means
"""Every batch counts the same, however small.

The short last batch of two examples then weighs as much as a full one, and its examples count for more than others.
Weight each loss by the number of examples in its batch.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for epoch in range(n_epochs):
        batches = next_batch(X, y, batch_size, seed=None if seed is None else seed + epoch)
        history.append(np.mean([train_step(model, a, b, loss_fn, learning_rate) for a, b in batches]))
    return history


# %% same_order_every_epoch
"""Each epoch is drawn with the same seed.

The seed decides the order, so the same seed gives the same batches again and again. Make a seed for each epoch out of
the one that came in.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for _ in range(n_epochs):
        total = 0.0
        for a, b in next_batch(X, y, batch_size, seed=seed):
            total += len(a) * train_step(model, a, b, loss_fn, learning_rate)
        history.append(total / len(X))
    return history


# %% batches_kept
"""The batches are cut once and used in every epoch.

A list made before the loop has a fixed order: which examples meet in a batch never changes. Ask for new batches
inside the loop over epochs.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    batches = list(next_batch(X, y, batch_size, seed=seed))
    history = []
    for _ in range(n_epochs):
        total = sum(len(a) * train_step(model, a, b, loss_fn, learning_rate) for a, b in batches)
        history.append(total / len(X))
    return history


# %% generator_used_up
"""One generator serves all epochs.

A generator is empty after one pass. From the second epoch on there are no batches, and the loss of an epoch is the
mean of nothing. Call `next_batch` once an epoch.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    batches = next_batch(X, y, batch_size, seed=seed)
    history = []
    for _ in range(n_epochs):
        total = sum(len(a) * train_step(model, a, b, loss_fn, learning_rate) for a, b in batches)
        history.append(total / len(X))
    return history


# %% never_shuffled_epochs
"""The examples come in their own order in every epoch.

Then the batches are the same each time, and sorted data comes class by class. Call `next_batch` with its default,
`shuffle=True`.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for _ in range(n_epochs):
        total = 0.0
        for a, b in next_batch(X, y, batch_size, shuffle=False):
            total += len(a) * train_step(model, a, b, loss_fn, learning_rate)
        history.append(total / len(X))
    return history


# %% training_without_its_seed
"""The seed never reaches the batches.

Two trainings with the same seed then differ, and no result can be repeated. Pass on a seed that depends on `seed` and
on the epoch.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for _ in range(n_epochs):
        total = 0.0
        for a, b in next_batch(X, y, batch_size, seed=np.random.randint(2**31)):
            total += len(a) * train_step(model, a, b, loss_fn, learning_rate)
        history.append(total / len(X))
    return history


# %% seed_times_epoch
"""The seeds of the epochs are multiples of the seed.

That works for most seeds, but 0 times anything is 0, and every epoch gets the same order. Adding makes different
numbers from any seed.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for epoch in range(n_epochs):
        total = 0.0
        for a, b in next_batch(X, y, batch_size, seed=None if seed is None else seed * (epoch + 1)):
            total += len(a) * train_step(model, a, b, loss_fn, learning_rate)
        history.append(total / len(X))
    return history


# %% none_plus_epoch
"""A number is added to a seed that may be None.

`seed` is optional, and `None + 1` is an error. Test `seed is None` first, and pass `None` on in that case.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for epoch in range(n_epochs):
        total = 0.0
        for a, b in next_batch(X, y, batch_size, seed=seed + epoch):
            total += len(a) * train_step(model, a, b, loss_fn, learning_rate)
        history.append(total / len(X))
    return history


# %% last_batch_reported
"""The loss of the last batch is taken for that of the epoch.

One batch, and often the smallest, says little about the epoch. Collect the losses of all batches, each with the
number of its examples.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for epoch in range(n_epochs):
        for a, b in next_batch(X, y, batch_size, seed=None if seed is None else seed + epoch):
            loss = train_step(model, a, b, loss_fn, learning_rate)
        history.append(loss)
    return history


# %% sum_reported
"""The losses of the batches are summed up.

A sum grows with the number of batches, so trainings with different batch sizes cannot be compared. Multiply each loss
by the size of its batch, and divide the sum by the number of examples.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for epoch in range(n_epochs):
        total = 0.0
        for a, b in next_batch(X, y, batch_size, seed=None if seed is None else seed + epoch):
            total += train_step(model, a, b, loss_fn, learning_rate)
        history.append(total)
    return history


# %% mean_never_reset
"""The running mean goes on from epoch to epoch.

Then the second number still holds the bad losses of the first epoch, and the curve falls more slowly than the model
learns. Start again at the beginning of each epoch.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history, total, count = [], 0.0, 0
    for epoch in range(n_epochs):
        for a, b in next_batch(X, y, batch_size, seed=None if seed is None else seed + epoch):
            total += len(a) * train_step(model, a, b, loss_fn, learning_rate)
            count += len(a)
        history.append(total / count)
    return history


# %% all_batches_reported
"""One number for each batch is returned.

The losses of single batches jump up and down. Return one number per epoch: their mean over the examples.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for epoch in range(n_epochs):
        for a, b in next_batch(X, y, batch_size, seed=None if seed is None else seed + epoch):
            history.append(train_step(model, a, b, loss_fn, learning_rate))
    return history


# %% one_gradient_for_the_epoch
"""The gradient of the first batch is used for all batches of the epoch.

After the first step the weights have changed, and the next batch holds other examples. Each batch needs its own
gradient.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for epoch in range(n_epochs):
        total, gradients = 0.0, None
        for a, b in next_batch(X, y, batch_size, seed=None if seed is None else seed + epoch):
            with tf.GradientTape() as tape:
                loss = loss_fn(b, model(a, training=True))
            if gradients is None:
                gradients = tape.gradient(loss, model.trainable_variables)
            for weight, gradient in zip(model.trainable_variables, gradients):
                weight.assign_sub(learning_rate * gradient)
            total += len(a) * float(loss)
        history.append(total / len(X))
    return history


# %% new_model_each_epoch
"""Each epoch trains a fresh copy of the model.

What one epoch learned is lost for the next, and the model of the caller is never trained. Take all steps on the model
that was passed in.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for epoch in range(n_epochs):
        total, copy = 0.0, keras.models.clone_model(model)
        for a, b in next_batch(X, y, batch_size, seed=None if seed is None else seed + epoch):
            total += len(a) * train_step(copy, a, b, loss_fn, learning_rate)
        history.append(total / len(X))
    return history


# %% one_batch_per_epoch
"""Each epoch takes a single step.

`next(...)` asks a generator for one batch only. Loop over the generator until it is used up.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for epoch in range(n_epochs):
        a, b = next(iter(next_batch(X, y, batch_size, seed=None if seed is None else seed + epoch)))
        history.append(train_step(model, a, b, loss_fn, learning_rate))
    return history


# %% all_data_in_one_batch
"""The batch size is not passed on.

One step on all the data is not mini-batch training: the weights move once per epoch. Pass `batch_size` on to
`next_batch`.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for epoch in range(n_epochs):
        rows = np.random.default_rng(None if seed is None else seed + epoch).permutation(len(X))
        history.append(train_step(model, X[rows], y[rows], loss_fn, learning_rate))
    return history


# %% short_batch_counts_full
"""Each loss is multiplied by `batch_size`, also that of the short last batch.

The last batch then counts for more examples than it holds. Multiply by the number of rows in this batch.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for epoch in range(n_epochs):
        total = 0.0
        for a, b in next_batch(X, y, batch_size, seed=None if seed is None else seed + epoch):
            total += batch_size * train_step(model, a, b, loss_fn, learning_rate)
        history.append(total / len(X))
    return history


# %% evaluated_after_the_epoch
"""The loss of all data after the epoch is reported, not the mean of the losses of its steps.

It takes another forward pass over all the data, and it is another number: the weights have moved. Average the losses
that the steps returned.
"""


def fit(model, X, y, loss_fn, learning_rate, n_epochs, batch_size, seed=None):
    history = []
    for epoch in range(n_epochs):
        for a, b in next_batch(X, y, batch_size, seed=None if seed is None else seed + epoch):
            train_step(model, a, b, loss_fn, learning_rate)
        history.append(float(loss_fn(y, model(X, training=False))))
    return history
