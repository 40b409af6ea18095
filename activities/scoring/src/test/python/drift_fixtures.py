"""Writes drift-fixtures.json: pairs of samples and what SciPy and plain NumPy make of them.

    pip install numpy scipy
    python drift_fixtures.py > ../resources/dev/airlock/scoring/drift/drift-fixtures.json

PSI and the intervals (DeLong; paired Brier) have no function in SciPy; here they are written down
from their formulas, pair by pair where that is plainest. The versions are in the file.
"""
import json

import numpy
import scipy
from scipy.spatial import distance
from scipy import stats

random = numpy.random.default_rng(19970101)
EPSILON = 1e-4
Z = stats.norm.ppf(0.975)


def edges(reference):
    """The distinct deciles, each a value of the sample."""
    return numpy.unique(numpy.quantile(
        reference, numpy.arange(1, 10) / 10, method="inverted_cdf"))


def counts(sample, at):
    return numpy.bincount(numpy.searchsorted(at, sample, side="left"), minlength=len(at) + 1)


def psi(p, q):
    p, q = numpy.maximum(p / p.sum(), EPSILON), numpy.maximum(q / q.sum(), EPSILON)
    p, q = p / p.sum(), q / q.sum()
    return numpy.sum((q - p) * numpy.log(q / p))


def drift(name, reference, window):
    at = edges(reference)
    p, q = counts(reference, at), counts(window, at)
    return {
        "name": name,
        "reference": reference.tolist(),
        "window": window.tolist(),
        "edges": at.tolist(),
        "counts": p.tolist(),
        "psi": float(psi(p, q)),
        "ks": float(stats.ks_2samp(reference, window).statistic),
        "jensenShannon": float(distance.jensenshannon(p, q, base=2)),
        "noise": float(stats.chi2.ppf(0.99, len(at)) * (1 / len(reference) + 1 / len(window))),
    }


def auc_kernel(positives, negatives):
    """1 where the row of class 1 is above, 1/2 where they tie, for every pair."""
    difference = positives[:, None] - negatives[None, :]
    return (difference > 0) + 0.5 * (difference == 0)


def interval(mean, variance):
    reach = Z * numpy.sqrt(variance)
    return [float(mean), float(mean - reach), float(mean + reach)]


def delong(kernel):
    rows, columns = kernel.shape
    variance = (numpy.var(kernel.mean(axis=1), ddof=1) / rows
                + numpy.var(kernel.mean(axis=0), ddof=1) / columns)
    return interval(kernel.mean(), variance)


def mean(differences):
    return interval(differences.mean(), numpy.var(differences, ddof=1) / len(differences))


def log_loss(p, y):
    return -(y * numpy.log(p) + (1 - y) * numpy.log(1 - p))


def paired():
    rows = 400
    logit = random.normal(-1.2, 1.5, rows)
    labels = (random.random(rows) < 1 / (1 + numpy.exp(-logit))).astype(float)
    # Rounding makes ties, within a class and across both.
    first = numpy.clip(numpy.round(1 / (1 + numpy.exp(-0.8 * logit)), 2), 0.01, 0.99)
    noisy = 0.6 * logit + random.normal(0, 0.8, rows)
    second = numpy.clip(numpy.round(1 / (1 + numpy.exp(-noisy)), 2), 0.01, 0.99)
    ones, zeros = labels == 1, labels == 0
    one = auc_kernel(first[ones], first[zeros])
    other = auc_kernel(second[ones], second[zeros])
    return {
        "first": first.tolist(),
        "second": second.tolist(),
        "labels": labels.tolist(),
        "aucInterval": delong(one),
        "auc": delong(one - other),
        "brier": mean((first - labels) ** 2 - (second - labels) ** 2),
        "logLoss": mean(log_loss(first, labels) - log_loss(second, labels)),
    }


normal = random.normal(0, 1, 700)
print(json.dumps({
    "scipy": scipy.__version__,
    "numpy": numpy.__version__,
    "drift": [
        drift("alike", normal, random.normal(0, 1, 500)),
        drift("moved", normal, random.normal(0.7, 1, 300)),
        drift("wider", normal, random.normal(0, 3, 40)),
        drift("apart", normal, random.normal(50, 1, 60)),
        drift("counts with ties",
              random.poisson(1.5, 900).astype(float), random.poisson(2.5, 400).astype(float)),
        drift("mostly zero",
              random.binomial(1, 0.04, 600).astype(float),
              random.binomial(1, 0.4, 200).astype(float)),
        drift("constant", numpy.full(50, 3.5), numpy.array([3.5, 3.5, 3.5, 4.0])),
        drift("one value", numpy.array([2.0]), numpy.array([1.0, 2.0])),
        drift("amounts", numpy.round(random.lognormal(3, 1, 1500), 2),
              100 * numpy.round(random.lognormal(3, 1, 250), 2)),
    ],
    "paired": paired(),
}))
