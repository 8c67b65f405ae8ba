"""The shape MSE as docs/observables.md defines it, for quantisers that are driven by accuracy."""

import numpy as np


def mean_profiles(cells, energy):
    """Mean of cell energy / primary energy along x, y and z: [3, 25]."""
    relative = cells / energy.reshape(-1, 1, 1, 1)
    return np.stack([relative.sum(axis=axes).mean(axis=0) for axes in ((2, 3), (1, 3), (1, 2))])


def shape_mse(cells, reference, energy):
    """Mean square of the profiles' difference, each scaled to the reference's mean bin."""
    ours, theirs = mean_profiles(cells, energy), mean_profiles(reference, energy)
    return float((((ours - theirs) / theirs.mean(axis=1, keepdims=True)) ** 2).mean())
