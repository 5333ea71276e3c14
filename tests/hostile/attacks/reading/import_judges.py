# tries: imports the judges by their module path
# answers: honest
# question: pinball_loss
# score: 2
# blocked: ModuleNotFoundError
# unsealed: works

# %%
import os, sys, keras_checks
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(keras_checks.__file__)))


# %%
sys.path.insert(0, ROOT)
import autograder.judges.custom_loss as judges
raise AssertionError(open(judges.__file__).read())
