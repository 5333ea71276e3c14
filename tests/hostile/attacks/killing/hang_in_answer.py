# tries: an answer that hangs, and cannot be interrupted
# answers: honest
# question: pinball_loss
# score: 0

# %%
def pinball_loss(tau):
    while True:
        try:
            while True: pass
        except BaseException:
            pass
