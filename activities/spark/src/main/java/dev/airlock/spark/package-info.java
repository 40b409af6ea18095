/**
 * Ingest, validate, features, train and evaluate, on Spark and Iceberg. Start with {@link
 * dev.airlock.spark.SparkDatasetActivities} and {@link dev.airlock.spark.SparkTrainingActivities};
 * what they need of the world are the small interfaces beside them.
 */
@NullMarked
package dev.airlock.spark;

import org.jspecify.annotations.NullMarked;
