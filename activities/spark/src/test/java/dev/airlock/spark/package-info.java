/**
 * Tests on one Spark session and one PostgreSQL for all of them. Start with {@link
 * dev.airlock.spark.World}.
 */
@NullMarked
package dev.airlock.spark;

import org.jspecify.annotations.NullMarked;
