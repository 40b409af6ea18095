package dev.airlock.store;

import java.time.Instant;
import java.util.Map;
import org.jdbi.v3.json.Json;

/**
 * What was measured in one window.
 *
 * @param aspect {@code drift}, {@code performance} or {@code service}
 * @param sufficient false where the data is insufficient, which is never a pass
 * @param rows predictions, matured labels or requests
 * @param figures by the lower-case names of metrics and signals; empty where there are none
 * @param detail JSON: of drift a {@code Map<feature, FeatureDrift>}, of performance a {@code
 *     Performance}; see airlock-monitoring
 */
public record MonitorWindow(
    long monitorId,
    int version,
    Instant opens,
    Instant closes,
    String aspect,
    boolean sufficient,
    long rows,
    @Json Map<String, Double> figures,
    String detail,
    long checkId,
    Instant at) {}
