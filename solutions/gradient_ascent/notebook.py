# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # 9. Gradient ascent: which image excites a filter most?
#
# *About 60 minutes, 10 points. It builds on exercise 2, `training_loop`: a gradient tape, and exercise 7,
# `autoencoder`: parts of a Functional model.*
#
# **After this notebook you can**
#
# - build a model that stops at an inner layer of a trained network;
# - compute a gradient with respect to an input, not to weights;
# - write a training loop in which the pixels of an image are what is trained.
#
# | question | minutes | points |
# |---|---|---|
# | 1. A network that stops halfway | 10 | 2 |
# | 2. How strong is the activation? | 15 | 3 |
# | 3. One step uphill | 20 | 3 |
# | 4. The whole ascent | 15 | 2 |
#
# The weights of a trained convolutional network are hard to read. The kernels of the first layer can be shown as small
# images; those of later layers act on maps that are mixtures themselves. But you can ask of every filter: **which image
# makes its activation largest?**
#
# Training changes the weights and keeps the images. Here it is the other way around:
#
# | | training | this notebook |
# |---|---|---|
# | stays as it is | the images | the network |
# | is changed, step by step | the weights | **the pixels of one image** |
# | direction | down the loss | **up** the activation of a filter |
#
# No argument of `compile` or `fit` does that. A gradient tape does: it differentiates what was computed with respect to
# any tensor that it watched, and the image is such a tensor. With a learning rate $\eta$, one step is
#
# $$ \text{img} \;\leftarrow\; \text{img} + \eta \, \frac{g}{\lVert g \rVert_2}, \qquad
#    g = \frac{\partial\, \text{loss}}{\partial\, \text{img}} $$
#
# ```
#   img ──► network up to one layer ──► feature maps ──► one of them, averaged ──► loss
#    ▲                                                                              │
#    └───────────────── one step along the gradient of the loss ◄───────────────────┘
# ```
#
# **To read:**
#
# * The lecture: *Visualizing what CNN's learn: Gradient Ascent and the Gradient Tape*, and the Keras example that it
#   links to, [Visualizing what convnets learn](https://keras.io/examples/vision/visualizing_what_convnets_learn/), cell
#   "Set up the gradient ascent process".
# * Keras: [Model](https://keras.io/api/models/model/) and
#   [get_layer](https://keras.io/api/models/model/#get_layer-method). TensorFlow:
#   [GradientTape](https://www.tensorflow.org/api_docs/python/tf/GradientTape).
# * The paper: [Simonyan, Vedaldi and Zisserman, *Deep inside convolutional networks*](https://arxiv.org/abs/1312.6034).
#   With many pictures: [Olah et al., *Feature visualization*](https://distill.pub/2017/feature-visualization/).

# %% tags=["setup"]
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

# %% [markdown]
# ## The network
#
# It classifies textures: stripes in four directions, checkerboards and dots, each in warm or in cold colors. The
# images are generated. The network is small and accepts images of any size. Training takes about 15 seconds.

# %% tags=["given"]
keras.utils.set_random_seed(2)
photo = keras.Input((None, None, 3), name="photo")
maps = keras.layers.Conv2D(12, 5, padding="same", activation="elu", name="edges")(photo)
maps = keras.layers.MaxPooling2D(name="half")(maps)
maps = keras.layers.Conv2D(16, 5, padding="same", activation="elu", name="textures")(maps)
maps = keras.layers.MaxPooling2D(name="quarter")(maps)
maps = keras.layers.Conv2D(16, 3, padding="same", activation="elu", name="patterns")(maps)
means = keras.layers.GlobalAveragePooling2D(name="means")(maps)
model = keras.Model(photo, keras.layers.Dense(12, name="classes")(means))

# %% tags=["demo"]
KINDS = ["horizontal", "vertical", "rising", "falling", "checkerboard", "dots"]


def draw_texture(kind, warm, rng, size=32):
    """One image (size, size, 3) with values in [-1, 1]."""
    rows, columns = np.mgrid[:size, :size] + rng.uniform(0, 8, (2, 1, 1))
    wave = 2 * np.pi / rng.uniform(5, 8)
    patterns = {
        "horizontal": np.sin(wave * rows),
        "vertical": np.sin(wave * columns),
        "rising": np.sin(wave * (rows + columns) / 1.4),
        "falling": np.sin(wave * (rows - columns) / 1.4),
        "checkerboard": np.sign(np.sin(wave * rows) * np.sin(wave * columns)),
        "dots": 2 * (np.sin(wave * rows) + np.sin(wave * columns) > 1) - 1,
    }
    light, dark = rng.uniform(0.3, 1.0), rng.uniform(-1.0, -0.3)
    middle = rng.uniform(-0.4, 0.4)
    bright = [light, middle, dark] if warm else [dark, middle, light]
    share = (patterns[kind][..., None] + 1) / 2
    return share * np.array(bright) + (1 - share) * dark * 0.6 + rng.normal(0, 0.25, (size, size, 3))


rng = np.random.default_rng(0)
labels = np.arange(1800) % 12
images = np.stack([draw_texture(KINDS[label % 6], label < 6, rng) for label in labels]).astype("float32")

crossentropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=crossentropy, metrics=["accuracy"])
history = model.fit(images, labels, epochs=12, batch_size=32, verbose=0).history
print(f"accuracy on the images that it was trained on: {history['accuracy'][-1]:.0%}")

# %% [markdown]
# ## 1. A network that stops halfway (2 points, 10 minutes)
#
# A network computes all its activations on the way to the output. To get one of them, make a model that starts at the
# input of the network and ends at the layer that you want. It shares the layers and their weights; nothing is copied or
# trained again. Called without `training=True`, it runs in inference mode: a batch normalization uses its moving
# statistics.
#
# **Worked example.** In a network the layer `double` (times 2) is followed by two branches: `add_one` (plus 1), and
# `triple` (times 3) with `normalize` (a batch normalization with moving mean 2, moving variance 4 and an epsilon near
# 0). For an image in which every value is 5, they give
#
# | `double` | `add_one` | `triple` | `normalize` |
# |---|---|---|---|
# | 10 | 10 + 1 = 11 | 10 · 3 = 30 | (30 − 2) / √4 = 14 |
#
# So the extractor of the layer `triple` gives feature maps full of 30. If `double` is changed later and multiplies by
# 4, the same extractor gives 60. The checks use Functional models only.


# %% question="feature_extractor"
def build_feature_extractor(model, layer_name):
    """Make a model that gives the activation of one layer.

    model: a Functional model of images (batch, height, width, 3).
    layer_name: the name of one of its layers.
    Returns a keras.Model from images to what that layer gives, for example
    (batch, rows, columns, filters).
    """
    # BEGIN SOLUTION
    return keras.Model(model.inputs, model.get_layer(layer_name).output)
    # END SOLUTION


# %% [markdown]
# <details><summary>Hint 1</summary>You have made Functional models before: <code>keras.Model(inputs, outputs)</code>.
# The outputs may be any tensor of the network, not only the last one.</details>
# <details><summary>Hint 2</summary><code>model.get_layer(name)</code> finds a layer. A layer that is part of a
# Functional model remembers the symbolic tensor that it gave.</details>
# <details><summary>Hint 3</summary>You need <code>model.inputs</code> and the <code>output</code> of the layer of that
# name.</details>

# %% tags=["given"]
feature_extractor = build_feature_extractor(model, "textures")

# %% [markdown]
# ## 2. How strong is the activation? (3 points, 15 minutes)
#
# The layer gives one feature map per filter: `(batch, rows, columns, filters)`. The loss, which is to be maximized, is
# the **mean** of one of these maps, over the batch and over space.
#
# Near the border the convolution has seen padding zeros, which are not part of the image. So leave out **two pixels of
# the map on each side**:
#
# ```
#   . . . . . . .
#   . . . . . . .
#   . . x x x . .      a map of 7 × 7: the mean of the nine x
#   . . x x x . .
#   . . x x x . .
#   . . . . . . .
#   . . . . . . .
# ```
#
# **Worked example.** For a batch of two images the extractor gives maps of 5 × 6 pixels. Each has two inner pixels:
#
# | | first image | second image | loss |
# |---|---|---|---|
# | filter 0 | 3, 5 | 1, 11 | (3 + 5 + 1 + 11) / 4 = **5** |
# | filter 1 | −2, −4 | 0, −6 | **−3** |
# | filter 2 | 0.5, 1.5 | 2.5, 3.5 | **2** |
#
# Take the network from the notebook's variable `feature_extractor` inside the function. The checks put Keras models of
# their own there, so a mistake in question 1 does not count twice. Their maps have at least 5 × 5 pixels. The checks
# look at the value and at its gradient.


# %% question="compute_loss"
def compute_loss(input_image, filter_index):
    """Mean activation of one filter of `feature_extractor`.

    input_image: a tensor of images (batch, height, width, 3).
    filter_index: which filter, counted from 0.
    Returns a scalar tensor.
    """
    # BEGIN SOLUTION
    activation = feature_extractor(input_image)
    return tf.reduce_mean(activation[:, 2:-2, 2:-2, filter_index])
    # END SOLUTION


# %% [markdown]
# <details><summary>Hint 1</summary>Print the shape of <code>feature_extractor(images[:3])</code>. Keep the first
# axis, cut the ends off the next two, and take a single entry of the last.</details>
# <details><summary>Hint 2</summary><code>x[2:-2]</code> leaves out two entries at either end of the first
# axis.</details>
# <details><summary>Hint 3</summary>Write one indexing expression with four entries between the brackets, and one
# <code>tf.reduce_mean</code> around it.</details>

# %% [markdown]
# ## 3. One step uphill (3 points, 20 minutes)
#
# A step does four things: compute the loss under a tape, take its gradient **with respect to the image**, divide the
# gradient by its L2 norm (the root of the sum of the squares of all its entries), and add it, times the learning rate,
# to the image.
#
# - A tape watches variables by itself. The image is a plain tensor, so tell the tape to watch it.
# - Because of the norm, each step has the same length, however steep the loss is. (If the norm is below 1e-4, the step
#   may be shorter.) If the gradient is 0, the image must not change, and must not become NaN.
# - A negative learning rate makes a step in the opposite direction.
# - The network must not change.
#
# **Worked example.** The image has two pixels, (0.5, 1, 2) and (1, 0, 3), and the learning rate is 10.
#
# | filter | gradient: first pixel, second pixel | L2 norm | loss before | new image |
# |---|---|---|---|---|
# | 0 | (2, 1, −2), (−4, 0, 0) | √(4 + 1 + 4 + 16) = 5 | −6 | (4.5, 3, −2), (−7, 0, 3) |
# | 1 | (0.3, 0, 0), (0, 0, 0.4) | 0.5 | 1.35 | (6.5, 1, 2), (1, 0, 11) |
# | 2 | (0, 0, 0), (0, 0, 0) | 0 | 0 | the same image |
#
# The loss of each filter is the sum of image times gradient, for example 0.3 · 0.5 + 0.4 · 3 = 1.35.
#
# The checks replace `compute_loss` and `feature_extractor`. You may decorate your functions with `@tf.function`. Such a
# function keeps the network with which it was traced. The checks trace it again; if you change the network yourself,
# run the cell of the function again.


# %% question="gradient_ascent_step"
def gradient_ascent_step(img, filter_index, learning_rate):
    """Move the image one step toward what excites the filter.

    img: a tensor (1, height, width, 3).
    filter_index: which filter of `feature_extractor`.
    learning_rate: the L2 length of the step.
    Returns (loss, img): the loss before the step, and the new image (1, height, width, 3).
    """
    # BEGIN SOLUTION
    with tf.GradientTape() as tape:
        tape.watch(img)
        loss = compute_loss(img, filter_index)
    gradient = tape.gradient(loss, img)
    return loss, img + learning_rate * tf.math.l2_normalize(gradient)
    # END SOLUTION


# %% [markdown]
# <details><summary>Hint 1</summary>If <code>tape.gradient</code> gives <code>None</code>, the tape did not watch the
# image: call <code>tape.watch</code> before the loss is computed.</details>
# <details><summary>Hint 2</summary>An optimizer subtracts the gradient, because it goes down. You go up, without an
# optimizer: add the gradient.</details>
# <details><summary>Hint 3</summary><code>tf.math.l2_normalize</code> divides by the L2 norm and gives 0 for a zero
# gradient. Or divide by <code>tf.norm(gradient) + 1e-8</code>.</details>

# %% [markdown]
# ## 4. The whole ascent (2 points, 15 minutes)
#
# Start from the gray noise that `initialize_image()` gives, and make `iterations` steps. Each step starts from the
# image that the step before it returned.
#
# Return the loss of the last step and the **raw** image, as floats (a tensor or an array). `deprocess_image`, which
# turns it into something that can be shown, is called in the picture below, not in your function.
#
# **Worked example.** `initialize_image()` gives the pixels (0.5, 1, 2) and (1, 0, 3). The loss of filter 1 is the blue
# value of the second pixel, so each step adds the learning rate to it. `visualize_filter(1, 3, 2.0)` goes
# 3 → 5 → 7 → 9: it returns the loss **7**, which the last step started from, and the image with the pixels
# (0.5, 1, 2) and (1, 0, **9**). With the default arguments the blue value ends at 3 + 30 · 10 = **303**.
# `visualize_filter(0, 3, -2.0)` goes down: the red value of the first pixel goes 0.5 → −1.5 → −3.5 → −5.5, and the
# loss of the last step is **−3.5**.
#
# The checks replace `initialize_image`, `gradient_ascent_step`, `compute_loss` and `feature_extractor`. You may call
# your `gradient_ascent_step` or write the step again.

# %% tags=["given"]
IMAGE_SIZE = 72


def initialize_image():
    """Gray with a little noise: (1, IMAGE_SIZE, IMAGE_SIZE, 3), values in [-0.125, 0.125]."""
    return tf.random.uniform((1, IMAGE_SIZE, IMAGE_SIZE, 3), -0.125, 0.125)


def deprocess_image(img):
    """From a raw image (height, width, 3) to one that can be shown: border cut off, contrast fixed, integers 0 to 255."""
    img = np.asarray(img)[4:-4, 4:-4]
    img = (img - img.mean()) / (img.std() + 1e-5) * 0.2 + 0.5
    return (255 * np.clip(img, 0, 1)).astype("uint8")


# %% question="visualize_filter"
def visualize_filter(filter_index, iterations=30, learning_rate=10.0):
    """Find an image that excites a filter.

    filter_index: which filter of `feature_extractor`.
    iterations: number of steps, at least 1.
    learning_rate: length of each step.
    Returns (loss, img): the loss of the last step, and the raw float image (1, height, width, 3).
    """
    # BEGIN SOLUTION
    img = initialize_image()
    for _ in range(iterations):
        loss, img = gradient_ascent_step(img, filter_index, learning_rate)
    return loss, img
    # END SOLUTION


# %% [markdown]
# <details><summary>Hint 1</summary>You need a loop with one line in it.</details>
# <details><summary>Hint 2</summary><code>gradient_ascent_step</code> returns a new image and does not change the one
# that it was given. Assign what it returns.</details>
# <details><summary>Hint 3</summary><code>loss, img = gradient_ascent_step(img, ...)</code>: the name <code>img</code>
# is on both sides.</details>

# %% [markdown]
# ## The picture
#
# The image that each of the 16 filters of the layer `textures` responds to most, with its activation before and after.
# The left column shows textures that the network was trained on. This takes about 10 seconds.

# %% tags=["demo"]
keras.utils.set_random_seed(0)
figure, axes = plt.subplots(4, 5, figsize=(11, 9.5), layout="constrained")
for row, kind in enumerate(["horizontal", "rising", "checkerboard", "dots"]):
    sample = draw_texture(kind, row % 2 == 0, np.random.default_rng(row), 64)
    axes[row, 0].imshow(np.clip((sample + 1) / 2, 0, 1))
    axes[row, 0].set_title(f"trained on: {kind}", fontsize=9)
for filter_index, axis in enumerate(axes[:, 1:].flat):
    before = float(compute_loss(initialize_image(), filter_index))
    loss, img = visualize_filter(filter_index)
    axis.imshow(deprocess_image(np.reshape(img, np.shape(img)[-3:])))
    axis.set_title(f"filter {filter_index}: {before:.2f} → {float(loss):.1f}", fontsize=9)
for axis in axes.flat:
    axis.axis("off")
figure.suptitle("The image that excites each filter of the layer `textures`")
plt.show()

# %% [markdown]
# **What you should see.** Stripes, grids and dots with the directions, spacings and colors of the training textures,
# and an activation that grows from near 0 to well above 1.
#
# **If you don't:** gray noise: the image did not change; look at what your loop assigns. An activation that becomes
# negative: the step goes down. Black or empty tiles: there is a NaN in the image; look at how you divide by the norm.
# The same picture in all tiles: the filter index is not used.
#
# ## Recap
#
# * A second `keras.Model` between two tensors of a network gives any activation, with the network's weights.
# * A tape differentiates with respect to anything it watched. What is trained is the tensor that you change.
# * Dividing the gradient by its norm makes the length of a step independent of the filter.
#
# ## One question to think about
#
# The images above excite a filter more than any image of the training set does, and yet none of them would be taken
# for a photograph. What does that say about using the activation of a filter, or the probability of a class, as a
# measure of how *real* an image is? Which term would you add to the loss to get more natural images?
#
# ## Stretch task, no points
#
# Maximize the output for one class of `model` in place of a filter. Then subtract a multiple of the total variation of
# the image (`tf.image.total_variation`) from the loss, and watch the picture become smoother.

# %% [markdown] tags=["solution"]
# **Answer.** A large activation says that the image contains much of what the filter responds to, not that the image
# comes from the data. The network was never asked about images far from its training set, so it may give them any
# value, also a very confident one. So neither an activation nor the probability of a class measures realism. To get
# more natural images, add a term that prefers them: a penalty on the total variation or on large pixel values, or
# better, the score of a model that has learned the distribution of images, as the discriminator of a GAN.
