# %% whole_network
"""The whole network is returned.

A model from `model.inputs` to `model.outputs` ends where the network ends. End it at the output of the layer with the
given name.
"""


def build_feature_extractor(model, layer_name):
    return keras.Model(model.inputs, model.outputs[0])


# %% input_of_the_layer
"""The model ends before the layer, not after it.

`layer.input` is what goes into the layer. Its activation is `layer.output`.
"""


def build_feature_extractor(model, layer_name):
    return keras.Model(model.inputs, model.get_layer(layer_name).input)


# %% new_weights
"""The extractor does not have the weights of the network.

What the network has learned is in its weights. Often they are new and random, as after `clone_model`, which copies the
architecture only. Use the network's own layers.
"""


def build_feature_extractor(model, layer_name):
    fresh = keras.models.clone_model(model)
    return keras.Model(fresh.inputs, fresh.get_layer(layer_name).output)


# %% layer_alone
"""The layer itself is returned.

It expects the output of the layer before it, not an image. Build a model that starts at the network's inputs.
"""


def build_feature_extractor(model, layer_name):
    return model.get_layer(layer_name)


# %% symbolic_output
"""The symbolic output of the layer is returned.

`layer.output` is a symbolic tensor without values. Only a model with inputs can be called on images.
"""


def build_feature_extractor(model, layer_name):
    return model.get_layer(layer_name).output


# %% list_of_outputs
"""The model returns the activations of all layers, in a list.

Give `keras.Model` one output: that of the layer with the given name.
"""


def build_feature_extractor(model, layer_name):
    return keras.Model(model.inputs, [layer.output for layer in model.layers])


# %% layers_in_a_row
"""The extractor ignores the branches of the network.

Often the layers in `model.layers` are called one after another, but a network may have skip connections. Use the
tensors of the network itself.
"""


def build_feature_extractor(model, layer_name):
    extractor = keras.Sequential()
    for layer in model.layers:
        extractor.add(layer)
        if layer.name == layer_name:
            return extractor


# %% extractor_in_training_mode
"""The network runs in training mode.

Batch normalization then uses the statistics of this batch, and changes its moving statistics. Call the network in
inference mode.
"""


class Extractor(keras.Model):
    def __init__(self, part):
        super().__init__()
        self.part = part

    def call(self, images):
        return self.part(images, training=True)


def build_feature_extractor(model, layer_name):
    return Extractor(keras.Model(model.inputs, model.get_layer(layer_name).output))


# %% a_function
"""A Python function is returned, not a model.

It gives the right numbers, but has no weights, no name, no summary, and can't be part of another model.
"""


def build_feature_extractor(model, layer_name):
    part = keras.Model(model.inputs, model.get_layer(layer_name).output)
    return lambda images: part(images)


# %% output_of_the_network_too
"""The model gives two tensors: the activation and the output of the network.

Give `keras.Model` one output: that of the layer.
"""


def build_feature_extractor(model, layer_name):
    return keras.Model(model.inputs, [model.get_layer(layer_name).output, model.outputs[-1]])


# %% copied_weights
"""The extractor does not follow when the weights of the network change.

Often it is a copy, with the weights of that moment. A model made of the network's own tensors shares its weights.
"""


def build_feature_extractor(model, layer_name):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    return keras.Model(copy.inputs, copy.get_layer(layer_name).output)


# %% part_of_a_name
"""The model ends at another layer, whose name contains the given name.

`conv` is also in `conv_1` and `pre_conv`. `model.get_layer(name)` compares whole names.
"""


def build_feature_extractor(model, layer_name):
    found = next(layer for layer in model.layers if layer_name in layer.name)
    return keras.Model(model.inputs, found.output)


# %% first_network_kept
"""A second network gets the extractor of the first one.

What is stored in a global or a default argument, for example under the name of the layer, is still there in the next
call. Build the model from the arguments in each call.
"""
_extractors = {}


def build_feature_extractor(model, layer_name):
    if layer_name not in _extractors:
        _extractors[layer_name] = keras.Model(model.inputs, model.get_layer(layer_name).output)
    return _extractors[layer_name]
