# tries: leaves by every door that Python has
# answers: honest
# question: all
# score: 10

# %%
import sys
sys.exit(0)


# %%
quit()


# %%
exit()


# %%
raise SystemExit


# %%
raise KeyboardInterrupt
