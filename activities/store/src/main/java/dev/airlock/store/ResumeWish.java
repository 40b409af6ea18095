package dev.airlock.store;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A wish to go on with a run that is over, as a new run.
 *
 * @param from stages that run in any case, and with them all that follow; without any, those run
 *     that did not succeed
 * @param params those that change; the others keep their values
 * @param acting whoever resumes, and so counts as having asked
 * @param note empty for none
 * @param idempotencyKey the same key answers the same run; null for none
 */
public record ResumeWish(
    long runId,
    List<String> from,
    Code code,
    Map<String, String> params,
    Acting acting,
    String note,
    @Nullable String idempotencyKey) {

  public ResumeWish {
    from = List.copyOf(from);
    params = Map.copyOf(params);
  }

  /** Whoever resumes. */
  public String requestedBy() {
    return acting.actor();
  }

  /** Which code the new run runs. */
  public enum Code {
    /** The version that the run before ran. */
    SAME,
    /** The version that is current now. */
    LATEST;

    /** As in REST and on the command line. */
    @JsonValue
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The one of this word. */
    public static Optional<Code> of(String word) {
      return Stream.of(values()).filter(code -> code.word().equals(word)).findFirst();
    }
  }
}
