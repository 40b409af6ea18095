package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Metric;
import dev.airlock.store.ApprovalPolicy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PolicyPagesTest {
  private static WebFixture web;
  private static Http approver;
  private String pipeline = "";
  private String path = "";

  @BeforeAll
  static void start() {
    web = WebFixture.start();
    approver = web.signedIn("approver");
  }

  @AfterAll
  static void stop() {
    web.close();
  }

  @BeforeEach
  void publish() {
    pipeline = WebFixture.freshName("signed");
    web.store
        .pipelines()
        .publish(Scene.graphThatTakesPolicies(pipeline), "c".repeat(64), Scene.by("engineer"));
    path = "/pipelines/" + pipeline + "/policies";
  }

  private Http.Answer page() {
    return approver.get(path);
  }

  private List<ApprovalPolicy> signed() {
    return web.store.policies().list(pipeline, 10, null).items();
  }

  private Http.Answer sign(Map<String, String> bounds) {
    Map<String, String> fields =
        new TreeMap<>(
            Map.of(
                "csrf", page().csrf(),
                "stage", "promote",
                "version", "1",
                "rows", "1000",
                "days", "30",
                "reason", "Small retrains"));
    fields.putAll(bounds);
    return approver.form(path, fields);
  }

  @Test
  void shouldSignBoundsAloneAndBesideTheChampion() {
    assertEquals(303, sign(Map.of("auc", "0.7", "log_loss-beside-champion", "0.002")).status());

    assertEquals(
        Set.of(Metric.AUC.atLeast(0.7), Metric.LOG_LOSS.notAboveChampionBy(0.002)),
        signed().get(0).bounds().stream().collect(Collectors.toSet()));
    String shown = page().body();
    assertTrue(shown.contains("AUC at least 0.7"), shown);
    assertTrue(shown.contains("by more than 0.002"), shown);
  }

  @Test
  void shouldNameABoundThatIsNoNumberAndKeepWhatWasTyped() {
    Http.Answer refused = sign(Map.of("auc-beside-champion", "a little"));

    assertEquals(400, refused.status());
    assertTrue(refused.body().contains("expected a number such as 0.7"), refused.body());
    assertTrue(refused.body().contains("Small retrains"), refused.body());
    assertTrue(signed().isEmpty());
  }

  @Test
  void shouldCountOnThePipelinesPageThoseInForceHoweverManyAreRevoked() {
    sign(Map.of("auc", "0.7"));
    for (int i = 0; i < 15; i++) {
      sign(Map.of("auc", "0.8"));
      long policy = signed().get(0).id();
      approver.form(
          path + "/" + policy + "/revoke",
          Map.of("csrf", page().csrf(), "because", "The source has changed"));
    }

    String shown = approver.get("/pipelines/" + pipeline).body();
    assertTrue(shown.contains("1 policy is in force for version 1"), shown);
  }

  @Test
  void shouldRevokeWithAReason() {
    sign(Map.of("auc", "0.7"));
    long policy = signed().get(0).id();

    approver.form(
        path + "/" + policy + "/revoke",
        Map.of("csrf", page().csrf(), "because", "The source has changed"));

    String shown = page().body();
    assertTrue(shown.contains("Revoked by approver: The source has changed"), shown);
    assertFalse(shown.contains("data-confirm=\"Revoke policy"), shown);
  }

  @Test
  void shouldSayThatItsSignersProviderNoLongerVouchesForThem() {
    sign(Map.of("auc", "0.7"));
    String rests = "The provider has not vouched for approver for 30 days";
    assertFalse(page().body().contains(rests));
    long approval = web.scene.playToApproval(web.scene.request(pipeline)).approvalId;

    WebFixture.asOwner(
        "update person set vouched_at = now() - interval '31 days' where name = 'approver'");
    try {
      String shown = page().body();
      assertTrue(shown.contains("It votes on nothing as things are. " + rests), shown);
      String open = approver.get("/approvals/" + approval).body();
      assertTrue(open.contains(rests), open);
    } finally {
      WebFixture.asOwner("update person set vouched_at = null where name = 'approver'");
    }
  }
}
