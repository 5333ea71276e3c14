# %% list_without_names
"""The extractor returns a list, not a dict.

The loss finds each layer by its name. Pass a dict {name: output} to `keras.Model`, and the model returns a dict.
"""


def build_feature_extractor(model):
    return keras.Model(model.input, [layer.output for layer in model.layers])


# %% predicted_features
"""The extractor calls `predict`, which gives NumPy arrays.

No gradient flows through NumPy arrays, so the image cannot be improved. Return a model, or call it: `model(images)`.
"""


def build_feature_extractor(model):
    features = keras.Model(model.input, {layer.name: layer.output for layer in model.layers[1:]})
    return lambda images: features.predict(images, verbose=0)


# %% inputs_of_the_layers
"""Each name has the activation of the layer before.

Often because of `layer.input`. The activation of a layer is its `output`.
"""


def build_feature_extractor(model):
    return keras.Model(model.input, {layer.name: layer.input for layer in model.layers[1:]})


# %% cloned_network
"""The features do not come from the model's own weights.

Often the network is cloned: `clone_model` makes new layers with new random weights. Use the layers of the model itself.
"""


def build_feature_extractor(model):
    clone = keras.models.clone_model(model)
    return keras.Model(clone.input, {layer.name: layer.output for layer in clone.layers[1:]})


# %% copied_weights
"""The features do not follow when the weights of the model change.

Often the extractor uses a copy of the network. A second model over the same layers shares the weights.
"""


def build_feature_extractor(model):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    return keras.Model(copy.input, {layer.name: layer.output for layer in copy.layers[1:]})


# %% last_layer_only
"""The dict holds the last layer only.

The loss needs several layers from the middle. Put every layer of `model.layers` into the dict.
"""


def build_feature_extractor(model):
    return keras.Model(model.input, {model.layers[-1].name: model.output})


# %% convolutions_only
"""The dict holds the convolutions only.

The dict needs an entry for every layer, also for normalization and pooling.
"""


def build_feature_extractor(model):
    layers = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
    return keras.Model(model.input, {layer.name: layer.output for layer in layers})


# %% layers_on_the_image
"""Each layer is called on the image itself.

A layer in the middle takes the activation of the layer before. The symbolic outputs, `layer.output`, are already
connected to the input.
"""


def build_feature_extractor(model):
    def extract(images):
        found = {}
        for layer in model.layers[1:]:
            channels = layer.input.shape[-1]
            found[layer.name] = layer(tf.repeat(images, channels, axis=-1)[..., :channels])
        return found

    return extract


# %% names_shifted
"""The names are off by one layer.

Often because `model.layers` starts with the input layer. Leave it out of both the names and the outputs, or keep it in
both.
"""


def build_feature_extractor(model):
    names = [layer.name for layer in model.layers]
    outputs = [layer.output for layer in model.layers[1:]]
    return keras.Model(model.input, dict(zip(names, outputs)))


# %% first_call_remembered
"""Later calls return the features of the first call.

The extractor must compute the activations of the images that it gets in each call.
"""


def build_feature_extractor(model):
    extractor = keras.Model(model.input, {layer.name: layer.output for layer in model.layers[1:]})
    kept = {}

    def extract(images, training=False):
        shape = tuple(images.shape)
        if shape not in kept:
            kept[shape] = extractor(images, training=training)
        return kept[shape]

    return extract


# %% network_of_the_notebook
"""The model that is passed in is not used.

Often the notebook's `network` is used in its place. The checks pass other networks: use the argument `model`.
"""


def build_feature_extractor(model):
    return keras.Model(network.input, {layer.name: layer.output for layer in network.layers[1:]})


# %% first_image_only
"""Only the activations of the first image are returned.

The extractor is called on a batch: each activation has one entry per image.
"""


def build_feature_extractor(model):
    features = keras.Model(model.input, {layer.name: layer.output for layer in model.layers[1:]})
    return lambda images, training=False: {name: value[:1] for name, value in features(images).items()}


# %% flattened
"""Each activation is flattened to one row per image.

Rows, columns and channels are needed later: return the activation in the shape that the layer gives it.
"""


def build_feature_extractor(model):
    outputs = {layer.name: keras.layers.Flatten()(layer.output) for layer in model.layers[1:]}
    return keras.Model(model.input, outputs)
