# tries: changes folder, locale, umask, encoding and precision
# answers: honest
# question: all
# score: 10

# %%
import os, locale
os.chdir("/")
os.umask(0o777)
keras.config.set_floatx("float64")
keras.config.set_floatx("float32")
tf.config.run_functions_eagerly(False)
os.environ.clear()
