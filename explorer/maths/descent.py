"""Gradient descent, for any loss of which the gradient is known (E6)."""

import numpy as np

from explorer.maths.validation import count, positive


def descend(gradient, start, rate, steps):
    """The path f ← f − η · gradient(f) from `start`: steps + 1 rows, the start among them; η is the learning rate.

    gradient: a function that returns an array of the shape of `start`.

    >>> print(descend(lambda f: f, [1.0, -4.0], rate=0.5, steps=2).tolist())
    [[1.0, -4.0], [0.5, -2.0], [0.25, -1.0]]
    """
    rate, path = positive("rate", rate), [np.asarray(start, np.float64)]
    for _ in range(count("steps", steps, least=0)):
        path.append(path[-1] - rate * gradient(path[-1]))
    return np.array(path)
