package dev.airlock.web.api;

import dev.airlock.store.ArtifactException;
import dev.airlock.store.ArtifactStore;
import dev.airlock.store.StageAttempt;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What the attempts at a stage wrote down. */
public final class StageLogs {
  private StageLogs() {}

  /** The logs of these attempts, one after another; a sentence where there is none yet. */
  public static String text(ArtifactStore artifacts, List<StageAttempt> attempts) {
    if (attempts.isEmpty()) {
      return "No attempt has begun, so there is no log.\n";
    }
    StringBuilder text = new StringBuilder();
    for (StageAttempt attempt : attempts) {
      if (attempts.size() > 1) {
        text.append("── attempt ").append(attempt.attempt()).append(" on ");
        text.append(attempt.worker()).append('\n');
      }
      text.append(text(artifacts, attempt));
    }
    return text.toString();
  }

  private static String text(ArtifactStore artifacts, StageAttempt attempt) {
    String digest = attempt.logDigest();
    if (digest == null) {
      return attempt.endedAt() == null
          ? "Attempt %d on %s has not ended; its log is kept when it does.\n"
              .formatted(attempt.attempt(), attempt.worker())
          : "Attempt %d left no log.\n".formatted(attempt.attempt());
    }
    try {
      return new String(artifacts.get(digest), StandardCharsets.UTF_8);
    } catch (ArtifactException e) {
      return "The log can't be read: " + e.getMessage() + "\n";
    }
  }
}
