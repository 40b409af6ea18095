package dev.airlock.web.api;

import io.javalin.http.Context;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Whether this process lives, and whether what it leans on answers. */
public final class HealthRoutes {
  private final Map<String, Supplier<Dependency>> checks;

  /**
   * Knows what to ask.
   *
   * @param checks each answers how its dependency stands
   */
  public HealthRoutes(Map<String, Supplier<Dependency>> checks) {
    this.checks = new LinkedHashMap<>(checks);
  }

  /**
   * How something stands that this process leans on.
   *
   * @param detail what is wrong, or worth knowing; null where there is nothing to say
   */
  public record Dependency(boolean ready, @Nullable String detail) {

    /** Ready where there is no trouble. */
    public static Dependency of(@Nullable String trouble) {
      return new Dependency(trouble == null, trouble);
    }

    /** Ready, with what somebody should look at, or null. */
    public static Dependency ready(@Nullable String detail) {
      return new Dependency(true, detail);
    }
  }

  /** {@code GET /health}. */
  public void health(Context ctx) {
    ctx.json(Map.of("status", "up"));
  }

  /** {@code GET /ready}: 503 where a dependency is away. */
  public void ready(Context ctx) {
    Map<String, Object> answer = new LinkedHashMap<>();
    boolean isReady = true;
    for (Map.Entry<String, Supplier<Dependency>> check : checks.entrySet()) {
      Dependency dependency = check.getValue().get();
      isReady &= dependency.ready();
      answer.put(check.getKey(), dependency);
    }
    answer.put("ready", isReady);
    ctx.status(isReady ? 200 : 503).json(answer);
  }
}
