# tries: many cells that hang
# answers: honest
# question: pinball_loss
# score: 2

# %%
while True: pass


# %%
import time; time.sleep(1000)
