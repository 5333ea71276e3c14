# tries: answers rightly at every second call only
# answers: honest
# question: pinball_loss
# score: 0
# at least: 0
# at most: 1

# %%
calls = [0]
honest = pinball_loss
def pinball_loss(tau):
    calls[0] += 1
    return honest(tau if calls[0] % 2 else 1 - tau)
