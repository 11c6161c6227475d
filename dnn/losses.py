"""What a net is to make small.

A loss takes the logits Z, the net's last linear outputs, and the labels Y, and returns
the cost J and its gradient dZ. Taking logits, and not probabilities, lets each loss be
written by identities that are exact for every Z: nothing overflows, nothing is clipped,
no small constant hides inside a logarithm. The factor 1/m lives here and nowhere else,
so that all that follows backward is the bare chain rule.

Comparisons look at the real part only. For real arrays that changes nothing; for
complex ones it lets the complex step of chapter 03 differentiate the very same lines.
"""

import numpy as np

from dnn import checks


def sigmoid(Z):
    """Return 1/(1 + e^−Z), entry by entry, without overflow.

    Any shape. Source: chapter 02, def-sigmoid.
    """
    Z = np.asarray(Z) + 0.0  # whole numbers become floats
    # No exponent is positive; the second is −|z|, written so that Z may be complex.
    return np.exp(np.minimum(Z, 0)) / (1 + np.exp(np.minimum(Z, -Z)))


def binary_cross_entropy(Z, Y):
    """Return (J, dZ): the mean of softplus(z) − y z over the m examples, and its
    gradient (σ(Z) − Y)/m.

    Z, Y and dZ are (n, m); labels 0 or 1; n > 1 means n independent yes-or-no
    questions, their losses added. ValueError if the shapes differ. Source: chapter 02,
    eq-bce-logits and eq-bce-gradient.
    """
    checks.same_shape("Y", Y, "Z", Z)
    m = Z.shape[1]
    e = np.exp(np.minimum(Z, -Z))  # e^−|z|
    # softplus(z) = max(z, 0) + log(1 + e^−|z|)
    losses = np.maximum(Z, 0) - Y * Z + np.log1p(e)
    A = np.exp(np.minimum(Z, 0)) / (1 + e)
    return losses.sum() / m, (A - Y) / m


def softmax(Z):
    """Return e^z_k / Σ_j e^z_j down each column of Z (C, m), without overflow.

    Source: chapter 08, def-softmax; the shift by the largest logit is eq-softmax-shift.
    """
    Z = np.asarray(Z)
    # 0.0 makes floats of whole numbers: unsigned ones would wrap.
    E = np.exp(Z - (Z.real.max(axis=0) + 0.0))
    return E / E.sum(axis=0)


def categorical_cross_entropy(Z, Y):
    """Return (J, dZ): the mean of log Σ_k e^z_k − z_y over the m examples, and its
    gradient (P − Y)/m.

    Z, Y and dZ are (C, m), Y one-hot, P = softmax(Z). ValueError if the shapes differ.
    Source: chapter 08, eq-cce-logits and eq-cce-gradient.
    """
    checks.same_shape("Y", Y, "Z", Z)
    Z = Z - Z.real.max(axis=0)
    E = np.exp(Z)
    total = E.sum(axis=0)
    m = Z.shape[1]
    return (np.log(total) - (Y * Z).sum(axis=0)).sum() / m, (E / total - Y) / m
