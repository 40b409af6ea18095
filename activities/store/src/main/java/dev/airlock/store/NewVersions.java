package dev.airlock.store;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.StartSpec;
import dev.airlock.workflows.Json;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts a run of a new version, where its pipeline says so, in the transaction that makes it. */
final class NewVersions {

  private static final Logger log = LoggerFactory.getLogger(NewVersions.class);

  private NewVersions() {}

  static void published(Handle handle, Graph graph, int version, Acting acting) {
    StartSpec starts = graph.starts();
    if (starts == null || !starts.newVersion() || isPaused(handle, graph.name())) {
      return;
    }
    try {
      handle
          .attach(Runs.class)
          .request(
              new NewRun(
                  graph.name(),
                  Map.of(),
                  null,
                  Acting.within(acting.actor(), Origin.Channel.SCHEDULE),
                  "code",
                  "",
                  Json.write(new Trigger("code", version, acting.actor())),
                  "code/" + version));
    } catch (InvalidParamsException e) {
      log.warn("Version {} of {} starts no run: {}", version, graph.name(), e.getMessage());
    }
  }

  private static boolean isPaused(Handle handle, String pipeline) {
    return handle.attach(Pipelines.class).find(pipeline).orElseThrow().paused();
  }

  /** What a run keeps of the version that started it. */
  private record Trigger(String kind, int version, String publishedBy) {}
}
