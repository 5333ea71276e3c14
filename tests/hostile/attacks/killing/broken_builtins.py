# tries: deletes builtins that everything needs
# answers: honest
# question: all
# score: 10

# %%
import builtins
del builtins.len, builtins.isinstance, builtins.print
