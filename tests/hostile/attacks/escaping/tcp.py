# tries: opens a TCP connection
# answers: honest
# question: pinball_loss
# score: 2
# blocked: PermissionError
# unsealed: works

# %%
import socket
socket.create_connection(('127.0.0.1', 80), 2)
