# tries: an object whose destructor hangs when the process ends
# answers: honest
# question: all
# score: 10

# %%
import time, atexit
class Hang:
    def __del__(self):
        while True: pass
hang = Hang()
atexit.register(time.sleep, 1000)
