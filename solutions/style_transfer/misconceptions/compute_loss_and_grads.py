# %% gradient_for_the_base_image
"""The gradient is taken with respect to the base image.

The image that changes is the combination image: `tape.gradient(loss, combination_image)`.
"""


def compute_loss_and_grads(combination_image, base_image, style_reference_image):
    with tf.GradientTape() as tape:
        tape.watch(base_image)
        features = feature_extractor(tf.concat([base_image, style_reference_image, combination_image], axis=0))
        content = features[content_layer_name]
        loss = content_weight * content_loss(content[0], content[2])
        for name in style_layer_names:
            loss += style_weight / len(style_layer_names) * style_loss(features[name][1], features[name][2])
        loss += total_variation_weight * total_variation_loss(combination_image)
    return loss, tape.gradient(loss, base_image)


# %% gradient_of_the_network
"""The gradient is taken with respect to the weights of the network.

The network is fixed here, and the pixels of the combination image are trained.
"""


def compute_loss_and_grads(combination_image, base_image, style_reference_image):
    with tf.GradientTape() as tape:
        features = feature_extractor(tf.concat([base_image, style_reference_image, combination_image], axis=0))
        content = features[content_layer_name]
        loss = content_weight * content_loss(content[0], content[2])
        for name in style_layer_names:
            loss += style_weight / len(style_layer_names) * style_loss(features[name][1], features[name][2])
        loss += total_variation_weight * total_variation_loss(combination_image)
    return loss, tape.gradient(loss, feature_extractor.trainable_variables)[0]


# %% ascent
"""The gradient has the opposite sign.

`compute_loss_and_grads` returns the gradient of the loss, without a minus. The optimizer subtracts it.
"""


def compute_loss_and_grads(combination_image, base_image, style_reference_image):
    with tf.GradientTape() as tape:
        features = feature_extractor(tf.concat([base_image, style_reference_image, combination_image], axis=0))
        content = features[content_layer_name]
        loss = content_weight * content_loss(content[0], content[2])
        for name in style_layer_names:
            loss += style_weight / len(style_layer_names) * style_loss(features[name][1], features[name][2])
        loss += total_variation_weight * total_variation_loss(combination_image)
    return loss, -tape.gradient(loss, combination_image)


# %% features_outside_the_tape
"""Content and style are in the loss, but not in its gradient.

Often the features are computed before the tape starts: it records only what is computed inside its block, so only the
total variation has a gradient.
"""


def compute_loss_and_grads(combination_image, base_image, style_reference_image):
    features = feature_extractor(tf.concat([base_image, style_reference_image, combination_image], axis=0))
    with tf.GradientTape() as tape:
        content = features[content_layer_name]
        loss = content_weight * content_loss(content[0], content[2])
        for name in style_layer_names:
            loss += style_weight / len(style_layer_names) * style_loss(features[name][1], features[name][2])
        loss += total_variation_weight * total_variation_loss(combination_image)
    return loss, tape.gradient(loss, combination_image)


# %% style_layers_summed
"""The style losses are summed, not averaged.

Divide the style weight by the number of style layers.
"""


def compute_loss_and_grads(combination_image, base_image, style_reference_image):
    with tf.GradientTape() as tape:
        features = feature_extractor(tf.concat([base_image, style_reference_image, combination_image], axis=0))
        content = features[content_layer_name]
        loss = content_weight * content_loss(content[0], content[2])
        for name in style_layer_names:
            loss += style_weight * style_loss(features[name][1], features[name][2])
        loss += total_variation_weight * total_variation_loss(combination_image)
    return loss, tape.gradient(loss, combination_image)


# %% last_style_layer_only
"""Only the last style layer counts.

Often the loop overwrites the style loss: write `style += …`, not `style = …`.
"""


def compute_loss_and_grads(combination_image, base_image, style_reference_image):
    with tf.GradientTape() as tape:
        features = feature_extractor(tf.concat([base_image, style_reference_image, combination_image], axis=0))
        content = features[content_layer_name]
        loss = content_weight * content_loss(content[0], content[2])
        for name in style_layer_names:
            style = style_weight / len(style_layer_names) * style_loss(features[name][1], features[name][2])
        loss += style + total_variation_weight * total_variation_loss(combination_image)
    return loss, tape.gradient(loss, combination_image)


# %% weights_swapped
"""The weights of content and style are swapped.

`content_weight` multiplies the content loss, `style_weight` the style losses.
"""


def compute_loss_and_grads(combination_image, base_image, style_reference_image):
    with tf.GradientTape() as tape:
        features = feature_extractor(tf.concat([base_image, style_reference_image, combination_image], axis=0))
        content = features[content_layer_name]
        loss = style_weight * content_loss(content[0], content[2])
        for name in style_layer_names:
            loss += content_weight / len(style_layer_names) * style_loss(features[name][1], features[name][2])
        loss += total_variation_weight * total_variation_loss(combination_image)
    return loss, tape.gradient(loss, combination_image)


# %% style_of_the_base_image
"""The style loss compares the combination image with the base image.

The style loss compares the combination image with the style reference. Often the order of the images in `tf.concat`
does not fit the indices 0, 1 and 2 that are used after it.
"""


def compute_loss_and_grads(combination_image, base_image, style_reference_image):
    with tf.GradientTape() as tape:
        features = feature_extractor(tf.concat([base_image, style_reference_image, combination_image], axis=0))
        content = features[content_layer_name]
        loss = content_weight * content_loss(content[1], content[2])
        for name in style_layer_names:
            loss += style_weight / len(style_layer_names) * style_loss(features[name][0], features[name][2])
        loss += total_variation_weight * total_variation_loss(combination_image)
    return loss, tape.gradient(loss, combination_image)


# %% content_of_the_images
"""The content loss compares the images, not their features.

Compare the activations of `content_layer_name`, not the pixels.
"""


def compute_loss_and_grads(combination_image, base_image, style_reference_image):
    with tf.GradientTape() as tape:
        features = feature_extractor(tf.concat([base_image, style_reference_image, combination_image], axis=0))
        loss = content_weight * content_loss(base_image[0], combination_image[0])
        for name in style_layer_names:
            loss += style_weight / len(style_layer_names) * style_loss(features[name][1], features[name][2])
        loss += total_variation_weight * total_variation_loss(combination_image)
    return loss, tape.gradient(loss, combination_image)


# %% no_total_variation
"""The total variation is left out.

Add `total_variation_weight` times the total variation of the combination image.
"""


def compute_loss_and_grads(combination_image, base_image, style_reference_image):
    with tf.GradientTape() as tape:
        features = feature_extractor(tf.concat([base_image, style_reference_image, combination_image], axis=0))
        content = features[content_layer_name]
        loss = content_weight * content_loss(content[0], content[2])
        for name in style_layer_names:
            loss += style_weight / len(style_layer_names) * style_loss(features[name][1], features[name][2])
    return loss, tape.gradient(loss, combination_image)


# %% variation_of_the_base_image
"""The total variation is that of the base image.

The base image does not change, so this term has no gradient. Take the total variation of the combination image.
"""


def compute_loss_and_grads(combination_image, base_image, style_reference_image):
    with tf.GradientTape() as tape:
        features = feature_extractor(tf.concat([base_image, style_reference_image, combination_image], axis=0))
        content = features[content_layer_name]
        loss = content_weight * content_loss(content[0], content[2])
        for name in style_layer_names:
            loss += style_weight / len(style_layer_names) * style_loss(features[name][1], features[name][2])
        loss += total_variation_weight * total_variation_loss(base_image)
    return loss, tape.gradient(loss, combination_image)


# %% network_in_training_mode
"""The network runs in training mode.

The check's network has a batch normalization, which yours may lack. In training mode it uses the statistics of these
three images and updates its own. Call the network with `training=False`, which is the default.
"""


def compute_loss_and_grads(combination_image, base_image, style_reference_image):
    with tf.GradientTape() as tape:
        images = tf.concat([base_image, style_reference_image, combination_image], axis=0)
        features = feature_extractor(images, training=True)
        content = features[content_layer_name]
        loss = content_weight * content_loss(content[0], content[2])
        for name in style_layer_names:
            loss += style_weight / len(style_layer_names) * style_loss(features[name][1], features[name][2])
        loss += total_variation_weight * total_variation_loss(combination_image)
    return loss, tape.gradient(loss, combination_image)


# %% number_of_layers_written_down
"""The style losses are divided by 3, whatever the number of style layers is.

The number of style layers is `len(style_layer_names)`. A fixed number is wrong for other layers.
"""


def compute_loss_and_grads(combination_image, base_image, style_reference_image):
    with tf.GradientTape() as tape:
        features = feature_extractor(tf.concat([base_image, style_reference_image, combination_image], axis=0))
        content = features[content_layer_name]
        loss = content_weight * content_loss(content[0], content[2])
        for name in style_layer_names:
            loss += style_weight / 3 * style_loss(features[name][1], features[name][2])
        loss += total_variation_weight * total_variation_loss(combination_image)
    return loss, tape.gradient(loss, combination_image)


# %% content_without_gradient_inside
"""The content loss has a value, but no gradient.

Often its features are constants for the tape, by `tf.stop_gradient` or NumPy. Leave them as they are.
"""


def compute_loss_and_grads(combination_image, base_image, style_reference_image):
    with tf.GradientTape() as tape:
        features = feature_extractor(tf.concat([base_image, style_reference_image, combination_image], axis=0))
        content = tf.stop_gradient(features[content_layer_name])
        loss = content_weight * content_loss(content[0], content[2])
        for name in style_layer_names:
            loss += style_weight / len(style_layer_names) * style_loss(features[name][1], features[name][2])
        loss += total_variation_weight * total_variation_loss(combination_image)
    return loss, tape.gradient(loss, combination_image)


# %% features_with_a_batch_axis
"""The losses get features with a batch axis.

A slice such as `features[0:1]` has the shape (1, height, width, channels). The losses take the features of one image,
`features[0]`.
"""


def compute_loss_and_grads(combination_image, base_image, style_reference_image):
    with tf.GradientTape() as tape:
        features = feature_extractor(tf.concat([base_image, style_reference_image, combination_image], axis=0))
        content = features[content_layer_name]
        loss = content_weight * content_loss(content[0:1], content[2:3])
        for name in style_layer_names:
            loss += style_weight / len(style_layer_names) * style_loss(features[name][1:2], features[name][2:3])
        loss += total_variation_weight * total_variation_loss(combination_image)
    return loss, tape.gradient(loss, combination_image)


# %% content_layer_written_down
"""The content loss does not follow the name of the content layer.

Often the name is fixed in the code. Read the global `content_layer_name`.
"""


def compute_loss_and_grads(combination_image, base_image, style_reference_image):
    with tf.GradientTape() as tape:
        images = tf.concat([base_image, style_reference_image, combination_image], axis=0)
        features = feature_extractor(images, training=False)
        layer = features["block2_conv"] if "block2_conv" in features else list(features.values())[-1]
        loss = content_weight * content_loss(layer[0], layer[2])
        for name in style_layer_names:
            loss += style_weight / len(style_layer_names) * style_loss(features[name][1], features[name][2])
        loss += total_variation_weight * total_variation_loss(combination_image)
    return loss, tape.gradient(loss, combination_image)


# %% references_kept
"""The features of the base image and the style reference are those of the first call.

The next picture is then compared with the images of the first one. Compute all features from the arguments, in each
call.
"""
_references = {}


def compute_loss_and_grads(combination_image, base_image, style_reference_image):
    names = {content_layer_name, *style_layer_names}
    key = (*sorted(names), *base_image.shape)
    if key not in _references:
        images = tf.concat([base_image, style_reference_image], axis=0)
        features = feature_extractor(images, training=False)
        _references[key] = {name: features[name] for name in names}
    kept = _references[key]
    with tf.GradientTape() as tape:
        features = feature_extractor(combination_image, training=False)
        loss = content_weight * content_loss(kept[content_layer_name][0], features[content_layer_name][0])
        for name in style_layer_names:
            loss += style_weight / len(style_layer_names) * style_loss(kept[name][1], features[name][0])
        loss += total_variation_weight * total_variation_loss(combination_image)
    return loss, tape.gradient(loss, combination_image)


# %% variation_outside_the_tape
"""The total variation is in the loss, but not in its gradient.

Often it is added after the `with` block of the tape. Compute the whole loss inside the block.
"""


def compute_loss_and_grads(combination_image, base_image, style_reference_image):
    with tf.GradientTape() as tape:
        features = feature_extractor(tf.concat([base_image, style_reference_image, combination_image], axis=0))
        content = features[content_layer_name]
        loss = content_weight * content_loss(content[0], content[2])
        for name in style_layer_names:
            loss += style_weight / len(style_layer_names) * style_loss(features[name][1], features[name][2])
    gradient = tape.gradient(loss, combination_image)
    return loss + total_variation_weight * total_variation_loss(combination_image), gradient


# %% gradient_first
"""The gradient is returned first, and then the loss.

Return `(loss, grads)`.
"""


def compute_loss_and_grads(combination_image, base_image, style_reference_image):
    with tf.GradientTape() as tape:
        features = feature_extractor(tf.concat([base_image, style_reference_image, combination_image], axis=0))
        content = features[content_layer_name]
        loss = content_weight * content_loss(content[0], content[2])
        for name in style_layer_names:
            loss += style_weight / len(style_layer_names) * style_loss(features[name][1], features[name][2])
        loss += total_variation_weight * total_variation_loss(combination_image)
    return tape.gradient(loss, combination_image), loss
