# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # 10. Style transfer: a loss made of features
#
# *About 90 minutes, 10 points. It builds on exercise 2, `training_loop`, and exercise 9, `gradient_ascent`: the image
# is what is trained.*
#
# **After this notebook you can**
#
# - compute a loss from the activations of several inner layers of a network;
# - take the gradient of such a loss with respect to an image;
# - write a training loop around an optimizer for a variable that is not a weight of any layer.
#
# | question | minutes | points |
# |---|---|---|
# | 1. Style: which features occur together | 20 | 2.5 |
# | 2. Content: the same features in the same places | 5 | 1 |
# | 3. Total variation: neighboring pixels alike | 15 | 1.5 |
# | 4. A feature extractor | 10 | 1 |
# | 5. The loss and its gradient | 25 | 2 |
# | 6. The training loop over an image | 15 | 2 |
#
# Take a photograph and a painting, and make a third picture: it shows what the photograph shows, in the style of the
# painting. No network is trained for this. The network is given, its weights stay fixed, and what changes are the
# **pixels of the third picture**. The work is in the loss.
#
# ```
#   base image ──────────┐                   ┌─► content loss: same features, same places
#   style reference ─────┼─► network, fixed ─┼─► style loss: same mix of features, anywhere
#   combination image ───┘   (features)      │
#        ▲      └────────────────────────────┴─► total variation loss: smooth neighbors
#        │                                                  │
#        └────────────── gradient of the loss ◄─────────────┘
# ```
#
# Two parts of Keras are practiced here. The loss needs the outputs of several layers in the *middle* of a network: a
# **feature extractor**, made from a Functional model. And you write the **training loop** yourself, because what is
# trained is an image: `tf.GradientTape` gives the gradient with respect to any tensor.
#
# $$ L = w_c \, L_\text{content} + \frac{w_s}{\text{number of style layers}} \sum_\text{style layers} L_\text{style}
#    + w_v \, L_\text{variation} $$
#
# **To read:**
#
# * The lecture: *Neural Style Transfer: Feature extractor, Training Loop*. It links to the Keras example [Neural style
#   transfer](https://keras.io/examples/generative/neural_style_transfer/#compute-the-style-transfer-loss), section
#   "Compute the style transfer loss", and to [TensorFlow's
#   tutorial](https://www.tensorflow.org/tutorials/generative/style_transfer).
# * The paper: [Gatys, Ecker and Bethge, *A neural algorithm of artistic style*](https://arxiv.org/abs/1508.06576).
# * Keras: [the Functional API](https://keras.io/guides/functional_api/), section "Extract and reuse nodes in the graph
#   of layers", and [optimizers](https://keras.io/api/optimizers/). TensorFlow:
#   [GradientTape](https://www.tensorflow.org/api_docs/python/tf/GradientTape) and [better performance with
#   `tf.function`](https://www.tensorflow.org/guide/function).

# %% tags=["setup"]
import keras
import numpy as np
import tensorflow as tf

# %% [markdown]
# The sizes of the images are globals, as in the example that the lecture links to. All three images have shape `(1,
# img_nrows, img_ncols, 3)`, with colors between 0 and 1. Your functions must read the globals when they are called: the
# checks try other sizes.

# %% tags=["given"]
img_nrows = 96
img_ncols = 128

# %% [markdown]
# ## 1. Style: which features occur together (2.5 points, 20 minutes)
#
# A layer of a convolutional network gives, at each place $p$ of an image, one number per channel: how much of a certain
# edge, spot or texture is there. The **Gram matrix** sums over the places and keeps how strongly two channels are
# active together:
#
# $$ G_{ij} = \sum_{p} x_{p i} \, x_{p j}, \qquad p \text{ runs over all } H \cdot W \text{ places.} $$
#
# Two images with the same Gram matrices have the same mix of features, wherever these are. The style loss of one layer
# compares the matrices,
#
# $$ L_\text{style} = \frac{1}{4 \, c^2 \, s^2} \sum_{i, j} \big( G_{ij}^\text{style} - G_{ij}^\text{combination} \big)^2 $$
#
# with the constants of the example: $c = 3$, the colors of the **image**, and $s$ = `img_nrows * img_ncols`, the
# pixels of the **image**, whatever the size of the features is.
#
# **Worked example.** The style features have two places with three channels: (1, 2, 0) and (3, −1, 1). Those of the
# combination image are (1, 2, 0) and (1, −1, 1). Then
#
# $$ G^\text{style} = \begin{pmatrix} 10 & -1 & 3 \\ -1 & 5 & -1 \\ 3 & -1 & 1 \end{pmatrix}, \qquad
#    G^\text{combination} = \begin{pmatrix} 2 & 1 & 1 \\ 1 & 5 & -1 \\ 1 & -1 & 1 \end{pmatrix} $$
#
# For example $G_{11} = 1 \cdot 1 + 3 \cdot 3 = 10$. The squared differences add up to $8^2 + 4 \cdot 2^2 = 80$. For an
# image of 2 × 5 pixels the divisor is $4 \cdot 9 \cdot 100 = 3600$, and the style loss $80 / 3600 =$ **0.0222**. With
# the first two channels only, the squares add up to $8^2 + 2 \cdot 2^2 = 72$. The image still has three colors, so
# the loss is $72 / 3600 =$ **0.02**.
#
# Write both functions. The second may use the first: the checks try it with another `gram_matrix` as well, so that a
# mistake in the Gram matrix does not count twice.

# %% question="style_loss"
def gram_matrix(x):
    """The Gram matrix of the features of one image.

    x: float32 tensor (height, width, channels).
    Returns a tensor (channels, channels).
    """
    # BEGIN SOLUTION
    places = tf.reshape(x, (-1, tf.shape(x)[-1]))
    return tf.matmul(places, places, transpose_a=True)
    # END SOLUTION


def style_loss(style, combination):
    """The style loss of one layer.

    style, combination: features of the two images, float32 tensors (height, width, channels).
    Returns a scalar tensor.
    """
    # BEGIN SOLUTION
    difference = gram_matrix(style) - gram_matrix(combination)
    pixels = img_nrows * img_ncols
    return tf.reduce_sum(tf.square(difference)) / (4.0 * 3**2 * pixels**2)
    # END SOLUTION

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Write the features as a matrix with one row per place and one column per channel. A product of this matrix and its
# transpose has the shape `(channels, channels)`.
# </details>
# <details><summary>Hint 2</summary>
#
# `tf.reshape` to `(height * width, channels)` keeps each place in one row, because the last axis runs fastest. To get
# to `(channels, height * width)` you have to transpose; a reshape alone would mix the channels.
# </details>
# <details><summary>Hint 3</summary>
#
# For the matrix $A$ of shape `(places, channels)` the Gram matrix is $A^\top A$. For the style loss, subtract two such
# matrices, square, sum, and divide by `4 * 3**2 * (img_nrows * img_ncols)**2`.
# </details>

# %% [markdown]
# ## 2. Content: the same features in the same places (1 point, 5 minutes)
#
# The content loss keeps the places. It is the sum of squared differences, over all places and channels, without a
# divisor:
#
# $$ L_\text{content} = \sum_{p, i} \big( x^\text{combination}_{p i} - x^\text{base}_{p i} \big)^2 $$
#
# **Worked example.** The base features are (0, 2, 3) and (1, −1, 1), those of the combination image (1, 2, 0) and (3,
# −1, 1). The content loss is 1 + 0 + 9 + 4 + 0 + 0 = **14**.

# %% question="content_loss"
def content_loss(base, combination):
    """The content loss of one layer.

    base, combination: features of the two images, float32 tensors (height, width, channels).
    Returns a scalar tensor.
    """
    # BEGIN SOLUTION
    return tf.reduce_sum(tf.square(base - combination))
    # END SOLUTION

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Features that are twice as far apart have four times the loss.
# </details>
# <details><summary>Hint 2</summary>
#
# You need three operations: a difference, `tf.square`, and one that makes a single number of all the entries.
# </details>
# <details><summary>Hint 3</summary>
#
# It is a sum, not a mean: `tf.reduce_sum` without an axis.
# </details>

# %% [markdown]
# ## 3. Total variation: neighboring pixels alike (1.5 points, 15 minutes)
#
# Fine noise can lower the other two losses. The total variation loss penalizes differences between neighboring pixels.
# With $a$ the square of the step to the pixel **below** and $b$ the square of the step to the pixel on the **right**,
# one of each per color,
#
# $$ L_\text{variation} = \sum_{r, c, \text{colors}} (a_{rc} + b_{rc})^{1.25}, \qquad
# a_{rc} = (x_{rc} - x_{r+1, c})^2, \quad b_{rc} = (x_{rc} - x_{r, c+1})^2 . $$
#
# The sum runs over the pixels that have both neighbors, that is all but the last row and the last column. The exponent
# 1.25 is that of the example.
#
# **Worked example.** In an image of 2 × 2 pixels only the upper left pixel has both neighbors:
#
# | color | upper left | below | right | $(a + b)^{1.25}$ |
# |---|---|---|---|---|
# | red | 0.5 | 0.35 | 0.7 | (0.0225 + 0.04)^1.25 = 0.03125 |
# | green | 0 | 1 | 0 | (1 + 0)^1.25 = 1 |
# | blue | 0.3 | 0.3 | 0.3 | 0 |
#
# So the loss is **1.03125**, whatever the lower right pixel is.

# %% question="total_variation_loss"
def total_variation_loss(x):
    """The total variation loss of an image.

    x: float32 tensor (1, img_nrows, img_ncols, 3).
    Returns a scalar tensor.
    """
    # BEGIN SOLUTION
    here = x[:, :-1, :-1]
    below, right = x[:, 1:, :-1], x[:, :-1, 1:]
    return tf.reduce_sum((tf.square(here - below) + tf.square(here - right)) ** 1.25)
    # END SOLUTION

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The steps from all pixels to their neighbors are the difference of two slices of the image, shifted by one pixel.
# </details>
# <details><summary>Hint 2</summary>
#
# `x[:, 1:]` has one row less than `x`, `x[:, :, 1:]` one column less. The two squares must have the same shape before
# you add them: cut off the last row and the last column where they are left.
# </details>
# <details><summary>Hint 3</summary>
#
# All slices have shape `(1, img_nrows - 1, img_ncols - 1, 3)`. First add the two squares, then raise the sum to 1.25,
# then sum over everything.
# </details>

# %% [markdown]
# ## 4. A feature extractor (1 point, 10 minutes)
#
# Here is a network. The Keras example uses VGG19, which was trained on a million photographs. This kind of loss works
# with much less: three convolutions with **random** filters, each at half the size of the one before, react to edges,
# colors and blobs well enough. At the end of the notebook you find how to use VGG19 instead.

# %% tags=["given"]
def make_network(channels=(48, 48, 64), seed=1):
    """A network of three random convolutions: images (batch, rows, columns, 3), colors in [0, 1]."""
    random = np.random.default_rng(seed)
    inputs = keras.Input((None, None, 3))
    x = keras.layers.Rescaling(2.0, offset=-1.0, name="center")(inputs)
    for block, units in enumerate(channels, start=1):
        if block > 1:
            x = keras.layers.AveragePooling2D(2, name=f"block{block}_pool")(x)
        convolution = keras.layers.Conv2D(units, 3, padding="same", activation="relu", name=f"block{block}_conv")
        x = convolution(x)
        kernel = random.normal(size=convolution.kernel.shape)
        kernel *= 2 / np.sqrt(np.prod(kernel.shape[:3]))
        bias = random.uniform(-1, 1, units) if block == 1 else np.zeros(units)
        convolution.set_weights([kernel.astype("float32"), bias.astype("float32")])
    network = keras.Model(inputs, x)
    network.trainable = False
    return network


network = make_network()

# %% [markdown]
# Write `build_feature_extractor`. It takes a Functional model like this one, a chain of layers without branches. It
# returns a model, or anything else that can be called on images; question 5 takes a gradient through the call. The
# result of the call is a **dict**: for the name of every layer, the activation of that layer. The layers are those of
# the model, not copies.
#
# **Worked example.** A network has the layers `plain` (returns the image), `twice` (times 2) and `less_one` (minus 1).
# For an image in which every value is 5, the extractor gives a dict with arrays full of 5 for `plain`, 10 for `twice`
# and 9 for `less_one`.

# %% question="build_feature_extractor"
def build_feature_extractor(model):
    """Make a feature extractor, which gives the activations of all layers of a Functional model.

    model: maps images (batch, rows, columns, 3) to its last layer's activation.
    Returns a model or another callable: images to a dict {name of a layer: its activation}. The
    input layer may be in the dict or not.
    """
    # BEGIN SOLUTION
    return keras.Model(model.input, {layer.name: layer.output for layer in model.layers[1:]})
    # END SOLUTION

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# A Functional model knows its layers, `model.layers`, and each of them knows its name and its symbolic output.
# </details>
# <details><summary>Hint 2</summary>
#
# `keras.Model(inputs, outputs)` makes a model out of any tensors of an existing one. The outputs may be a tensor, a
# list or a dict.
# </details>
# <details><summary>Hint 3</summary>
#
# The input is `model.input`; the outputs are a dict comprehension over `model.layers` with `layer.name` and
# `layer.output`.
# </details>

# %% tags=["given"]
feature_extractor = build_feature_extractor(network)

style_layer_names = ["block1_conv", "block2_conv", "block3_conv"]
content_layer_name = "block2_conv"

content_weight = 5e-4
style_weight = 100.0
total_variation_weight = 0.03

# %% [markdown]
# ## 5. The loss and its gradient (2 points, 25 minutes)
#
# Now combine the three losses as in the formula at the top: the content loss of the features of `content_layer_name`,
# the mean of the style losses over `style_layer_names`, and the total variation of the combination image, each times
# its weight. All of these names are globals, and so is `feature_extractor`.
#
# `compute_loss_and_grads` returns this loss together with its gradient **with respect to the combination image**. The
# network runs in inference mode, as it does unless you pass `training=True`. (Pass `training=False` only if your
# extractor takes it.)
#
# **Worked example.** For the network of question 4, take the style layers `plain` and `twice`, the content layer
# `twice`, and black images of 2 × 2 pixels with a few values that are not 0:
#
# | image | values |
# |---|---|
# | combination | green 1 at row 1, column 0 |
# | base | green 1 at row 1, column 0; blue 2 at row 0, column 1 |
# | style reference | red 1 at row 0, column 0; green 1 at row 0, column 1; green 1 at row 1, column 1 |
#
# * Content: in `twice` the blue values differ by 4, so the loss is 16. With the weight 0.5 the term is **8**.
# * Style: the Gram matrices differ by 1 in two entries for `plain` and by 4 for `twice`. The losses are 2 / 576 and
#   32 / 576. With the weight 576 their mean gives the term **17**.
# * Total variation: 1. With the weight 3 the term is **3**. The loss is 8 + 17 + 3 = **28**.
#
# A second scene has the content layer `plain` and the style weight 288. Its base image has blue 1 instead of 2, and its
# style reference lacks the green 1 at row 1. The terms are **0.5**, **4.25** and **3**.
#
# The checks put other globals in place of yours, also for the three losses, so that a mistake in one of them does not
# count again. Their `feature_extractor` is a `keras.Model`.
#
# The decorator `@tf.function` in the cell below makes the function faster, and you may remove it. It traces the
# function into a graph at the first call and keeps the globals of that moment. If you change a weight or the extractor
# later, run the cell of the function again. (The checks run every `tf.function` eagerly, as if you had not decorated
# it.)

# %% question="compute_loss_and_grads"
@tf.function
def compute_loss_and_grads(combination_image, base_image, style_reference_image):
    """The loss of the combination image, and its gradient.

    combination_image: tf.Variable (1, img_nrows, img_ncols, 3).
    base_image, style_reference_image: float32 tensors of the same shape.
    Returns (loss, grads): a scalar, and a tensor with the shape of the image.
    """
    # BEGIN SOLUTION
    with tf.GradientTape() as tape:
        images = tf.concat([base_image, style_reference_image, combination_image], axis=0)
        features = feature_extractor(images, training=False)
        base, _, combination = tf.unstack(features[content_layer_name])
        loss = content_weight * content_loss(base, combination)
        for name in style_layer_names:
            _, style, combination = tf.unstack(features[name])
            loss += style_weight / len(style_layer_names) * style_loss(style, combination)
        loss += total_variation_weight * total_variation_loss(combination_image)
    return loss, tape.gradient(loss, combination_image)
    # END SOLUTION

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The tape records what is computed inside its `with` block. So compute the whole loss there, including the features.
# </details>
# <details><summary>Hint 2</summary>
#
# The extractor takes a batch: `tf.concat` puts the three images into one, and example 0, 1 or 2 of each activation
# belongs to one of them. The losses take the features of one image, `(height, width, channels)`.
# </details>
# <details><summary>Hint 3</summary>
#
# In a loop over `style_layer_names`, add `style_weight / len(style_layer_names)` times the style loss of that layer.
# The last line is `tape.gradient(loss, combination_image)`; a `tf.Variable` needs no `watch`.
# </details>

# %% [markdown]
# ## 6. The training loop over an image (2 points, 15 minutes)
#
# `transfer` starts from the base image and makes `iterations` steps (at least 1) with one optimizer of your choice,
# from Keras or your own, for all of them: its momentum, or the averages of `Adam`, carry over from step to step. `Adam`
# moves each pixel by about the learning rate, whatever the size of the gradient; plain `SGD` needs a much larger
# learning rate here. You may clip the image to [0, 1].
#
# The loss must be lower after a few steps than at the start, and lower still after more; the checks use learning rates
# up to 0.02. Nothing but the image may change: not the network, and not the tensors that were passed in. Your loop may
# compute the loss with a tape of its own. If it calls `compute_loss_and_grads`, the checks replace it by a simpler
# function.
#
# **Worked example.** Say the loss is half the squared distance to an image that is 0.8 everywhere, so that the gradient
# is `image - 0.8`, and the base image is 0.5 everywhere. With the learning rate 0.1, `SGD` goes 0.5 → 0.53 → 0.557, and
# `Adam` goes 0.5 → 0.6 → about 0.7. Both are right: the image starts at the base image, each step goes down the loss,
# and the gradient is computed again for each step.

# %% question="transfer"
def transfer(base_image, style_reference_image, iterations, learning_rate):
    """Paint the base image in the style of the reference.

    base_image, style_reference_image: float32 tensors (1, img_nrows, img_ncols, 3).
    iterations: number of steps.
    learning_rate: the learning rate of the optimizer.
    Returns the image after the last step, floats of the same shape: an array, a tensor or a variable.
    """
    # BEGIN SOLUTION
    combination_image = tf.Variable(base_image)
    optimizer = keras.optimizers.Adam(learning_rate)
    for _ in range(iterations):
        _, gradient = compute_loss_and_grads(combination_image, base_image, style_reference_image)
        optimizer.apply_gradients([(gradient, combination_image)])
    return combination_image.numpy()
    # END SOLUTION

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# What is trained has to be a variable. A `tf.Variable(…)` holds its own copy of the values that it starts with.
# </details>
# <details><summary>Hint 2</summary>
#
# Create the optimizer once, before the loop: its state carries over from step to step.
# </details>
# <details><summary>Hint 3</summary>
#
# In each iteration: `loss, grads = compute_loss_and_grads(…)`, then `optimizer.apply_gradients([(grads, image)])`. At
# the end return the value of the variable.
# </details>

# %% [markdown]
# ## The picture
#
# A photograph that comes with scikit-learn, a pattern in five colors that is drawn here, and what your functions make
# of both. (About 20 seconds. If your optimizer is not Adam, change the learning rate below.)

# %% tags=["demo"]
import matplotlib.pyplot as plt
from sklearn.datasets import load_sample_image


def painting(rows, columns):
    """Bands that flow around each other, in five colors: (1, rows, columns, 3)."""
    y, x = np.mgrid[0:rows, 0:columns] / 20
    flow = np.sin(1.3 * x + 0.7 * np.sin(1.7 * y)) + np.sin(1.1 * y + 0.9 * np.sin(1.3 * x))
    tone = np.sin(5 * flow + 1.5 * np.sin(2 * x))
    palette = np.array([[0.05, 0.1, 0.4], [0.95, 0.75, 0.15], [0.1, 0.45, 0.75], [0.95, 0.95, 0.85], [0.85, 0.25, 0.1]])
    return palette[np.clip((tone + 1) / 2 * 5, 0, 4).astype(int)][None].astype("float32")


photograph = load_sample_image("china.jpg")[None, :, 40:609] / np.float32(255)
base_image = tf.image.resize(photograph, (img_nrows, img_ncols), antialias=True)
style_reference_image = tf.constant(painting(img_nrows, img_ncols))
result = transfer(base_image, style_reference_image, iterations=300, learning_rate=0.02)

figure, axes = plt.subplots(1, 3, figsize=(14, 4), layout="constrained")
pictures = {"content": base_image, "style": style_reference_image, "result": result}
for axis, (title, picture) in zip(axes, pictures.items()):
    inner = np.asarray(picture)[0, 3:-3, 3:-3]  # at the border the network sees the zeros of its padding
    axis.imshow(np.clip(inner, 0, 1))
    axis.set_title(title)
    axis.axis("off")
plt.show()

# %% [markdown]
# **What you should see.** On the right the temple of the photograph, its edges in place, with the bands and the five
# colors of the pattern in its surfaces.
#
# **If you don't:** the photograph as it was: the style term is too small; look at the divisor and at what the loop
# returns. Bands without a temple: the content term is missing or compares the wrong images. Colored noise: look at the
# total variation. A picture that becomes white or black: the loop goes up the loss, or the learning rate is too large
# for your optimizer.
#
# ## Recap
#
# * A `keras.Model` with a dict of outputs gives any number of activations in one call.
# * A loss may be any differentiable function of such activations; the tape needs to see all of it.
# * What is trained is what you give to the optimizer: here one variable that holds an image.
#
# ## One question to think about
#
# Each picture takes hundreds of gradient steps. Suppose you want to paint a film, 25 pictures per second, all in one
# style. How could you use the same loss to train a **second network** that paints a picture in one pass? What would be
# its weights, its input, and its training data? Which of your functions could stay as they are?
#
# ## Stretch task, no points
#
# Use VGG19 as in the Keras example (a download of 80 MB; a step takes about a second without a GPU). VGG19 expects
# colors from 0 to 255 with a mean subtracted, so its preparation becomes a part of the network:
#
# ```python
# images = keras.Input((None, None, 3))
# prepared = keras.applications.vgg19.preprocess_input(255.0 * images)
# network = keras.applications.VGG19(
#     include_top=False, weights="imagenet", input_tensor=prepared
# )
# network.trainable = False
# feature_extractor = build_feature_extractor(network)
# style_layer_names = [f"block{block}_conv1" for block in range(1, 6)]
# content_layer_name = "block5_conv2"
# content_weight, style_weight, total_variation_weight = 2.5e-8, 1e-6, 1.0
# ```
#
# Run the cell of `compute_loss_and_grads` again, and then the picture. The first two weights are those of the example;
# the third is its 1e-6, times 255 to the power of 2.5, because your images are between 0 and 1.

# %% [markdown] tags=["solution"]
# **Answer.** Train a convolutional network that maps a photograph to a picture of the same size. Its weights are
# the weights of its convolutions, its input is the base image, and its training data are many photographs; no painted
# pictures are needed beyond the one style reference. For each photograph, pass the network's output as the combination
# image through the same loss, and take the gradient with respect to the network's weights instead of the pixels.
# `gram_matrix`, the three losses and `build_feature_extractor` stay as they are. After training, a picture takes one
# forward pass. See [Johnson, Alahi and Fei-Fei](https://arxiv.org/abs/1603.08155).
