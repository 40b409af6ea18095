package dev.airlock.web.ui;

import dev.airlock.store.EventWait;
import dev.airlock.store.Pool;
import dev.airlock.store.PoolRequest;
import dev.airlock.store.RunStage;
import dev.airlock.store.SensorLooks;
import dev.airlock.store.Store;
import dev.airlock.web.ui.RunPage.Fact;
import dev.airlock.workflows.StageState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a stage waits for, and who is in its way. */
final class Waits {
  private static final int MOST_NAMED = 5;
  private static final int MOST_COUNTED = 1_000;

  private final Store store;
  private final long runId;

  Waits(Store store, long runId) {
    this.runId = runId;
    this.store = store;
  }

  /** Empty for a stage that neither waits nor has looked. */
  List<Fact> of(RunStage stage) {
    List<Fact> facts = new ArrayList<>();
    if (stage.state() == StageState.QUEUED) {
      store
          .pools()
          .ofStage(runId, stage.name())
          .filter(request -> request.grantedAt() == null)
          .ifPresent(request -> pool(request, facts));
    }
    if (stage.kind().equals("sensor")) {
      store.sensorLooks().ofRun(runId).stream()
          .filter(looks -> looks.stage().equals(stage.name()))
          .forEach(looks -> sensor(looks, stage, facts));
    }
    if (stage.kind().equals("event")) {
      store.events().waitOf(runId, stage.name()).ifPresent(wait -> event(wait, facts));
    }
    return facts;
  }

  private void pool(PoolRequest request, List<Fact> facts) {
    Pool pool = store.pools().find(request.pool()).orElseThrow();
    List<PoolRequest> open = store.pools().open(pool.name(), MOST_COUNTED);
    long before =
        open.stream()
            .filter(other -> other.grantedAt() == null && other.id() < request.id())
            .count();
    String needs =
        request.slots() > pool.slots()
            ? "%d slots of the pool %s, which has %d: make it larger"
                .formatted(request.slots(), pool.name(), pool.slots())
            : "the pool %s, %d of %d slots held, %s before it in line"
                .formatted(
                    pool.name(),
                    pool.held(),
                    pool.slots(),
                    open.size() < MOST_COUNTED ? before : before + " or more");
    facts.add(new Fact("Waits for", needs, "/pools"));
    open.stream()
        .filter(other -> other.grantedAt() != null)
        .limit(MOST_NAMED)
        .forEach(
            holder ->
                facts.add(
                    new Fact(
                        "Held by",
                        "%s of %s, run %d"
                            .formatted(holder.stage(), holder.pipeline(), holder.runId()),
                        "/runs/%d?stage=%s".formatted(holder.runId(), holder.stage()))));
  }

  private static void sensor(SensorLooks.Looks looks, RunStage stage, List<Fact> facts) {
    facts.add(
        Fact.of(
            "Looked",
            Timed.moment(
                (looks.looks() == 1 ? "once" : Words.count(looks.looks()) + " times")
                    + ", last at ",
                looks.lastAt(),
                "")));
    if (looks.nextAt() != null && !stage.state().isFinal()) {
      facts.add(Fact.of("Looks again", Timed.moment("at ", looks.nextAt(), "")));
    }
    if (looks.lastFault() != null) {
      facts.add(Fact.of("Could not look", looks.lastFault()));
    }
  }

  private static void event(EventWait wait, List<Fact> facts) {
    String what = wait.source().name().toLowerCase(Locale.ROOT) + " " + wait.name();
    facts.add(Fact.of(wait.endedAt() == null ? "Waits for" : "Waited for", what));
    facts.add(Fact.of("No older than", Timed.moment("", wait.since(), "")));
    facts.add(Fact.of("Until", Timed.moment("", wait.until(), "")));
  }
}
