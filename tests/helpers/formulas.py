"""The 2-2-1 sigmoid network and its backpropagation by hand, in NumPy and float64.

With x a point, t its label, and σ(z) = 1 / (1 + exp(−z)), the network computes

    h = σ(W x + b)          hidden layer: W is (2, 2), b is (2,)
    p = σ(v · h + c)        output layer: v is (1, 2), c is (1,)

and the loss is the binary cross-entropy, the mean over all n points of

    −t log p − (1 − t) log(1 − p).

Backpropagation is the chain rule, from the loss back to the parameters. The derivative of the
sigmoid is σ′ = σ (1 − σ). For the output layer it cancels against that of the logarithms, and
what is left of a point's loss is, with respect to z = v · h + c,

    δ = (p − t) / n.

From there

    ∂L/∂v = Σ δ h           ∂L/∂c = Σ δ
    ε = δ v h (1 − h)       the same for the hidden layer, one value a unit
    ∂L/∂W = Σ ε xᵀ          ∂L/∂b = Σ ε

with the sums over all points.
"""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def hidden_layer(parameters, X):
    W, b, _, _ = parameters
    return sigmoid(X @ W.T + b)


def logit(parameters, X):
    _, _, v, c = parameters
    return hidden_layer(parameters, X) @ v.T + c


def probability(parameters, X):
    return sigmoid(logit(parameters, X))


def loss(parameters, X, t):
    p = probability(parameters, X)
    return -np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))


def gradients(parameters, X, t):
    """The gradients of the loss with respect to W, b, v and c, for X (n, 2) and t (n, 1)."""
    _, _, v, _ = parameters
    h = hidden_layer(parameters, X)
    delta = (probability(parameters, X) - t) / len(X)
    epsilon = delta * v * h * (1 - h)
    return [epsilon.T @ X, epsilon.sum(axis=0), delta.T @ h, delta.sum(axis=0)]


def descend(parameters, X, t, learning_rate):
    """One step of gradient descent: the next parameters."""
    steps = gradients(parameters, X, t)
    return [value - learning_rate * step for value, step in zip(parameters, steps, strict=True)]


def gradients_of_logit(parameters, X):
    """The gradients of the logit with respect to the points X, (n, 2)."""
    W, _, v, _ = parameters
    h = hidden_layer(parameters, X)
    return (v * h * (1 - h)) @ W
