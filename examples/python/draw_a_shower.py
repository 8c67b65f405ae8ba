"""Draws one shower of each of three energies from the side: draw_a_shower.py [OUT.png]."""

import sys

import matplotlib

matplotlib.use("Agg")  # into a file; leave this out in a notebook

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LogNorm

import lowcal

# %% Three showers
generator = lowcal.Generator("lean.int8")
energies = np.array([10, 50, 200], np.float32)  # GeV
cells = generator.generate(energies, seed=7)  # [3, *generator.detector.shape], GeV

# %% Summed over the first axis they are images of depth and one transverse axis
detector = generator.detector
depth, across = detector.axes[detector.depth], detector.axes[1]
figure, plots = plt.subplots(1, 3, figsize=(10, 3.4), sharey=True, layout="constrained")
for plot, energy, shower in zip(plots, energies, cells):
    image = plot.imshow(
        shower.sum(axis=0) * 1000,
        norm=LogNorm(vmin=0.1, vmax=10000),
        extent=(0, depth["cells"] * depth["size_mm"], 0, across["cells"] * across["size_mm"]),
    )
    plot.set_title(f"{energy:.0f} GeV, {100 * shower.sum() / energy:.2f} % seen")
    plot.set_xlabel(f"{depth['name']} [mm]")
plots[0].set_ylabel(f"{across['name']} [mm]")
figure.colorbar(image, label="energy [MeV]")
figure.savefig(sys.argv[1] if len(sys.argv) > 1 else "showers.png", dpi=120)
