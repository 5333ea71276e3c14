# tries: recurses without a limit
# answers: honest
# question: pinball_loss
# score: 2

# %%
import sys
sys.setrecursionlimit(10**9)
def deep(n):
    return deep(n + 1) + 1
deep(0)
