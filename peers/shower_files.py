"""Small jobs on shower files, run in an environment that has h5py.

    shower_files.py inputs SHOWERS.h5 OUT.npz    latents, energies (GeV) and cells for the workers
    shower_files.py head SHOWERS.h5 OUT.h5 N     the first N showers
    shower_files.py difference A.h5 B.h5         prints how far A's cells are from B's, as JSON
"""

import json
import sys

import h5py
import numpy as np


def inputs(source, out):
    with h5py.File(source) as file:
        np.savez(out, latent=file["latent"][:], energy=file["target"][:, 1:2], shower=file["ECAL"][:])


def head(source, out, count):
    with h5py.File(source) as file, h5py.File(out, "w") as target:
        for name, data in file.items():
            target.create_dataset(name, data=data[:int(count)], compression=1)


def difference(first, second):
    """Largest difference of a cell over its shower's largest cell, and rms over rms."""
    with h5py.File(first) as file, h5py.File(second) as other:
        a, b = file["ECAL"][:].astype(float), other["ECAL"][:len(file["ECAL"])].astype(float)
    apart = np.abs(a - b).max(axis=(1, 2, 3)) / b.max(axis=(1, 2, 3))
    print(json.dumps({"worst_cell": float(apart.max()),
                      "rms": float(np.sqrt(((a - b) ** 2).sum() / (b**2).sum()))}))


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
