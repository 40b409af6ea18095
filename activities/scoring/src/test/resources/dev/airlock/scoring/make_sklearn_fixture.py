"""Writes sklearn-metrics.json: scores, labels and what scikit-learn makes of them.

    pip install scikit-learn
    python make_sklearn_fixture.py > sklearn-metrics.json
"""
import json

import numpy
import sklearn
from sklearn import metrics

random = numpy.random.default_rng(20260101)
rows = 300
logit = random.normal(-1.2, 1.5, rows)
labels = (random.random(rows) < 1 / (1 + numpy.exp(-logit))).astype(float)
# Rounding makes ties, within a class and across both.
scores = numpy.clip(numpy.round(1 / (1 + numpy.exp(-0.7 * logit)), 2), 0.01, 0.99)

numbers = random.normal(40, 25, rows)
predicted = 5 + 0.8 * numbers + random.normal(0, 10, rows)

print(json.dumps({
    "sklearn": sklearn.__version__,
    "binary": {
        "scores": scores.tolist(),
        "labels": labels.tolist(),
        "auc": float(metrics.roc_auc_score(labels, scores)),
        "prAuc": float(metrics.average_precision_score(labels, scores)),
        "logLoss": float(metrics.log_loss(labels, scores)),
        "brier": float(metrics.brier_score_loss(labels, scores)),
    },
    "regression": {
        "scores": predicted.tolist(),
        "labels": numbers.tolist(),
        "rmse": float(metrics.root_mean_squared_error(numbers, predicted)),
        "mae": float(metrics.mean_absolute_error(numbers, predicted)),
        "r2": float(metrics.r2_score(numbers, predicted)),
    },
}))
