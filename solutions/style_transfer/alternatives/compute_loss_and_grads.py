# %% as_the_keras_example
"""The loss in a function of its own, added up term by term, as the Keras example has it."""


def compute_loss(combination_image, base_image, style_reference_image):
    input_tensor = tf.concat([base_image, style_reference_image, combination_image], axis=0)
    features = feature_extractor(input_tensor)

    loss = tf.zeros(shape=())

    layer_features = features[content_layer_name]
    base_image_features = layer_features[0, :, :, :]
    combination_features = layer_features[2, :, :, :]
    loss = loss + content_weight * content_loss(base_image_features, combination_features)
    for layer_name in style_layer_names:
        layer_features = features[layer_name]
        style_reference_features = layer_features[1, :, :, :]
        combination_features = layer_features[2, :, :, :]
        sl = style_loss(style_reference_features, combination_features)
        loss += (style_weight / len(style_layer_names)) * sl

    loss += total_variation_weight * total_variation_loss(combination_image)
    return loss


@tf.function
def compute_loss_and_grads(combination_image, base_image, style_reference_image):
    with tf.GradientTape() as tape:
        loss = compute_loss(combination_image, base_image, style_reference_image)
    grads = tape.gradient(loss, combination_image)
    return loss, grads


# %% three_calls
"""The extractor is called once for each image; the tape watches the image."""


def compute_loss_and_grads(combination_image, base_image, style_reference_image):
    base_features = feature_extractor(base_image)
    style_features = feature_extractor(style_reference_image)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(combination_image)
        image = tf.convert_to_tensor(combination_image)
        features = feature_extractor(image)
        content = content_loss(base_features[content_layer_name][0], features[content_layer_name][0])
        styles = [style_loss(style_features[name][0], features[name][0]) for name in style_layer_names]
        style = tf.add_n(styles) / len(styles)
        total = content_weight * content + style_weight * style + total_variation_weight * total_variation_loss(image)
    return total, tape.gradient(total, combination_image)


# %% everything_written_out
"""No other answer is used: all losses are written out."""


@tf.function
def compute_loss_and_grads(combination_image, base_image, style_reference_image):
    with tf.GradientTape() as tape:
        f = feature_extractor(keras.ops.concatenate([base_image, style_reference_image, combination_image], axis=0))
        content = keras.ops.sum((f[content_layer_name][0] - f[content_layer_name][2]) ** 2)
        style = 0.0
        for name in style_layer_names:
            grams = keras.ops.einsum("bhwi,bhwj->bij", f[name], f[name])
            style += keras.ops.sum((grams[1] - grams[2]) ** 2) / (36.0 * float(img_nrows * img_ncols) ** 2)
        x = combination_image
        down = (x[:, 1:, :-1] - x[:, :-1, :-1]) ** 2
        right = (x[:, :-1, 1:] - x[:, :-1, :-1]) ** 2
        variation = keras.ops.sum((down + right) ** 1.25)
        loss = content_weight * content
        loss = loss + style_weight * style / len(style_layer_names)
        loss = loss + total_variation_weight * variation
    grads = tape.gradient(loss, combination_image)
    return loss, grads


# %% decorated_helper
"""Only the loss is decorated, with hints; its arguments are named."""


@tf.function(reduce_retracing=True)
def style_transfer_loss(image: tf.Tensor, base: tf.Tensor, style: tf.Tensor) -> tf.Tensor:
    feats = feature_extractor(tf.concat((image, base, style), 0), training=False)
    terms = [content_weight * content_loss(combination=feats[content_layer_name][0], base=feats[content_layer_name][1])]
    w = style_weight / float(len(style_layer_names))
    terms += [w * style_loss(style=feats[n][2], combination=feats[n][0]) for n in style_layer_names]
    terms.append(total_variation_weight * total_variation_loss(image))
    return tf.reduce_sum(tf.stack(terms))


def compute_loss_and_grads(combination_image, base_image, style_reference_image):
    with tf.GradientTape() as tape:
        loss = style_transfer_loss(combination_image, base_image, style_reference_image)
    return loss, tape.gradient(loss, combination_image)
