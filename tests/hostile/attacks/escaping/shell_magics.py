# tries: runs programs by IPython's magics
# answers: honest
# question: pinball_loss
# score: 2
# quiet: yes

# %%
!touch escaped


# %%
%%bash
touch escaped


# %%
%system touch escaped


# %%
import os
assert not os.path.exists("escaped"), "it ran"
