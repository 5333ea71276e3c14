# %% compile_forgets_super
"""`compile` does not call `super().compile()`.

`fit` asks whether the model has been compiled, and refuses otherwise. Your `compile` adds to Keras's own, it does not
replace it.
"""


class WGAN(WGAN):
    def compile(self, d_optimizer, g_optimizer, d_loss_fn, g_loss_fn):
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer
        self.d_loss_fn = d_loss_fn
        self.g_loss_fn = g_loss_fn


# %% init_forgets_super
"""`__init__` does not call `super().__init__()`.

Without it Keras can't keep track of what you put on `self`, and says so. It has to come first.
"""


class WGAN(keras.Model):
    def __init__(self, discriminator, generator, latent_dim, discriminator_extra_steps=3, gp_weight=10.0):
        self.discriminator = discriminator
        self.generator = generator
        self.latent_dim = latent_dim
        self.discriminator_extra_steps = discriminator_extra_steps
        self.gp_weight = gp_weight

    def compile(self, d_optimizer, g_optimizer, d_loss_fn, g_loss_fn):
        super().compile()
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer
        self.d_loss_fn = d_loss_fn
        self.g_loss_fn = g_loss_fn


# %% settings_written_down
"""The number of extra steps and the weight of the penalty are written down, not taken from the arguments.

Whoever makes the model with other numbers gets these ones all the same. Keep what came in.
"""


class WGAN(WGAN):
    def __init__(self, discriminator, generator, latent_dim, discriminator_extra_steps=3, gp_weight=10.0):
        super().__init__(discriminator, generator, latent_dim)


# %% other_defaults
"""The defaults are others: 5 extra steps, as in the paper, and a weight of 1.

The notebook fixes `discriminator_extra_steps=3` and `gp_weight=10.0`.
"""


class WGAN(WGAN):
    def __init__(self, discriminator, generator, latent_dim, discriminator_extra_steps=5, gp_weight=1.0):
        super().__init__(discriminator, generator, latent_dim, discriminator_extra_steps, gp_weight)


# %% optimizers_mixed_up
"""The two optimizers are kept under each other's name.

`d_optimizer` is for the critic, `g_optimizer` for the generator, and each has a learning rate of its own.
"""


class WGAN(WGAN):
    def compile(self, d_optimizer, g_optimizer, d_loss_fn, g_loss_fn):
        super().compile(g_optimizer, d_optimizer, d_loss_fn, g_loss_fn)


# %% losses_not_kept
"""`compile` hands one optimizer and one loss to Keras and keeps the others nowhere.

Keras's `compile` has room for one of each. The step needs both: keep all four as attributes.
"""


class WGAN(WGAN):
    def compile(self, d_optimizer, g_optimizer, d_loss_fn, g_loss_fn):
        keras.Model.compile(self, optimizer=d_optimizer, loss=d_loss_fn)
        self.g_optimizer = g_optimizer


# %% players_hidden_from_keras
"""The networks are not attributes of the model, so Keras does not know their weights.

They lie in an object that Keras does not look into. Then saving, counting and freezing weights miss them: put
the networks on `self` directly.
"""


class WGAN(keras.Model):
    def __init__(self, discriminator, generator, latent_dim, discriminator_extra_steps=3, gp_weight=10.0):
        super().__init__()
        self.players = lambda: (discriminator, generator)
        self.latent_dim = latent_dim
        self.discriminator_extra_steps = discriminator_extra_steps
        self.gp_weight = gp_weight

    discriminator = property(lambda self: self.players()[0])
    generator = property(lambda self: self.players()[1])

    def compile(self, d_optimizer, g_optimizer, d_loss_fn, g_loss_fn):
        super().compile()
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer
        self.d_loss_fn = d_loss_fn
        self.g_loss_fn = g_loss_fn


# %% generator_left_out
"""The generator is not kept.

The step trains both players: the model needs the generator as well.
"""


class WGAN(keras.Model):
    def __init__(self, discriminator, generator, latent_dim, discriminator_extra_steps=3, gp_weight=10.0):
        super().__init__()
        self.discriminator = discriminator
        self.latent_dim = latent_dim
        self.discriminator_extra_steps = discriminator_extra_steps
        self.gp_weight = gp_weight

    def compile(self, d_optimizer, g_optimizer, d_loss_fn, g_loss_fn):
        super().compile()
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer
        self.d_loss_fn = d_loss_fn
        self.g_loss_fn = g_loss_fn
