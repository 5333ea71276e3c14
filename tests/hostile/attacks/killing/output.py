# tries: prints without end
# answers: honest
# question: pinball_loss
# score: 2

# %%
for number in range(300_000):
    print("a line that is printed again and again", number)
import sys
sys.stderr.write("x" * 10**8)
