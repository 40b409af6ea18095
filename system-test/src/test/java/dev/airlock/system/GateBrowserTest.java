package dev.airlock.system;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.HasTextOptions;
import com.microsoft.playwright.options.AriaRole;
import dev.airlock.system.Jury.Question;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The gate as the people meet it who keep it: each in a browser of their own. */
@ExtendWith(SharedSystem.class)
final class GateBrowserTest {

  private static final double PATIENCE_MILLIS = 60_000;

  /** Longer than it takes to make both clicks ready: whoever comes later finds no button. */
  private static final Duration A_MOMENT = Duration.ofSeconds(6);

  private static final String COUNTS = "Your decision counts.";

  @Test
  void shouldTakeTheVotesOfTwoPeople(RunningSystem system) {
    Jury jury = Jury.of(system);
    try (Browser browser = Browser.start()) {
      Page engineer = browser.signedIn(system, "engineer");
      Question question = jury.asked(start(engineer));
      Voter approver = Voter.before(question, browser, system, "approver");
      Voter admin = Voter.before(question, browser, system, "admin").sees("0 of 2 votes needed");

      seeThatItIsNotOnesOwnToDecide(engineer, question);
      approver.approve("It beats recency alone").sees(COUNTS).sees("1 of 2 votes needed");
      admin.sees("1 of 2 votes needed").sees("“It beats recency alone”");
      approver.takeBack("I looked at the wrong column").sees("Your vote is taken back.");
      admin.sees("withdrawn by approver: I looked at the wrong column").sees("0 of 2 votes needed");
      assertEquals(0, votes(system, question), "no vote stands");

      approver.approve("Now I have looked at the right one").sees(COUNTS);
      admin.sees("1 of 2 votes needed").sawItWithoutReloading();
      assertEquals("waiting", state(system, question.run()), "one vote is no quorum");
      admin.approve("Its probabilities hold").sees(COUNTS).sees("approved");
      approver.sees("2 of 2 votes needed").sees("“Its probabilities hold”");

      engineer.navigate(question.page());
      assertThat(engineer.locator("main")).containsText("“Its probabilities hold”");
      system.as("engineer").awaitRun(question.run(), Jury.PATIENCE, "succeeded");
      assertEquals(question.version(), jury.live());
    }
  }

  private static long start(Page page) {
    page.navigate("/pipelines/" + Jury.MODEL);
    button(page, "Start").click();
    page.waitForURL("**/runs/*");
    return number(page.url(), "/runs/(\\d+)");
  }

  /** Whoever asked finds a clear word and no form, and is refused where they send one anyway. */
  private static void seeThatItIsNotOnesOwnToDecide(Page engineer, Question question) {
    engineer.navigate(question.page());
    assertThat(engineer.locator("main")).containsText("You asked for this run yourself");
    assertThat(engineer.locator("form[action$='/decisions']")).hasCount(0);
    Object status =
        engineer.evaluate(
            """
            async digest => {
              const csrf = document.querySelector('meta[name=csrf-token]').content;
              const answer = await fetch(location.pathname + '/decisions', {
                method: 'POST',
                headers: {'Content-Type': 'application/x-www-form-urlencoded', 'X-CSRF-Token': csrf},
                body: new URLSearchParams({decision: 'approve', reason: 'mine', digest, csrf}),
              });
              return answer.status;
            }
            """,
            question.digest());
    assertEquals(403, status);
  }

  @Test
  void shouldLetNobodyDecideForARunOfTheirOwnWhateverTheirRole(RunningSystem system) {
    Jury jury = Jury.of(system);
    try (Browser browser = Browser.start()) {
      Page admin = browser.signedIn(system, "admin");
      Question question = jury.asked(start(admin));
      seeThatItIsNotOnesOwnToDecide(admin, question);
    }
  }

  @Test
  void shouldEndTheRunWhenOneRejects(RunningSystem system) {
    Jury jury = Jury.of(system);
    Question question = jury.ask();
    int live = jury.live();
    try (Browser browser = Browser.start()) {
      Page engineer = browser.signedIn(system, "engineer");
      engineer.navigate("/runs/" + question.run());
      Voter approver = Voter.before(question, browser, system, "approver");
      Voter admin = Voter.before(question, browser, system, "admin");

      approver.approve("Looks well enough").sees(COUNTS);
      admin.reject("The holdout is a holiday week").sees(COUNTS).sees("rejected");
      approver.sees("“The holdout is a holiday week”").sees("This was decided");

      Locator why = engineer.getByRole(AriaRole.REGION, named("Why it failed"));
      assertThat(why).containsText("Rejected by admin", patiently());
      assertThat(why).containsText("The holdout is a holiday week");
      assertEquals(live, jury.live());
    }
  }

  @Test
  void shouldTellBothTheTruthWhoClickAtTheSameMoment(RunningSystem system) {
    Jury jury = Jury.of(system);
    int before = jury.live();
    Question question = jury.ask();
    try (Browser browser = Browser.start()) {
      Page third = thirdPerson(browser, system);
      third.navigate(question.page());
      Voter carol = Voter.in(third).write("The holdout is a holiday week");
      Voter.before(question, browser, system, "admin").approve("Fine").sees(COUNTS);
      Voter approver = Voter.before(question, browser, system, "approver").write("Fine by me");
      carol.sees("1 of 2 votes needed");

      long moment = System.currentTimeMillis() + A_MOMENT.toMillis();
      approver.approveAt(moment);
      carol.rejectAt(moment);
      String toApprover = approver.answer();
      String toCarol = carol.answer();

      String outcome =
          Await.found(
              Jury.PATIENCE,
              "the approval to close",
              () ->
                  Optional.of(
                          system
                              .as("engineer")
                              .get("/api/v1" + question.page())
                              .ok()
                              .get("state")
                              .asText())
                      .filter(state -> !state.equals("open")));
      boolean isApproved = outcome.equals("approved");
      String both =
          "%s: approver was told '%s', carol '%s'".formatted(outcome, toApprover, toCarol);
      assertEquals(isApproved, toApprover.contains(COUNTS), both);
      assertEquals(!isApproved, toCarol.contains(COUNTS), both);
      assertTrue(
          isApproved
              ? toCarol.contains("is approved already, by ")
              : toApprover.contains("is rejected already, by carol"),
          both);
      system
          .as("engineer")
          .awaitRun(question.run(), Jury.PATIENCE, isApproved ? "succeeded" : "failed");
      assertEquals(isApproved ? question.version() : before, jury.live(), both);
    }
  }

  /**
   * Made by one, there herself, confirmed by another; the password of the first sign-in is not
   * kept.
   */
  private static Page thirdPerson(Browser browser, RunningSystem system) {
    Commands commands = system.commands();
    String made =
        commands
            .run("user", "add", "carol", "--role", "approver", "--reason", "A third pair of eyes")
            .succeeded();
    Page page = browser.window(system.url());
    page.navigate("/approvals");
    String once = made.replaceAll("(?s).*first sign-in: (\\S+).*", "$1");
    Browser.signIn(page, "carol", once);
    assertThat(page.locator("main")).containsText("Choose one of your own");
    page.locator("#current").fill(once);
    page.locator("#password").fill("a long word of her own");
    page.locator("#again").fill("a long word of her own");
    button(page, "Change").click();
    assertThat(page.locator("main")).containsText("Your password is changed.");
    commands.run("user", "confirm", "carol", "--as", "approver").succeeded();
    return page;
  }

  @Test
  void shouldResumeAFailedRunByThePlanOfItsPage(RunningSystem system) {
    long failed = Again.start(system, Map.of("at-most", "100"));
    system.as("engineer").awaitRun(failed, Jury.PATIENCE, "failed");
    try (Browser browser = Browser.start()) {
      Page page = browser.signedIn(system, "engineer");
      page.navigate("/runs/" + failed);
      Locator why = page.getByRole(AriaRole.REGION, named("Why it failed"));
      assertThat(why).containsText("count failed.");
      assertThat(why).containsText("200 rows are more than 100.");
      why.getByText("Resume …").click();

      // In this run, or in one of before that took the same.
      assertThat(plan(page, "twice")).containsText("it succeeded in run ");
      assertThat(plan(page, "count")).containsText("it failed in run " + failed);
      page.getByLabel("at-most").fill("500");
      page.getByLabel("Note").fill("The bound was too low");
      button(page, "Show the plan").click();
      assertThat(page.locator("aside")).containsText("100 in run " + failed);
      assertEquals(
          0, system.as("engineer").run(failed).get("children").size(), "a plan starts nothing");
      button(page, "Resume by this plan").click();

      page.waitForURL("**/runs/*");
      long resumed = number(page.url(), "/runs/(\\d+)");
      assertThat(page.locator("main")).containsText("run " + failed);
      assertThat(page.locator("h1 + .state")).hasText("succeeded", patientlyHaving());
      assertThat(stage(page, "twice")).containsText("cached");
      assertThat(stage(page, "count")).containsText("succeeded");
      assertEquals(failed, system.as("engineer").run(resumed).get("parent").asLong());
    }
  }

  @Test
  void shouldTakeAllTrafficBackOnceAPersonHasReadWhatFollows(RunningSystem system) {
    Jury jury = Jury.of(system);
    int first = jury.letIn();
    int second = jury.letIn();
    try (Browser browser = Browser.start()) {
      Page page = browser.signedIn(system, "approver");
      page.navigate("/models/" + Jury.MODEL);
      page.locator("#to").selectOption(Integer.toString(first));
      page.locator("#reason").fill("Complaints from the shop");
      button(page, "Roll back").click();

      Locator dialog = page.getByRole(AriaRole.ALERTDIALOG);
      assertThat(dialog).containsText("Roll " + Jury.MODEL + " back?");
      assertThat(dialog).containsText("All customers meet the chosen version at once");
      dialog.getByText("Leave it").click();
      assertThat(dialog).isHidden();
      assertEquals(second, jury.live());

      button(page, "Roll back").click();
      dialog.locator("[data-yes]").click();
      assertThat(page.locator("main")).containsText("All traffic is back.", patiently());
      assertThat(page.locator("h1 + .state")).hasText("v%d is live".formatted(first));
      assertThat(page.locator("main")).containsText("Complaints from the shop");
      assertEquals(first, jury.live());
    }
  }

  @Test
  void shouldCountNoVoteOnEvidenceThatChangedWhileItsReasonWasWritten(RunningSystem system) {
    Jury jury = Jury.of(system);
    Question question = jury.ask();
    try (Browser browser = Browser.start()) {
      Voter approver =
          Voter.before(question, browser, system, "approver").write("Better than what is live");
      int live = jury.letIn();
      approver.sees("Version %d".formatted(live)).sawItWithoutReloading();
      assertThat(approver.page().locator("#reason")).hasValue("Better than what is live");
      approver.approve("Better than what is live").sees("look again");
      assertEquals(0, votes(system, question), "no vote stands");
      assertFalse(approver.page().locator("#reason").inputValue().isEmpty());

      approver.approve("I have looked again").sees(COUNTS);
      assertEquals(1, votes(system, question));
    }
  }

  private static long votes(RunningSystem system, Question question) {
    return system.as("engineer").get("/api/v1" + question.page()).ok().get("standing").size();
  }

  private static String state(RunningSystem system, long run) {
    return system.as("engineer").run(run).get("state").asText();
  }

  private static Locator plan(Page page, String stage) {
    return page.locator("section:has(h2:text-is('The plan')) tbody tr", withText(stage)).first();
  }

  private static Locator stage(Page page, String name) {
    return page.locator("#live tbody tr", withText(name)).first();
  }

  private static Locator button(Page page, String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private static Page.GetByRoleOptions named(String name) {
    return new Page.GetByRoleOptions().setName(name);
  }

  private static Page.LocatorOptions withText(String text) {
    return new Page.LocatorOptions().setHasText(text);
  }

  private static long number(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertTrue(matcher.find(), text);
    return Long.parseLong(matcher.group(1));
  }

  private static ContainsTextOptions patiently() {
    return new ContainsTextOptions().setTimeout(PATIENCE_MILLIS);
  }

  private static HasTextOptions patientlyHaving() {
    return new HasTextOptions().setTimeout(PATIENCE_MILLIS);
  }
}
