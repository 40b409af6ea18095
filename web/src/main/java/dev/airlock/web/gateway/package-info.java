/**
 * Predictions from the live versions, without Spark, each journalled before it is answered. Start
 * with {@link dev.airlock.web.gateway.Gateway}.
 */
@NullMarked
package dev.airlock.web.gateway;

import org.jspecify.annotations.NullMarked;
