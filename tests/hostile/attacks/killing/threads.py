# tries: starts threads without end
# answers: honest
# question: all
# score: 10
# at least: 0

# %%
import threading, time
while True:
    threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
