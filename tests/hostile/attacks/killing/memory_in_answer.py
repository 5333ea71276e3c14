# tries: an answer that takes all memory
# answers: honest
# question: pinball_loss
# score: 0

# %%
def pinball_loss(tau):
    return bytearray(100 * 2**30)
