package dev.airlock.web.api;

import dev.airlock.store.Acting;
import dev.airlock.store.Run;
import dev.airlock.store.RunTags;
import dev.airlock.store.Runs;
import dev.airlock.store.Store;
import dev.airlock.web.http.Body;
import dev.airlock.web.http.Caller;
import dev.airlock.web.http.Problem.Fault;
import dev.airlock.web.http.ProblemException;
import dev.airlock.web.http.Query;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What people note of runs. */
public final class RunNotes {
  private final Supplier<Store> store;

  public RunNotes(Supplier<Store> store) {
    this.store = store;
  }

  private record Change(@Nullable String note, @Nullable List<String> tags) {}

  /** {@code PATCH /runs/{id}}: {@code note}, {@code tags}, or both; the tags replace the old. */
  public void change(Context ctx) {
    long id = Query.id(ctx, "run");
    Change change = Body.read(ctx, Change.class);
    if (change.note() == null && change.tags() == null) {
      throw ProblemException.badRequest(
          "Nothing to change: send {\"note\": \"…\"}, {\"tags\": [\"…\"]} or both.",
          List.of(new Fault("note", "missing"), new Fault("tags", "missing")));
    }
    Run run =
        annotate(store.get().runs(), id, change.note(), change.tags(), Caller.of(ctx).acting(ctx));
    ctx.json(run);
  }

  /**
   * Notes it.
   *
   * @throws ProblemException 400 with everything that is wrong
   */
  public static Run annotate(
      Runs runs, long id, @Nullable String note, @Nullable List<String> tags, Acting acting) {
    List<Fault> faults = new ArrayList<>();
    if (note != null && note.length() > RunTags.LONGEST_NOTE) {
      faults.add(
          new Fault(
              "note",
              "The note has %,d characters, expected at most %,d."
                  .formatted(note.length(), RunTags.LONGEST_NOTE)));
    }
    if (tags != null) {
      RunTags.faults(tags).forEach(fault -> faults.add(new Fault("tags", fault)));
    }
    if (!faults.isEmpty()) {
      throw ProblemException.badRequest(
          String.join(" ", faults.stream().map(Fault::detail).toList()), faults);
    }
    if (!runs.annotate(id, note, tags, acting)) {
      throw RunRoutes.unknown(id);
    }
    return runs.find(id).orElseThrow(() -> RunRoutes.unknown(id));
  }
}
