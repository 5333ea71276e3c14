# %% one_formula
"""All in one line."""


def parameter_count(n_tickers, n_characteristics, hidden_units, n_factors):
    return hidden_units * (n_characteristics + 5 + n_factors) + n_factors * (n_tickers + 2)


# %% sum_over_shapes
"""The shapes of all weights, multiplied out and added up by NumPy."""


def parameter_count(n_tickers, n_characteristics, hidden_units, n_factors):
    shapes = [(n_characteristics, hidden_units), (hidden_units,)]
    shapes += 4 * [(hidden_units,)]
    shapes += [(hidden_units, n_factors), (n_factors,), (n_tickers, n_factors), (n_factors,)]
    return np.sum([np.prod(shape) for shape in shapes])


# %% helper_for_dense
"""A helper counts a Dense layer."""


def dense_params(n_in: int, n_out: int) -> int:
    return n_in * n_out + n_out


def parameter_count(n_tickers: int, n_characteristics: int, hidden_units: int, n_factors: int) -> int:
    trained = 2 * hidden_units
    moving = 2 * hidden_units
    beta_net = dense_params(n_characteristics, hidden_units) + trained + moving + dense_params(hidden_units, n_factors)
    return int(beta_net + dense_params(n_tickers, n_factors))


# %% counts_a_model
"""The layers are built one by one and asked."""


def parameter_count(n_tickers, n_characteristics, hidden_units, n_factors):
    sizes = [
        (keras.layers.Dense(hidden_units), n_characteristics),
        (keras.layers.BatchNormalization(), hidden_units),
        (keras.layers.Dense(n_factors), hidden_units),
        (keras.layers.Dense(n_factors), n_tickers),
    ]
    total = 0
    for layer, width in sizes:
        layer.build((None, width))
        total += layer.count_params()
    return total
