# %% whole_network
"""The whole network is returned.

A model made of `model.inputs` and `model.outputs` ends where the network ends. End it at the output of the layer of
that name.
"""


def build_feature_extractor(model, layer_name):
    return keras.Model(model.inputs, model.outputs[0])


# %% input_of_the_layer
"""The model ends before the layer, not after it.

`layer.input` is what goes into the layer. Its activation is what comes out.
"""


def build_feature_extractor(model, layer_name):
    return keras.Model(model.inputs, model.get_layer(layer_name).input)


# %% new_weights
"""The network is rebuilt, and has new random weights.

`clone_model` copies the architecture only. What the network has learned is in the weights: use its own layers.
"""


def build_feature_extractor(model, layer_name):
    fresh = keras.models.clone_model(model)
    return keras.Model(fresh.inputs, fresh.get_layer(layer_name).output)


# %% layer_alone
"""The layer itself is returned.

It expects the output of the layers before it, not an image. Build a model that begins at the network's
inputs.
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
"""All layers are outputs, in a list.

Then the model gives a list of activations. Return the activation of one layer.
"""


def build_feature_extractor(model, layer_name):
    return keras.Model(model.inputs, [layer.output for layer in model.layers])


# %% layers_in_a_row
"""The layers up to that one are put in a row.

`model.layers` is a list, but a network may have skip connections. Use the tensors of the network itself.
"""


def build_feature_extractor(model, layer_name):
    extractor = keras.Sequential()
    for layer in model.layers:
        extractor.add(layer)
        if layer.name == layer_name:
            return extractor


# %% extractor_in_training_mode
"""The network is called in training mode.

Batch normalization then uses the statistics of this batch, and changes its own. Call it in inference
mode.
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
"""The network is copied with the weights that it has now.

The copy does not follow when the network is trained on, and takes the memory of a second network. A model made of
the network's own tensors shares its weights.
"""


def build_feature_extractor(model, layer_name):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    return keras.Model(copy.inputs, copy.get_layer(layer_name).output)


# %% part_of_a_name
"""The first layer is taken whose name contains the one that was asked for.

`conv` is also in `conv_1` and `pre_conv`. `model.get_layer(name)` compares whole names.
"""


def build_feature_extractor(model, layer_name):
    found = next(layer for layer in model.layers if layer_name in layer.name)
    return keras.Model(model.inputs, found.output)


# %% first_network_kept
"""The extractor is kept under the name of its layer, so another network gets the extractor of the first one.

A global or a default argument that collects results outlives the call. Build the model from the arguments each time.
"""
_extractors = {}


def build_feature_extractor(model, layer_name):
    if layer_name not in _extractors:
        _extractors[layer_name] = keras.Model(model.inputs, model.get_layer(layer_name).output)
    return _extractors[layer_name]
