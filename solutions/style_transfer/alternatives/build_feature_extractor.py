# %% dict_of_all_layers
"""The dict of all layers, input included, as the Keras example has it."""


def build_feature_extractor(model):
    outputs_dict = dict([(layer.name, layer.output) for layer in model.layers])
    return keras.Model(inputs=model.inputs, outputs=outputs_dict)


# %% list_zipped_with_names
"""A model with a list of outputs; a function zips it with the names."""


def build_feature_extractor(model):
    layers = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    extractor = tf.keras.Model(model.input, [layer.output for layer in layers])

    def extract(images, training=False):
        return {layer.name: value for layer, value in zip(layers, extractor(images, training=training))}

    return extract


# %% walks_through_the_layers
"""A class that calls one layer after another."""


class Walker(keras.Model):
    def __init__(self, model):
        super().__init__()
        self.steps = model.layers[1:]

    def call(self, x, training=False):
        found = {}
        for layer in self.steps:
            x = layer(x, training=training) if isinstance(layer, keras.layers.BatchNormalization) else layer(x)
            found[layer.name] = x
        return found


def build_feature_extractor(model: keras.Model) -> keras.Model:
    return Walker(model)


# %% frozen
"""The network is frozen on the way."""


def build_feature_extractor(model):
    model.trainable = False
    outputs = {}
    for layer in model.layers:
        outputs[layer.name] = layer.output
    return keras.models.Model(model.inputs, outputs, name="feature_extractor")
