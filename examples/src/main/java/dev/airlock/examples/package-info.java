/**
 * Runnable pipelines, each one class, on the purchases of 23,570 customers of a music shop. Start
 * with {@link dev.airlock.examples.RepeatPurchase}.
 */
@NullMarked
package dev.airlock.examples;

import org.jspecify.annotations.NullMarked;
