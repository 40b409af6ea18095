package dev.airlock.programs;

import dev.airlock.workflows.StageFailure;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.stream.Stream;

/** Failures that say nothing of secrets. */
public final class MaskedFailure {

  private MaskedFailure() {}

  /**
   * The failure itself; or, where it or what caused it shows the value of a secret, another that
   * says the same without it.
   */
  public static RuntimeException of(RuntimeException failure) {
    if (causes(failure).noneMatch(MaskedFailure::shows)) {
      return failure;
    }
    Throwable root = causes(failure).reduce(failure, (outer, inner) -> inner);
    ApplicationFailure.Builder masked = ApplicationFailure.newBuilder();
    if (failure instanceof ApplicationFailure known) {
      masked
          .setMessage(Mask.mask(String.valueOf(known.getOriginalMessage())))
          .setType(known.getType())
          .setNonRetryable(known.isNonRetryable())
          .setDetails(StageFailure.details(known).stream().map(Mask::mask).toList());
      if (known.getNextRetryDelay() != null) {
        masked.setNextRetryDelay(known.getNextRetryDelay());
      }
    } else {
      masked
          .setMessage(Mask.mask(String.valueOf(root.getMessage())))
          .setType(root.getClass().getName())
          .setDetails(List.of());
    }
    ApplicationFailure built = masked.build();
    built.setStackTrace(root.getStackTrace());
    return built;
  }

  private static boolean shows(Throwable cause) {
    boolean inDetails =
        cause instanceof ApplicationFailure known
            && StageFailure.details(known).stream().anyMatch(Mask::shows);
    return inDetails || Mask.shows(cause.toString());
  }

  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
        .limit(50)
        .flatMap(cause -> Stream.concat(Stream.of(cause), Stream.of(cause.getSuppressed())));
  }
}
