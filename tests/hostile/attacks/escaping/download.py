# tries: downloads a package
# answers: honest
# question: pinball_loss
# score: 2
# blocked: URLError
# says: Operation not permitted
# unsealed: works

# %%
import urllib.request
urllib.request.urlopen("http://127.0.0.1:9/")
