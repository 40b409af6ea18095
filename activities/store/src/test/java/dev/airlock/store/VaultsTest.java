package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.airlock.dsl.Http;
import dev.airlock.dsl.Pipeline;
import dev.airlock.dsl.PipelineBuilder;
import dev.airlock.dsl.Secret;
import dev.airlock.dsl.SqlOn;
import java.util.List;
import org.junit.jupiter.api.Test;

final class VaultsTest {

  @Test
  void shouldTellWhichNamesAreThereAndWhichAreMissing() {
    try (TestDatabase database = TestDatabase.fresh()) {
      Store store = database.store();
      PipelineBuilder pipeline = Pipeline.named("shop").ownedBy("shop-ml");
      pipeline.http(
          "notify", Http.post(Secret.named("hook")).header("Authorization", Secret.named("token")));
      pipeline.sql("refresh", SqlOn.connection("warehouse").statement("select 1"));
      store.pipelines().publish(pipeline.build().graph(), "0".repeat(64), by("engineer"));
      store.vaults().tell("worker-1", List.of(new VaultEntry("secret", "old", "OLD", null)));
      store
          .vaults()
          .tell(
              "worker-1",
              List.of(
                  new VaultEntry("secret", "hook", "AIRLOCK_SECRETS_HOOK", null),
                  new VaultEntry("secret", "spare", "file /s/spare", "others may read it.")));
      store
          .vaults()
          .tell("worker-2", List.of(new VaultEntry("secret", "hook", "file /s/hook", null)));

      assertEquals(
          List.of(
              new VaultName(
                  "secret",
                  "hook",
                  List.of("AIRLOCK_SECRETS_HOOK", "file /s/hook"),
                  List.of(),
                  List.of("shop/notify")),
              new VaultName(
                  "secret",
                  "spare",
                  List.of("file /s/spare"),
                  List.of("others may read it."),
                  List.of()),
              new VaultName("secret", "token", List.of(), List.of(), List.of("shop/notify"))),
          store.vaults().names("secret"));
      assertEquals(
          List.of(
              new VaultName(
                  "connection", "warehouse", List.of(), List.of(), List.of("shop/refresh"))),
          store.vaults().names("connection"));
    }
  }
}
