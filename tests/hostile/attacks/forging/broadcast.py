# tries: returns a scalar where a vector is due, and a vector where a scalar is due
# answers: honest
# question: pinball_loss
# score: 0

# %%
honest = weighted_binary_crossentropy
def pinball_loss(tau):
    return lambda y_true, y_pred: keras.ops.mean(y_true * 0)
def weighted_binary_crossentropy(y_true, y_pred, sample_weight=None):
    return keras.ops.broadcast_to(honest(y_true, y_pred, sample_weight), (y_true.shape[0],))
