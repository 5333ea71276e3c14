# %% two_lines
"""As the public example has it: the layer first, then keyword arguments."""


def build_feature_extractor(model, layer_name):
    layer = model.get_layer(name=layer_name)
    feature_extractor = keras.Model(inputs=model.inputs, outputs=layer.output)
    return feature_extractor


# %% one_input
"""`model.input`, the layer picked from a dict of all layers, and a name for the new model."""

from tensorflow.keras.models import Model


def build_feature_extractor(model: keras.Model, layer_name: str) -> keras.Model:
    outputs = {layer.name: layer.output for layer in model.layers}
    return Model(model.input, outputs[layer_name], name=f"up_to_{layer_name}")


# %% frozen
"""The extractor is frozen, and calls a Functional model inside a subclassed one."""


class Extractor(keras.Model):
    def __init__(self, network, layer_name):
        super().__init__()
        self.part = keras.Model(network.inputs[0], network.get_layer(layer_name).output)
        self.trainable = False

    def call(self, images):
        return self.part(images, training=False)


def build_feature_extractor(model, layer_name):
    return Extractor(model, layer_name)


# %% searched
"""The layer is looked for by hand; a new input tensor goes through the part."""


def build_feature_extractor(model, layer_name):
    found = [layer for layer in model.layers if layer.name == layer_name]
    if not found:
        raise ValueError(f"No layer named {layer_name}.")
    part = keras.Model(model.inputs, found[0].output)
    images = keras.Input(model.input_shape[1:])
    return keras.Model(images, part(images))
