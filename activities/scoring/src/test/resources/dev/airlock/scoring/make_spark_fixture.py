"""Writes spark-models.json: models trained by Spark MLlib, in Airlock's format, and the scores that
Spark's own transform gives a few rows.

    pip install pyspark==4.1.0 numpy      (and a JDK 17)
    python make_spark_fixture.py > spark-models.json
"""
import json

import numpy
from pyspark.ml.classification import (
    DecisionTreeClassifier, GBTClassifier, LogisticRegression, RandomForestClassifier)
from pyspark.ml.linalg import Vectors
from pyspark.ml.regression import (
    DecisionTreeRegressor, GBTRegressor, LinearRegression, RandomForestRegressor)
from pyspark.sql import SparkSession

FEATURES = ["recency", "frequency", "spend", "gap"]
TRAINED, JUDGED = 1500, 60


def flat_tree(model, leaf_value):
    tree = {"feature": [], "threshold": [], "left": [], "right": [], "value": []}

    def add(node):
        index = len(tree["feature"])
        for array in tree.values():
            array.append(0)
        if node.getClass().getSimpleName() == "InternalNode":
            split = node.split()
            tree["feature"][index] = split.featureIndex()
            tree["threshold"][index] = split.threshold()
            tree["left"][index] = add(node.leftChild())
            tree["right"][index] = add(node.rightChild())
        else:
            tree["feature"][index] = tree["left"][index] = tree["right"][index] = -1
            tree["value"][index] = leaf_value(node)
        return index

    add(model._java_obj.rootNode())
    return tree


def prediction(node):
    return node.prediction()


def share_of_class_one(node):
    stats = list(node.impurityStats().stats())
    return stats[1] / sum(stats)


def linear(kind):
    return lambda model: {"type": kind, "coefficients": model.coefficients.toArray().tolist(),
                          "intercept": model.intercept}


def single(leaf_value):
    return lambda model: {"type": "decision_tree", **flat_tree(model, leaf_value)}


def ensemble(combination, leaf_value):
    return lambda model: {
        "type": "tree_ensemble", "combination": combination, "weights": list(model.treeWeights),
        "trees": [flat_tree(tree, leaf_value) for tree in model.trees]}


spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
spark.sparkContext.setLogLevel("ERROR")
random = numpy.random.default_rng(4)
x = numpy.column_stack([
    random.exponential(80, TRAINED + JUDGED), random.poisson(3, TRAINED + JUDGED),
    random.lognormal(4, 1.5, TRAINED + JUDGED), random.normal(0, 1e-3, TRAINED + JUDGED)])
signal = 1.5 - x[:, 0] / 40 + x[:, 1] / 4 + 0.5 * numpy.sin(x[:, 2] / 50) + 400 * x[:, 3]
chosen = (random.random(len(x)) < 1 / (1 + numpy.exp(-signal))).astype(float)
spent = 30 + 12 * signal + random.normal(0, 5, len(x))
frame = spark.createDataFrame(
    [(Vectors.dense(row), float(c), float(s)) for row, c, s in zip(x, chosen, spent)],
    ["features", "chosen", "spent"])
rows = frame.limit(TRAINED).cache()
judged = spark.createDataFrame([(Vectors.dense(row),) for row in x[TRAINED:]], ["features"])

BINARY = {
    "logistic_regression": (LogisticRegression(regParam=0.01), linear("logistic_regression")),
    "decision_tree_classifier": (DecisionTreeClassifier(seed=1), single(share_of_class_one)),
    "gbt_classifier": (GBTClassifier(maxIter=8, maxDepth=4, seed=1),
                       ensemble("logistic", prediction)),
    "random_forest_classifier": (RandomForestClassifier(numTrees=6, seed=1),
                                 ensemble("mean", share_of_class_one)),
}
REGRESSION = {
    "linear_regression": (LinearRegression(regParam=0.01), linear("linear_regression")),
    "decision_tree_regressor": (DecisionTreeRegressor(seed=1), single(prediction)),
    "gbt_regressor": (GBTRegressor(maxIter=8, maxDepth=4, seed=1), ensemble("sum", prediction)),
    "random_forest_regressor": (RandomForestRegressor(numTrees=6, seed=1),
                                ensemble("mean", prediction)),
}

fixture = {"spark": spark.version, "rows": x[TRAINED:].tolist(), "models": []}
for task, label, algorithms in (("binary_classification", "chosen", BINARY),
                                ("regression", "spent", REGRESSION)):
    for algorithm, (estimator, export) in algorithms.items():
        model = estimator.setLabelCol(label).fit(rows)
        answers = model.transform(judged).collect()
        fixture["models"].append({
            "model": {
                "format": "airlock-model", "formatVersion": 1, "task": task,
                "algorithm": algorithm, "label": label, "features": FEATURES,
                "predictor": export(model)},
            "scores": [float(a.probability[1]) if label == "chosen" else a.prediction
                       for a in answers]})
print(json.dumps(fixture, separators=(",", ":")))
spark.stop()
