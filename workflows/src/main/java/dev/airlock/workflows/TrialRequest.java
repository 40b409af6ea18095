package dev.airlock.workflows;

import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is to be tried.
 *
 * @param pipeline its name; null where the code defines one only
 * @param sample how many rows of the largest input, at least 1
 * @param params those that are given; the rest are those of the run whose results are read
 * @param logicalDate the moment that the trial stands for; null for that run's
 * @param run the run whose stages' results are read; null for the newest that has them
 * @param codeDigest the file of code in the artifact store; null for the published pipeline
 * @param codeFile that file's name, which ends in {@code .jar} or {@code .java}; null without code
 */
public record TrialRequest(
    @Nullable String pipeline,
    String stage,
    int sample,
    SortedMap<String, String> params,
    @Nullable Instant logicalDate,
    @Nullable Long run,
    @Nullable String codeDigest,
    @Nullable String codeFile) {

  public TrialRequest {
    params = new TreeMap<String, String>((Map<String, String>) params);
  }
}
