# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Style transfer: a loss made of features
#
# *About 70 minutes. 10 points.*
#
# Take a photograph and a painting, and make a third picture: it shows what the photograph shows, painted as the
# painting is painted. No network learns to do this. The network is there already, with its weights fixed, and what
# changes are the
# **pixels of the third picture**. All the art is in the loss.
#
# ```
#   base image ──────────┐                        ┌─► content loss: same shapes in the same places
#   style reference ─────┼──► network, fixed ─────┼─► style loss: same mix of features, anywhere
#   combination image ───┘    (features)          │
#        ▲      └─────────────────────────────────┴─► total variation loss: calm neighbours
#        │                                                       │
#        └────────────── gradient of the loss ◄──────────────────┘
# ```
#
# Two things make this a lesson in Keras beyond its pictures. The loss needs what comes out of the *middle* of a
# network, from several layers at once: a **feature extractor**, cut out of a Functional model. And it needs a
# **training loop** of your own, since the thing to be trained is an image: with `tf.GradientTape` you may ask for the
# gradient with respect to anything.
#
# $$ L = w_c \, L_\text{content} + \frac{w_s}{\text{number of style layers}} \sum_\text{style layers} L_\text{style}
#    + w_v \, L_\text{variation} $$

# %% tags=["setup"]
import keras
import numpy as np
import tensorflow as tf

# %% [markdown]
# The sizes of the pictures are globals, as in the example that the lecture links to. All three images have shape `(1,
# img_nrows, img_ncols, 3)`, colours between 0 and 1. Your functions must read the globals when they are called, since
# the checks try other sizes.

# %% tags=["given"]
img_nrows = 96
img_ncols = 128

# %% [markdown]
# ## 1. Style: which features go together (2.5 points)
#
# A layer of a convolutional network gives, at each place $p$ of an image, one number for each of its $C$ channels:
# how much of a certain edge, spot or texture is there. The **Gram matrix** forgets the places and keeps how often two
# channels are active together:
#
# $$ G_{ij} = \sum_{p} x_{p i} \, x_{p j}, \qquad p \text{ runs over all } H \cdot W \text{ places.} $$
#
# Two pictures with the same Gram matrices have the same mix of strokes and colours, although nothing is in the same
# place. The style loss of one layer compares them,
#
# $$ L_\text{style} = \frac{1}{4 \, c^2 \, s^2} \sum_{i, j} \big( G_{ij}^\text{style} - G_{ij}^\text{combination} \big)^2 $$
#
# with the constants of the example: $c = 3$, the colours of the **image**, and $s$ = `img_nrows * img_ncols`, the
# pixels of the **image**, whatever the size of the features is.
#
# Write both functions. The second may use the first: the checks then put another one in its place, so that a mistake
# in the Gram matrix does not count twice.

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
# Write the features as a matrix with one row for each place and one column for each channel. Which product of this
# matrix with itself has the shape `(channels, channels)`?
# </details>
# <details><summary>Hint 2</summary>
#
# `tf.reshape` to `(height * width, channels)` keeps each place in one row, because the last axis runs fastest. To get
# to `(channels, height * width)` you have to transpose; a reshape alone would mix the channels.
# </details>
# <details><summary>Hint 3</summary>
#
# For the matrix $A$ of shape `(places, channels)` it is $A^\top A$. The style loss: difference of two such matrices,
# squared, summed, divided by `4 * 3**2 * (img_nrows * img_ncols)**2`.
# </details>

# %% [markdown]
# ## 2. Content: the same features in the same places (1 point)
#
# The content loss does not forget the places. It is the plain sum of squared differences, over all places and
# channels, with no divisor:
#
# $$ L_\text{content} = \sum_{p, i} \big( x^\text{combination}_{p i} - x^\text{base}_{p i} \big)^2 $$

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
# How does the loss of features change when they lie twice as far apart?
# </details>
# <details><summary>Hint 2</summary>
#
# Three operations: a difference, `tf.square`, and one that makes a single number of all the entries.
# </details>
# <details><summary>Hint 3</summary>
#
# A sum, not a mean: `tf.reduce_sum` without an axis.
# </details>

# %% [markdown]
# ## 3. Total variation: calm neighbours (1.5 points)
#
# An image can please the other two losses with a fine noise that no eye wants to see. The total variation loss makes
# it costly when neighbouring pixels differ. With $a$ the square of the step to the pixel **below** and $b$ the square
# of the step to the pixel on the **right**, one for each colour,
#
# $$ L_\text{variation} = \sum_{r, c, \text{colours}} (a_{rc} + b_{rc})^{1.25}, \qquad
# a_{rc} = (x_{rc} - x_{r+1, c})^2, \quad b_{rc} = (x_{rc} - x_{r, c+1})^2 . $$
#
# The sum runs over the pixels that have both neighbours: all but the last row and the last column. The exponent 1.25
# is that of the example.

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
# A step from each pixel to its neighbour is the difference of two slices of the image that are shifted by one.
# </details>
# <details><summary>Hint 2</summary>
#
# `x[:, 1:]` has one row less than `x`, `x[:, :, 1:]` one column less. To add the two squares they must have the same
# shape: cut the last row and the last column off wherever they are left.
# </details>
# <details><summary>Hint 3</summary>
#
# All slices have shape `(1, img_nrows - 1, img_ncols - 1, 3)`. First the two squares are added, then the sum is
# raised to 1.25, then everything is summed.
# </details>

# %% [markdown]
# ## 4. A feature extractor (1 point)
#
# Here is a network. To train one that knows much about pictures takes days; but this kind of loss needs less than one
# might think. Three convolutions with **random** filters, each at half the size of the one before, see edges, colours
# and blobs well enough.

# %% tags=["given"]
def make_network(channels=(48, 48, 64), seed=1):
    """A network of three random convolutions: images (batch, rows, columns, 3), colours in [0, 1]."""
    random = np.random.default_rng(seed)
    inputs = keras.Input((None, None, 3))
    x = keras.layers.Rescaling(2.0, offset=-1.0, name="centre")(inputs)
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
# Write `build_feature_extractor`. It takes a Functional model like this one, and returns a model (or anything else
# that can be called on images) which gives a **dict**: for the name of every layer the activation of that layer. The
# layers are those of the model, not copies.

# %% question="build_feature_extractor"
def build_feature_extractor(model):
    """A model that gives the activations of all layers of a Functional model.

    model: maps images (batch, rows, columns, 3) to its last layer's activation.
    Returns a model: images to a dict {name of a layer: its activation}. The input layer may be in it or not.
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
# ## 5. The loss and its gradient (2 points)
#
# Now put the three together, with the formula at the top: the content loss of the features of `content_layer_name`,
# the mean of the style losses over `style_layer_names`, and the total variation of the combination image, each times
# its weight. All of these names are globals, and so is `feature_extractor`.
#
# `compute_loss_and_grads` returns this loss together with its gradient **for the combination image**. You may
# decorate it with `@tf.function`, which makes it faster; write helpers as you like. The network is in inference mode.
#
# The checks put other globals in place of yours, also for the three losses, so that a mistake in one of them does not
# count again.

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
# The tape records what happens to a variable between its `with` and its end. So all of the loss, the network
# included, is computed inside.
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
# ## 6. The training loop over an image (2 points)
#
# `transfer` starts from the base image, and lets an optimizer follow the gradient for some iterations. Which
# optimizer is up to you. `Adam` moves each pixel by about the learning rate, whatever the size of the gradient; plain
# `SGD` needs another, much larger learning rate here.
#
# The loss must fall. Nothing but the image may change: not the network, and not the tensors that were handed in. Your
# loop may call your `compute_loss_and_grads`, for which the checks then put a simpler one.

# %% question="transfer"
def transfer(base_image, style_reference_image, iterations, learning_rate):
    """Paint the base image in the style of the reference.

    base_image, style_reference_image: float32 tensors (1, img_nrows, img_ncols, 3).
    iterations: number of steps.
    learning_rate: handed to the optimizer.
    Returns the image after the last step, floats of the same shape.
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
# What is trained has to be a variable. A `tf.Variable(…)` holds its own copy of the numbers that it starts with.
# </details>
# <details><summary>Hint 2</summary>
#
# Make the optimizer once, before the loop: it remembers things from step to step.
# </details>
# <details><summary>Hint 3</summary>
#
# In each iteration: `loss, grads = compute_loss_and_grads(…)`, then `optimizer.apply_gradients([(grads, image)])`. At
# the end return the value of the variable.
# </details>

# %% [markdown]
# ## The picture
#
# A photograph that comes with scikit-learn, a pattern that is painted here in five colours, and what your functions
# make of both. (About 20 seconds. If your optimizer is not Adam, choose the learning rate below anew.)

# %% tags=["demo"]
import matplotlib.pyplot as plt
from sklearn.datasets import load_sample_image


def painting(rows, columns):
    """Bands that flow around each other, in five colours: (1, rows, columns, 3)."""
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
# ## One question to think about
#
# Each picture takes hundreds of steps: the network gives directions, and the image walks. Suppose you want to paint a
# film, 25 pictures a second, all in one style. How could you use the very same loss to train a **second network**
# that paints a picture in one go? What would be its weights, its input, and its training data? And which of your
# functions could stay as they are?
