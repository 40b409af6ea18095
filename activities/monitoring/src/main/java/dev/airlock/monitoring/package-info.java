/**
 * Watches over live models.
 *
 * <p>Start at {@link dev.airlock.monitoring.MonitorChecks}: it measures the windows that have
 * closed, and holds the rules, which are pure, against them. {@link
 * dev.airlock.monitoring.RolloutAnalyses} looks at a version on its way to all traffic.
 */
@NullMarked
package dev.airlock.monitoring;

import org.jspecify.annotations.NullMarked;
