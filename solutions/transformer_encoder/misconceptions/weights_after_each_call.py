# %% counted_before_the_call
"""The weights are counted before each call.

A layer that has not been called has not been built: it has no weights yet. What the function shall show is what a call
leaves behind, so the number is read when the call is over.
"""


def weights_after_each_call(layer, x, n_calls):
    counts = []
    for _ in range(n_calls):
        counts.append(len(layer.weights))
        layer(x)
    return counts


# %% counted_once_at_the_end
"""The weights are counted once, after the last call, and that number is repeated.

The point of the instrument is to see whether the number changes from call to call. Read it in the loop, each time anew.
"""


def weights_after_each_call(layer, x, n_calls):
    for _ in range(n_calls):
        layer(x)
    return [len(layer.weights)] * n_calls


# %% only_trainable_weights
"""Only the trainable weights are counted.

`trainable_weights` leaves out what training does not move: frozen layers, the moving averages of BatchNormalization. They
are state of the layer all the same; there is a list that has both kinds.
"""


def weights_after_each_call(layer, x, n_calls):
    counts = []
    for _ in range(n_calls):
        layer(x)
        counts.append(len(layer.trainable_weights))
    return counts


# %% variables_counted
"""All variables are counted, the state of random generators included.

`layer.variables` also holds what is no weight: Dropout keeps the state of its random numbers there. Weights are what
makes the function that the layer computes, and they have a list of their own.
"""


def weights_after_each_call(layer, x, n_calls):
    counts = []
    for _ in range(n_calls):
        layer(x)
        counts.append(len(layer.variables))
    return counts


# %% scalars_counted
"""The single numbers in the weights are counted, not the weights.

A kernel of shape (16, 32) is one weight with 512 entries. `count_params` adds up entries; here the length of the list
of weights is asked for.
"""


def weights_after_each_call(layer, x, n_calls):
    counts = []
    for _ in range(n_calls):
        layer(x)
        counts.append(sum(int(np.prod(getattr(weight, "shape", ()))) for weight in layer.weights))
    return counts


# %% call_method_called
"""`layer.call(x)` is used in place of `layer(x)`.

Calling the object does more than its method `call`: it builds the layer first, and records what it holds. The method by
itself meets a layer without weights, or fails.
"""


def weights_after_each_call(layer, x, n_calls):
    counts = []
    for _ in range(n_calls):
        layer.call(x)
        counts.append(len(layer.weights))
    return counts


# %% called_once
"""The layer is called once, and its weights are counted again and again.

Without a further call nothing can change, so all numbers are equal whatever the layer does. The call belongs into the
loop.
"""


def weights_after_each_call(layer, x, n_calls):
    layer(x)
    return [len(layer.weights) for _ in range(n_calls)]


# %% only_the_last_number
"""A single number is returned: the count after the last call.

A list with one entry a call was asked for; only then you can see whether the calls differ. Collect the numbers while the
loop runs.
"""


def weights_after_each_call(layer, x, n_calls):
    for _ in range(n_calls):
        layer(x)
    return len(layer.weights)
