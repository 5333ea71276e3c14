# %% keyword_arguments
"""Keyword arguments go on to Keras; lists are unpacked in one line."""


class WGAN(keras.Model):
    def __init__(self, discriminator, generator, latent_dim, discriminator_extra_steps=3, gp_weight=10.0, **kwargs):
        super().__init__(**kwargs)
        self.discriminator, self.generator = discriminator, generator
        self.latent_dim = int(latent_dim)
        self.discriminator_extra_steps = int(discriminator_extra_steps)
        self.gp_weight = float(gp_weight)

    def compile(self, d_optimizer, g_optimizer, d_loss_fn, g_loss_fn, **kwargs):
        super().compile(**kwargs)
        self.d_optimizer, self.g_optimizer = d_optimizer, g_optimizer
        self.d_loss_fn, self.g_loss_fn = d_loss_fn, g_loss_fn


# %% keras_wgan_gp_example_class
"""As the Keras WGAN-GP example: the number of extra steps is called `d_steps`."""


class WGAN(keras.Model):
    def __init__(self, discriminator, generator, latent_dim, discriminator_extra_steps=3, gp_weight=10.0):
        super().__init__()
        self.discriminator = discriminator
        self.generator = generator
        self.latent_dim = latent_dim
        self.d_steps = discriminator_extra_steps
        self.gp_weight = gp_weight

    def compile(self, d_optimizer, g_optimizer, d_loss_fn, g_loss_fn):
        super().compile()
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer
        self.d_loss_fn = d_loss_fn
        self.g_loss_fn = g_loss_fn


# %% metrics_and_types
"""Annotated, with its own metrics and the base class called by its name; compiled before it keeps anything."""


class WGAN(keras.Model):
    def __init__(
        self,
        discriminator: keras.Model,
        generator: keras.Model,
        latent_dim: int,
        discriminator_extra_steps: int = 3,
        gp_weight: float = 10,
    ) -> None:
        super(WGAN, self).__init__(name="wgan_gp")
        arguments = dict(locals())
        for name in ("discriminator", "generator", "latent_dim", "discriminator_extra_steps", "gp_weight"):
            setattr(self, name, arguments[name])
        self.d_loss_tracker = keras.metrics.Mean(name="d_loss")
        self.g_loss_tracker = keras.metrics.Mean(name="g_loss")

    @property
    def metrics(self):
        return [self.d_loss_tracker, self.g_loss_tracker]

    def compile(self, d_optimizer=None, g_optimizer=None, d_loss_fn=None, g_loss_fn=None):
        keras.Model.compile(self)
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer
        self.d_loss_fn = d_loss_fn
        self.g_loss_fn = g_loss_fn


# %% losses_in_functions
"""The loss functions are kept inside others: one decorated with `tf.function`, one in a lambda."""


class WGAN(keras.Model):
    def __init__(self, discriminator, generator, latent_dim, discriminator_extra_steps=3, gp_weight=10.0):
        super().__init__()
        self.discriminator = discriminator
        self.generator = generator
        self.latent_dim = latent_dim
        self.discriminator_extra_steps = discriminator_extra_steps
        self.gp_weight = gp_weight

    def compile(self, d_optimizer, g_optimizer, d_loss_fn, g_loss_fn):
        super().compile()
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer
        self.d_loss_fn = tf.function(d_loss_fn)
        self.g_loss_fn = lambda fake_img: g_loss_fn(fake_img)
