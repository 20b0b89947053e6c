"""Gradient descent on the logits themselves, for one sample (E6)."""

import numpy as np

from explorer.maths import losses
from explorer.maths.validation import count, positive


def descend(logits, label, rate, steps, temperature=1.0):
    """Return the logits before the first step and after each: (`steps` + 1) × K.

    Each step is f ← f − η · ∂L/∂f with ∂L/∂f = (softmax(f/T) − onehot(y)) / T and the learning rate η = `rate`. It
    raises the true logit and lowers the others, so for a single sample no rate is too large. The components of the
    gradient sum to 0, so the mean of the logits stays where it is.
    """
    rate, steps = positive("rate", rate), count("steps", steps, least=0)
    path = np.empty((steps + 1, np.size(logits)))
    path[0] = logits
    for step in range(steps):
        path[step + 1] = path[step] - rate * losses.softmax_loss_gradient(path[step], label, temperature)
    return path
