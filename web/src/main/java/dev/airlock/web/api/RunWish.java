package dev.airlock.web.api;

import dev.airlock.store.Acting;
import dev.airlock.store.NewRun;
import dev.airlock.store.RequestedRun;
import dev.airlock.store.RunTags;
import dev.airlock.store.Runs;
import dev.airlock.web.http.Problem.Fault;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A run that somebody asks for, as it was written down; everything that is wrong with it is said at
 * once.
 *
 * @param params by name, as text
 * @param logicalDate as it was written; null or blank for now
 * @param key the idempotency key, or null
 */
public record RunWish(
    String pipeline,
    Map<String, String> params,
    @Nullable String logicalDate,
    @Nullable String note,
    List<String> tags,
    @Nullable String key) {

  public RunWish {
    params = Map.copyOf(params);
    tags = List.copyOf(tags);
  }

  /**
   * What is wrong with it; {@code at} is {@code params.NAME}, {@code params}, {@code logicalDate},
   * {@code note} or {@code tags}.
   *
   * @throws dev.airlock.store.UnknownEntityException where there is no such pipeline, or its file
   *     is gone
   */
  public List<Fault> faults(Runs runs) {
    List<Fault> faults = new ArrayList<>();
    runs.paramFaults(pipeline, params)
        .forEach(
            (name, fault) ->
                faults.add(new Fault(name.isEmpty() ? "params" : "params." + name, fault)));
    try {
      date();
    } catch (ProblemException e) {
      faults.add(new Fault("logicalDate", e.problem().detail()));
    }
    if (note != null && note.length() > RunTags.LONGEST_NOTE) {
      faults.add(
          new Fault(
              "note",
              "The note has %,d characters, expected at most %,d."
                  .formatted(note.length(), RunTags.LONGEST_NOTE)));
    }
    RunTags.faults(tags).forEach(fault -> faults.add(new Fault("tags", fault)));
    return faults;
  }

  private @Nullable Instant date() {
    return logicalDate == null || logicalDate.isBlank()
        ? null
        : Query.eventTime("logicalDate", logicalDate.strip());
  }

  /**
   * Asks for it.
   *
   * @throws ProblemException 400 with everything that is wrong with it
   */
  public RequestedRun request(Runs runs, Acting caller) {
    if (runs.byKey(pipeline, key).isEmpty()) {
      List<Fault> faults = faults(runs);
      if (!faults.isEmpty()) {
        throw refused(faults);
      }
    }
    return runs.request(
        new NewRun(
            pipeline, params, date(), caller, "engineer", note == null ? "" : note.strip(), key),
        tags);
  }

  /** All faults as one problem. */
  public static ProblemException refused(List<Fault> faults) {
    return ProblemException.badRequest(
        "The wish for a run does not fit: "
            + String.join(" ", faults.stream().map(Fault::detail).toList()),
        faults);
  }
}
