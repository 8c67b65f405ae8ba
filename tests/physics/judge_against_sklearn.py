"""Boosted trees of scikit-learn on the features that the judge of `lowcal evaluate` sees.

For development, not run by `make test`: an area that this beats by more than 0.03 is a fault of the
judge. Needs numpy and scikit-learn.

    lowcal evaluate --reference R.h5 --candidate NAME=C.h5 --features features.csv --json results.json
    python3 tests/physics/judge_against_sklearn.py features.csv results.json
"""

import csv
import json
import sys

import numpy
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

LARGEST_LEAD = 0.03


def read_samples(path):
    """Features by sample, in the order of the file: [showers][features], NaN: not there."""
    samples = {}
    with open(path, newline="") as file:
        rows = csv.reader(file)
        next(rows)
        for name, *values in rows:
            samples.setdefault(name, []).append([float(v) if v else numpy.nan for v in values])
    return {name: numpy.array(rows) for name, rows in samples.items()}


def area(reference, candidate):
    """Five-fold cross-validated, pooled."""
    features = numpy.concatenate([reference, candidate])
    labels = numpy.repeat([0, 1], [len(reference), len(candidate)])
    # scikit-learn cannot bin a column of one value.
    telling = [len(numpy.unique(c[~numpy.isnan(c)])) > 1 for c in features.T]
    trees = HistGradientBoostingClassifier(
        max_iter=300, max_leaf_nodes=8, learning_rate=0.1, early_stopping=False
    )
    folds = StratifiedKFold(5, shuffle=True, random_state=20211)
    scores = cross_val_predict(
        trees, features[:, telling], labels, cv=folds, method="decision_function"
    )
    return roc_auc_score(labels, scores)


def main():
    samples = read_samples(sys.argv[1])
    with open(sys.argv[2]) as file:
        candidates = json.load(file)["candidates"]
    names = list(samples)
    beaten = False
    print(f"{'candidate':<20} {'judge':>16} {'scikit-learn':>13}")
    for name in names[1:]:
        judge = candidates[name]["judge"]
        other = area(samples[names[0]], samples[name])
        print(f"{name:<20} {judge['area']:.4f} +- {judge['error']:.4f} {other:>13.4f}")
        beaten |= other > judge["area"] + LARGEST_LEAD
    return 1 if beaten else 0


if __name__ == "__main__":
    sys.exit(main())
