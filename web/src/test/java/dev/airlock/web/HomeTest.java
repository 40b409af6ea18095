package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.local.PostgresServer;
import dev.airlock.store.Acting;
import dev.airlock.store.CodeFault;
import dev.airlock.store.HaltPoint;
import dev.airlock.store.Origin;
import dev.airlock.store.Role;
import dev.airlock.workflows.RolloutPlan;
import dev.airlock.workflows.RolloutState;
import dev.airlock.workflows.RunState;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The Home page sets apart what is the viewer's from what waits for others. */
final class HomeTest {
  /** Of the scene's pipelines; {@code viewer}, an engineer here, is its only member. */
  private static final String TEAM = "growth-ml";

  private static final int SHOWN = 20;
  private static final Pattern ID = Pattern.compile(" id=\"([^\"]*)\"");

  private static WebFixture web;

  @BeforeAll
  static void start() {
    web = WebFixture.over(PostgresServer.temporary());
    Acting admin = Acting.within("admin", Origin.Channel.WEB);
    web.store.membership().change("viewer", Role.ENGINEER, List.of(TEAM), "one of them", admin);
    web.store.membership().change("engineer", Role.ENGINEER, List.of("others"), "", admin);
  }

  @AfterAll
  static void stop() {
    web.close();
  }

  private static String home(String person) {
    return web.signedIn(person).get("/").body();
  }

  /** What stands in the viewer's own list. */
  private static String needs(String home) {
    int others = home.indexOf("id=\"home-others\"");
    return home.substring(
        home.indexOf("id=\"home-needs\""),
        others < 0 ? home.indexOf("id=\"home-pipelines\"") : others);
  }

  private static long failed(String pipeline) {
    long run = web.scene.request(pipeline);
    web.scene.play(run).close(RunState.FAILED, null);
    return run;
  }

  @Test
  void shouldShowMyFailedRunHoweverManyOfOthersHaveFailedSince() {
    web.scene.publish("mine", "others", "engineer");
    long mine = failed("mine");
    for (int i = 0; i < SHOWN + 1; i++) {
      String name = WebFixture.freshName("foreign");
      web.scene.publish(name);
      failed(name);
    }

    String home = home("engineer");
    assertTrue(needs(home).contains("href=\"/runs/" + mine + "\""), home);
    assertFalse(needs(home).contains("foreign"), "what is others' stands apart");
    assertTrue(home.contains("id=\"home-others\""));
  }

  @Test
  void shouldAskForTheDecisionOnARolloutOnlyWhoeverMayMakeIt() {
    String model = WebFixture.freshName("waiting");
    web.scene.publish(model);
    web.scene.playToLive(web.scene.request(model));
    RolloutPlan plan = web.scene.beginCanary(model, "admin");
    web.store
        .rolloutActivities(HaltPoint.NONE)
        .note(plan.rolloutId(), RolloutState.PAUSED, 0, null, "Too little traffic.");
    String row = "id=\"need-rollout-" + plan.rolloutId() + "\"";

    assertTrue(needs(home("viewer")).contains(row), "a member of the team that owns it");
    assertTrue(needs(home("admin")).contains(row));
    String others = home("engineer");
    assertTrue(others.contains(row), others);
    assertFalse(needs(others).contains(row), "a member of another team may take it back only");
  }

  @Test
  void shouldNotSayThatAllElseRunsWhereMoreNeedsMeThanDecisions() {
    try (WebFixture calm = WebFixture.over(PostgresServer.temporary())) {
      Http browser = calm.signedIn("approver");
      assertTrue(browser.get("/").body().contains("Everything runs as it should."));
      calm.scene.publish("asking");
      calm.scene.playToApproval(calm.scene.request("asking"));
      assertTrue(browser.get("/").body().contains("Everything else runs."));
      Watched.play(calm, "asking");
      String home = browser.get("/").body();
      assertTrue(home.contains("One decision waits for you"), home);
      assertTrue(home.contains("Two other things need you."), home);
    }
  }

  @Test
  void shouldGiveEachRefusedFileAPlaceOfItsOwn() {
    for (String file : List.of("Orders.java", "My pipelines.java")) {
      web.store
          .pipelines()
          .refuse(
              file,
              "c0de",
              Acting.within("engineer", Origin.Channel.API),
              "/pipelines",
              List.of(new CodeFault(file, 3, 1, "';' expected")));
    }
    Http browser = web.signedIn("engineer");
    String home = browser.get("/").body();
    String pipelines = browser.get("/pipelines").body();

    for (String page : List.of(home, pipelines)) {
      Matcher id = ID.matcher(page);
      Set<String> seen = new HashSet<>();
      while (id.find()) {
        assertTrue(seen.add(id.group(1)), "twice: " + id.group(1));
      }
    }
    Matcher link = Pattern.compile("href=\"/pipelines#([^\"]+)\">Look").matcher(home);
    int links = 0;
    while (link.find()) {
      assertTrue(pipelines.contains(" id=\"" + link.group(1) + "\""), link.group(1));
      links++;
    }
    assertEquals(2, links, home);
  }
}
