# %% counted_before_the_call
"""The weights are counted before each call.

A layer that has not been called has no weights yet. Count after the call.
"""


def weights_after_each_call(layer, x, n_calls):
    counts = []
    for _ in range(n_calls):
        counts.append(len(layer.weights))
        layer(x)
    return counts


# %% counted_once_at_the_end
"""Every number is the count after the last call.

The list must show whether the number changes from call to call. Count in the loop, after each call.
"""


def weights_after_each_call(layer, x, n_calls):
    for _ in range(n_calls):
        layer(x)
    return [len(layer.weights)] * n_calls


# %% only_trainable_weights
"""Only the trainable weights are counted.

Frozen weights and the moving averages of BatchNormalization are weights, too. `layer.weights` lists all,
`trainable_weights` leaves these out.
"""


def weights_after_each_call(layer, x, n_calls):
    counts = []
    for _ in range(n_calls):
        layer(x)
        counts.append(len(layer.trainable_weights))
    return counts


# %% variables_counted
"""The state of random generators is counted, too.

Often because of `layer.variables`, which also contains the random state of Dropout. It is not a weight: `layer.weights`
leaves it out.
"""


def weights_after_each_call(layer, x, n_calls):
    counts = []
    for _ in range(n_calls):
        layer(x)
        counts.append(len(layer.variables))
    return counts


# %% scalars_counted
"""The entries of the weights are counted instead of the weights.

A kernel of shape (16, 32) is one weight with 512 entries. The question asks for the length of `layer.weights`.
"""


def weights_after_each_call(layer, x, n_calls):
    counts = []
    for _ in range(n_calls):
        layer(x)
        counts.append(sum(int(np.prod(getattr(weight, "shape", ()))) for weight in layer.weights))
    return counts


# %% call_method_called
"""The layer is not called as `layer(x)`.

Often because of `layer.call(x)`: calling the object also builds the layer, its method `call` alone does not. The layer
then has no weights, or fails.
"""


def weights_after_each_call(layer, x, n_calls):
    counts = []
    for _ in range(n_calls):
        layer.call(x)
        counts.append(len(layer.weights))
    return counts


# %% called_once
"""The layer is called only once, and its weights are counted several times.

The same count then stands for each call. Without another call nothing can change: call the layer inside the loop.
"""


def weights_after_each_call(layer, x, n_calls):
    layer(x)
    return [len(layer.weights) for _ in range(n_calls)]


# %% only_the_last_number
"""Only the count after the last call is returned.

The function returns a list with one entry per call. Append to it inside the loop.
"""


def weights_after_each_call(layer, x, n_calls):
    for _ in range(n_calls):
        layer(x)
    return len(layer.weights)


# %% one_call_more_to_build
"""There is one call too many, before the counts.

The numbers are those after the second call, the third, and so on. Often the layer is called before the loop, to build
it. Call it only inside the loop.
"""


def weights_after_each_call(layer, x, n_calls):
    layer(x)
    counts = []
    for _ in range(n_calls):
        layer(x)
        counts.append(len(layer.weights))
    return counts


# %% counts_added_up
"""The counts are added up from call to call.

The list contains the number of weights after each call, not a running total.
"""


def weights_after_each_call(layer, x, n_calls):
    counts, total = [], 0
    for _ in range(n_calls):
        layer(x)
        total += len(layer.weights)
        counts.append(total)
    return counts


# %% differences_counted
"""The list contains the number of weights that each call has added.

Each number is `len(layer.weights)` after the call: for a layer that keeps its weights it is the same every time.
"""


def weights_after_each_call(layer, x, n_calls):
    counts, before = [], 0
    for _ in range(n_calls):
        layer(x)
        counts.append(len(layer.weights) - before)
        before = len(layer.weights)
    return counts
