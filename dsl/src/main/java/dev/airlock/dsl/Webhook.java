package dev.airlock.dsl;

import dev.airlock.dsl.graph.StartSpec.WebhookSpec;
import java.util.List;

/**
 * A signed call from another system that starts a run, at {@code POST
 * /api/v1/hooks/PIPELINE/WEBHOOK}. Immutable.
 */
public final class Webhook {

  private final String name;
  private final List<Param<?>> params;

  Webhook(String name, List<Param<?>> params) {
    this.name = name;
    this.params = List.copyOf(params);
  }

  /** Lets the caller set these, by fields of the body that are named like them; no others. */
  public Webhook setting(Param<?>... settable) {
    return new Webhook(name, List.of(settable));
  }

  List<Param<?>> params() {
    return params;
  }

  WebhookSpec spec() {
    return new WebhookSpec(name, params.stream().map(Param::name).toList());
  }
}
