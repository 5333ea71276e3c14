# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Gradient ascent: ask a filter what it wants to see
#
# *About 50 minutes. 10 points.*
#
# A trained convolutional network is a pile of numbers. Looking at the kernels helps for the first layer only; deeper
# down, a kernel mixes maps that are mixtures themselves. But there is a question that every filter answers: **which
# image excites you most?**
#
# Training adapts the weights to the images. Here everything is turned round:
#
# | | training | this notebook |
# |---|---|---|
# | stays as it is | the images | the network |
# | is changed, step by step | the weights | **the pixels of one image** |
# | which way | down the loss | **up** the activation of a filter |
#
# No argument of `compile` or `fit` does that. A gradient tape does, since it differentiates whatever was computed
# with respect to whatever it watched. The pixels are as good as any weight:
#
# $$ \text{img} \;\leftarrow\; \text{img} + \eta \, \frac{g}{\lVert g \rVert_2}, \qquad
#    g = \frac{\partial\, \text{loss}}{\partial\, \text{img}} $$
#
# ```
#   img ──► network up to one layer ──► feature maps ──► one of them, averaged ──► loss
#    ▲                                                                              │
#    └───────────────── one step along the gradient of the loss ◄───────────────────┘
# ```

# %% tags=["setup"]
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

# %% [markdown]
# ## The network to be asked
#
# It tells textures apart: stripes in four directions, checkerboards and dots, each in warm or in cold colours. The
# images are generated. The network is small and has no fixed image size. Training takes about 15 seconds.

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
# ## 1. A network that stops halfway (2 points)
#
# A network computes all its activations on the way to the output. To see one of them, make a model that begins where
# the network begins and ends at the layer that you want. It shares the layers, weights included; nothing is copied or
# trained again.
#
# The checks ask for layers of Functional models of two kinds: a simple chain, and one with a way around a layer.


# %% question="feature_extractor"
def build_feature_extractor(model, layer_name):
    """Make a model that gives the activation of one layer.

    model: a Functional model of images (batch, height, width, 3).
    layer_name: the name of one of its layers.
    Returns a keras.Model from images to what that layer gives, for example (batch, rows, columns, filters).
    """
    # BEGIN SOLUTION
    return keras.Model(model.inputs, model.get_layer(layer_name).output)
    # END SOLUTION


# %% [markdown]
# <details><summary>Hint 1</summary>You have made Functional models before: <code>keras.Model(inputs, outputs)</code>.
# Who says that the
# outputs have to be the last tensor?</details>
# <details><summary>Hint 2</summary>A layer that is part of a model remembers the tensor that it gave. Look at
# <code>dir(layer)</code>, or at what <code>model.get_layer</code> is for.</details>
# <details><summary>Hint 3</summary>You need <code>model.inputs</code> and the <code>output</code> of the layer of that
# name.</details>

# %% tags=["given"]
feature_extractor = build_feature_extractor(model, "textures")

# %% [markdown]
# ## 2. How excited is the filter? (3 points)
#
# The layer gives one feature map for each of its filters: `(batch, rows, columns, filters)`. The number to be
# maximised is the **mean** of one of these maps, over the batch and over space.
#
# At the border the convolution has seen zeros which are not part of the image. So **two pixels of the map on each
# side** are left out:
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
# Take the network from the notebook's variable `feature_extractor`. The checks put networks of their own there, so
# what you wrote in question 1 doesn't matter here. They look at the number and at its gradient.


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
# <details><summary>Hint 1</summary>Print the shape of <code>feature_extractor(images[:3])</code>. Which of the four
# axes do you want to
# keep whole, which in part, and of which do you want one entry?</details>
# <details><summary>Hint 2</summary><code>x[2:-2]</code> leaves out two entries at either end of the first
# axis.</details>
# <details><summary>Hint 3</summary>One indexing expression with four entries between the brackets, and one
# <code>tf.reduce_mean</code> around it.</details>

# %% [markdown]
# ## 3. One step uphill (3 points)
#
# Four things in a row: compute the loss under a tape, ask for the gradient **with respect to the image**, divide it
# by its L2 norm (the root of the sum of the squares of all its entries), and add it, times the learning rate, to the
# image.
#
# - A tape watches variables by itself. The image is a plain tensor, so say that it shall be watched.
# - Thanks to the norm each step has the same length, whether the filter is excited or bored. A filter that no pixel
#   reaches has the gradient 0; then the image stays where it is, and must not become NaN.
# - The network is not to be changed.
#
# The checks put a `compute_loss` of theirs in the place of yours. You may decorate the function with `@tf.function`.


# %% question="gradient_ascent_step"
def gradient_ascent_step(img, filter_index, learning_rate):
    """Move the image one step towards what excites the filter.

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
# <details><summary>Hint 1</summary>If <code>tape.gradient</code> gives <code>None</code>, the tape did not know that
# you would ask
# about the image: <code>tape.watch</code>, before the loss is computed.</details>
# <details><summary>Hint 2</summary>An optimizer subtracts the gradient, since it goes down. You want to go up, and
# there
# is no optimizer: a plus will do.</details>
# <details><summary>Hint 3</summary><code>tf.math.l2_normalize</code> divides by the L2 norm and knows what to do with
# zeros. Or divide
# by <code>tf.norm(gradient) + 1e-8</code>.</details>

# %% [markdown]
# ## 4. The whole ascent (2 points)
#
# Start from the grey noise that `initialize_image()` gives, and step. What each step returns is where the next one
# starts.
#
# Return the loss of the last step and the **raw** image, as floats. `deprocess_image`, which turns it into something
# that can be shown, is called in the picture below, not in your function. The checks replace `initialize_image` and
# `gradient_ascent_step`.

# %% tags=["given"]
IMAGE_SIZE = 72


def initialize_image():
    """Grey with a little noise: (1, IMAGE_SIZE, IMAGE_SIZE, 3), values in [-0.125, 0.125]."""
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
# <details><summary>Hint 1</summary>A loop with one line in it.</details>
# <details><summary>Hint 2</summary>A function returns new values; it does not change the ones that you gave it. Assign
# what comes
# back.</details>
# <details><summary>Hint 3</summary><code>loss, img = gradient_ascent_step(img, ...)</code>: the name <code>img</code>
# stands on both
# sides.</details>

# %% [markdown]
# ## The picture
#
# What each of the 16 filters of the layer `textures` looks for, with its activation before and after. Next to the
# textures that the network was trained on you will recognise their directions, their spacing and their colours. It
# takes about 10 seconds.

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
figure.suptitle("What each filter of the layer `textures` wants to see")
plt.show()

# %% [markdown]
# ## One question to think about
#
# The images above excite a filter more than any image of the training set does, and yet none of them would be taken
# for a photograph. What does that say about using the activation of a filter, or the probability of a class, as a
# measure of how *real* an image is? Which term would you add to the loss to get more natural images?
