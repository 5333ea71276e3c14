# %% compile_forgets_super
"""`super().compile()` is not called.

`fit` needs a compiled model, and raises an error otherwise. Your `compile` extends Keras's own: call it first.
"""


class WGAN(WGAN):
    def compile(self, d_optimizer, g_optimizer, d_loss_fn, g_loss_fn):
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer
        self.d_loss_fn = d_loss_fn
        self.g_loss_fn = g_loss_fn


# %% init_forgets_super
"""`super().__init__()` is not called before the first attribute is assigned.

Without it Keras can't track what you assign to `self`, and raises an error. Call it first.
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
"""The number of extra steps and the weight of the penalty are always the same.

A model that is created with other numbers must use them. Assign the arguments.
"""


class WGAN(WGAN):
    def __init__(self, discriminator, generator, latent_dim, discriminator_extra_steps=3, gp_weight=10.0):
        super().__init__(discriminator, generator, latent_dim)


# %% other_defaults
"""The default values are different: 5 extra steps, as in the paper, and a weight of 1.

The notebook fixes `discriminator_extra_steps=3` and `gp_weight=10.0`.
"""


class WGAN(WGAN):
    def __init__(self, discriminator, generator, latent_dim, discriminator_extra_steps=5, gp_weight=1.0):
        super().__init__(discriminator, generator, latent_dim, discriminator_extra_steps, gp_weight)


# %% optimizers_mixed_up
"""The two optimizers are stored under each other's name.

`d_optimizer` is for the critic, `g_optimizer` for the generator. Compare the order of the arguments, and what is
assigned to what.
"""


class WGAN(WGAN):
    def compile(self, d_optimizer, g_optimizer, d_loss_fn, g_loss_fn):
        super().compile(g_optimizer, d_optimizer, d_loss_fn, g_loss_fn)


# %% losses_not_kept
"""Not all optimizers and losses that `compile` gets are stored.

Keras's own `compile` takes one of each. The step needs two: store all four as attributes.
"""


class WGAN(WGAN):
    def compile(self, d_optimizer, g_optimizer, d_loss_fn, g_loss_fn):
        keras.Model.compile(self, optimizer=d_optimizer, loss=d_loss_fn)
        self.g_optimizer = g_optimizer


# %% networks_hidden_from_keras
"""The weights of the networks are not among those of the model.

Saving, counting and freezing weights then miss them. Often the networks are inside an object that Keras does not track.
Assign them to `self` directly.
"""


class WGAN(keras.Model):
    def __init__(self, discriminator, generator, latent_dim, discriminator_extra_steps=3, gp_weight=10.0):
        super().__init__()
        self.networks = lambda: (discriminator, generator)
        self.latent_dim = latent_dim
        self.discriminator_extra_steps = discriminator_extra_steps
        self.gp_weight = gp_weight

    discriminator = property(lambda self: self.networks()[0])
    generator = property(lambda self: self.networks()[1])

    def compile(self, d_optimizer, g_optimizer, d_loss_fn, g_loss_fn):
        super().compile()
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer
        self.d_loss_fn = d_loss_fn
        self.g_loss_fn = g_loss_fn


# %% generator_left_out
"""The generator is not stored.

The step trains both networks: store the generator as well.
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


# %% networks_swapped
"""The discriminator is stored as the generator, and the generator as the discriminator.

The order of the arguments is `discriminator, generator`. Compare it, and what is assigned to what.
"""


class WGAN(WGAN):
    def __init__(self, discriminator, generator, latent_dim, discriminator_extra_steps=3, gp_weight=10.0):
        super().__init__(generator, discriminator, latent_dim, discriminator_extra_steps, gp_weight)


# %% gp_weight_as_an_integer
"""The weight of the penalty is a whole number, whatever is passed.

`gp_weight` may be any number, such as 2.5. Store it without `int` or `round`.
"""


class WGAN(WGAN):
    def __init__(self, discriminator, generator, latent_dim, discriminator_extra_steps=3, gp_weight=10.0):
        super().__init__(discriminator, generator, latent_dim, discriminator_extra_steps, int(gp_weight))


# %% first_compile_only
"""A second `compile` does not replace the optimizers.

After a `compile` with other optimizers, training must use them. Assign all arguments in every call.
"""


class WGAN(WGAN):
    def compile(self, d_optimizer, g_optimizer, d_loss_fn, g_loss_fn):
        if hasattr(self, "d_optimizer"):
            d_optimizer, g_optimizer = self.d_optimizer, self.g_optimizer
        super().compile(d_optimizer, g_optimizer, d_loss_fn, g_loss_fn)


# %% settings_on_the_class
"""All models have the arguments of the last one made.

Often they are stored on the class, which all models share. Store them on `self`.
"""


class WGAN(WGAN):
    def __init__(self, discriminator, generator, latent_dim, discriminator_extra_steps=3, gp_weight=10.0):
        super().__init__(discriminator, generator, latent_dim)
        del self.discriminator_extra_steps, self.gp_weight
        type(self).discriminator_extra_steps = discriminator_extra_steps
        type(self).gp_weight = gp_weight


# %% gp_weight_written_down
"""The weight of the penalty is always 10, whatever value is passed.

10 is the default of the argument. Store the argument itself.
"""


class WGAN(WGAN):
    def __init__(self, discriminator, generator, latent_dim, discriminator_extra_steps=3, gp_weight=10.0):
        super().__init__(discriminator, generator, latent_dim, discriminator_extra_steps)


# %% one_loss_for_both
"""The critic's loss function is also stored for the generator.

`compile` gets one loss function for each network: the generator's takes only the scores of fakes.
"""


class WGAN(WGAN):
    def compile(self, d_optimizer, g_optimizer, d_loss_fn, g_loss_fn):
        super().compile(d_optimizer, g_optimizer, d_loss_fn, d_loss_fn)


# %% parameters_in_another_order
"""The arguments have another order than in the question.

Then arguments that are passed by position are mixed up, such as `gp_weight` and `discriminator_extra_steps`. Keep the
order of the question's text.
"""


class WGAN(WGAN):
    def __init__(self, discriminator, generator, latent_dim, gp_weight=10.0, discriminator_extra_steps=3):
        super().__init__(discriminator, generator, latent_dim, discriminator_extra_steps, gp_weight)


# %% other_attribute_names
"""The model lacks attributes with the names of the arguments.

Store each argument under its own name: the methods of the next questions, and the checks, read `self.d_loss_fn` and the
other attributes.
"""


class WGAN(keras.Model):
    def __init__(self, discriminator, generator, latent_dim, discriminator_extra_steps=3, gp_weight=10.0):
        super().__init__()
        self.critic = discriminator
        self.gen = generator
        self.settings = (latent_dim, discriminator_extra_steps, gp_weight)

    def compile(self, d_optimizer, g_optimizer, d_loss_fn, g_loss_fn):
        super().compile()
        self.optimizers = {"d": d_optimizer, "g": g_optimizer}
        self.loss_fns = {"d": d_loss_fn, "g": g_loss_fn}
