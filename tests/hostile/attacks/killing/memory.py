# tries: takes all memory in steps
# answers: honest
# question: all
# score: 10
# at least: 0

# %%
hog = []
while True:
    hog.append(bytearray(64 * 2**20))
