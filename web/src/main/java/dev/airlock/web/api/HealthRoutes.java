package dev.airlock.web.api;

import io.javalin.http.Context;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Whether this process lives, and whether what it leans on answers. */
public final class HealthRoutes {
  private final Map<String, Supplier<@Nullable String>> checks;

  /**
   * Knows what to ask.
   *
   * @param checks each answers null where all is well, else what is wrong
   */
  public HealthRoutes(Map<String, Supplier<@Nullable String>> checks) {
    this.checks = new LinkedHashMap<>(checks);
  }

  private record Dependency(boolean ready, @Nullable String detail) {}

  /** {@code GET /health}. */
  public void health(Context ctx) {
    ctx.json(Map.of("status", "up"));
  }

  /** {@code GET /ready}: 503 where a dependency is away. */
  public void ready(Context ctx) {
    Map<String, Object> answer = new LinkedHashMap<>();
    boolean isReady = true;
    for (Map.Entry<String, Supplier<@Nullable String>> check : checks.entrySet()) {
      String trouble = check.getValue().get();
      isReady &= trouble == null;
      answer.put(check.getKey(), new Dependency(trouble == null, trouble));
    }
    answer.put("ready", isReady);
    ctx.status(isReady ? 200 : 503).json(answer);
  }
}
