"""Right answers that nobody wrote: pieces that mean the same, put together at random."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

IMPORTS = ["", "from keras import layers\n", "from tensorflow import keras\n"]
HIDDEN = [
    "keras.layers.Dense(hidden_units, activation='relu')(characteristics)",
    "keras.layers.ReLU()(keras.layers.Dense(hidden_units)(characteristics))",
    "keras.layers.Dense(hidden_units, activation=keras.activations.relu, name='hidden')(characteristics)",
    "keras.ops.relu(keras.layers.Dense(units=hidden_units, kernel_initializer='he_normal')(characteristics))",
    "keras.ops.maximum(keras.layers.Dense(hidden_units)(characteristics), 0.0)",
    "keras.layers.Conv1D(hidden_units, 1, activation='relu')(characteristics)",
    "keras.layers.TimeDistributed(keras.layers.Dense(hidden_units, activation='relu'))(characteristics)",
    "keras.layers.EinsumDense('btc,ch->bth', (None, hidden_units), bias_axes='h', activation='relu')(characteristics)",
]
NORM = [
    "keras.layers.BatchNormalization()(hidden)",
    "keras.layers.BatchNormalization(axis=-1, name='batch_norm')(hidden)",
    "keras.layers.BatchNormalization(axis=2, momentum=0.9)(hidden)",
    "keras.layers.BatchNormalization(epsilon=1e-4)(hidden)",
]
BETAS = [
    "keras.layers.Dense(n_factors, name='output_beta')(normed)",
    "keras.layers.Dense(units=n_factors, activation='linear', name='output_beta')(normed)",
    "keras.layers.Conv1D(n_factors, kernel_size=1, name='output_beta')(normed)",
    "keras.layers.TimeDistributed(keras.layers.Dense(n_factors), name='output_beta')(normed)",
]
FACTORS = [
    "keras.layers.Dense(n_factors)(returns)",
    "keras.layers.Dense(n_factors, name='output_factor', kernel_initializer='random_normal')(returns)",
    "keras.layers.EinsumDense('bt,tk->bk', (n_factors,), bias_axes='k')(returns)",
]
PRODUCT = [
    "keras.layers.Dot(axes=(2, 1))([betas, factors])",
    "keras.layers.Dot(axes=[1, 2])([factors, betas])",
    "keras.ops.einsum('btk,bk->bt', betas, factors)",
    "keras.ops.sum(betas * keras.ops.expand_dims(factors, 1), axis=-1)",
    "keras.ops.sum(keras.layers.Multiply()([betas, keras.layers.RepeatVector(n_tickers)(factors)]), axis=2)",
    "keras.ops.squeeze(keras.ops.matmul(betas, keras.layers.Reshape((n_factors, 1))(factors)), axis=-1)",
    "keras.layers.Lambda(lambda pair: tf.einsum('btk,bk->bt', pair[0], pair[1]))([betas, factors])",
]
MODEL = [
    "keras.Model([characteristics, returns], fitted)",
    "keras.Model(inputs=(characteristics, returns), outputs=fitted, name='autoencoder')",
    "keras.Model({'input_beta': characteristics, 'input_factor': returns}, fitted)",
]
COMPILE = [
    "optimizer='adam', loss='mse'",
    "'adam', 'mean_squared_error'",
    "loss=keras.losses.MeanSquaredError(), optimizer=keras.optimizers.Adam(0.002), metrics=['mae']",
    "optimizer=keras.optimizers.Adam(), loss=lambda y, p: tf.reduce_mean((y - p) ** 2, axis=-1)",
    "optimizer=tf.keras.optimizers.Adam(1e-3), loss=keras.losses.get('mse'), jit_compile=False",
]


@st.composite
def _models(draw: Any) -> str:
    pick = lambda options: draw(st.sampled_from(options))  # noqa: E731
    return f"""{pick(IMPORTS)}
def make_model(hidden_units=8, n_factors=3):
    characteristics = keras.Input({pick(["(n_tickers, n_characteristics)", "shape=[n_tickers, n_characteristics]"])},
                                  name="input_beta")
    returns = keras.Input(({pick(["n_tickers", "globals()['n_tickers']"])},), name="input_factor")
    hidden = {pick(HIDDEN)}
    normed = {pick(NORM)}
    betas = {pick(BETAS)}
    factors = {pick(FACTORS)}
    fitted = {pick(PRODUCT)}
    model = {pick(MODEL)}
    model.compile({pick(COMPILE)})
    return model
"""


HALVES = [
    "keras.Model(model.get_layer('input_beta').output, model.get_layer('output_beta').output)",
    "keras.Model(inputs=model.inputs[0], outputs=model.get_layer(name='output_beta').output)",
    "tf.keras.Model(model.get_layer('input_beta').output, model.get_layer('output_beta').output, name='half')",
    "keras.Model([model.get_layer('input_beta').output], [model.get_layer('output_beta').output])",
]
CALLS = [
    "half(characteristics, training=False)",
    "half.predict(characteristics, verbose=0)",
    "half(tf.convert_to_tensor(characteristics, tf.float32), training=False)",
    "half.predict_on_batch(np.asarray(characteristics, 'float32'))",
    "np.concatenate([half.predict(characteristics[t : t + 1], verbose=0) for t in range(len(characteristics))])",
    "tf.concat([once(half(date[None], training=False)) for date in np.asarray(characteristics)], axis=0)",
    "tf.function(lambda x: half(x, training=False))(tf.constant(characteristics))",
]
FINISH = ["once({})", "np.asarray(once({}))", "tf.convert_to_tensor(once({}))", "once({}) * 1.0"]


@st.composite
def _halves(draw: Any) -> str:
    pick = lambda options: draw(st.sampled_from(options))  # noqa: E731
    given = pick(["model, characteristics", "model, characteristics, verbose=0", "model: keras.Model, characteristics"])
    return f"""def once(betas):
    return betas[0] if isinstance(betas, list) else betas


def ticker_betas({given}):
    half = {pick(HALVES)}
    return {pick(FINISH).format(pick(CALLS))}
"""


DENSE = [
    "({0} + 1) * {1}",
    "{0} * {1} + {1}",
    "{1} * (1 + {0})",
    "sum([{0} * {1}, {1}])",
    "int(np.prod(({0} + 1, {1})))",
]
TOTALS = ["{}", "int({})", "np.sum([{}])", "sum(({},))"]


@st.composite
def _counts(draw: Any) -> str:
    pick = lambda options: draw(st.sampled_from(options))  # noqa: E731
    parts = [
        pick(DENSE).format("n_characteristics", "hidden_units"),
        pick(["4 * hidden_units", "2 * hidden_units + 2 * hidden_units", "hidden_units * 4", "hidden_units << 2"]),
        pick(DENSE).format("hidden_units", "n_factors"),
        pick(DENSE).format("n_tickers", "n_factors"),
    ]
    total = " + ".join(f"({part})" for part in draw(st.permutations(parts)))
    return f"""def parameter_count(n_tickers, n_characteristics, hidden_units, n_factors):
    return {pick(TOTALS).format(total)}
"""


ANSWERS = {"make_model": _models(), "ticker_betas": _halves(), "parameter_count": _counts()}
