# tries: changes seeds, dtype policies and the backend's state for later answers
# answers: honest
# question: all
# score: 10

# %%
keras.mixed_precision.set_global_policy("mixed_float16") if hasattr(keras, "mixed_precision") else None
tf.random.set_seed(7)
import numpy
numpy.random.seed(7)
numpy.seterr(all="raise")
