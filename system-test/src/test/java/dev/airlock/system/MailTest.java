package dev.airlock.system;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import dev.airlock.system.Jury.Question;
import dev.airlock.system.Postbox.Mail;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What waits for a person finds the person by mail, and its link takes one vote of theirs. */
@ExtendWith(SharedSystem.class)
final class MailTest {

  @Test
  void shouldTakeOneVoteByTheLinkOfAMail(RunningSystem system, Postbox postbox) {
    Jury jury = Jury.of(system);
    try (Browser browser = Browser.start()) {
      for (String person : List.of("approver", "admin", "engineer")) {
        haveAddress(browser, system, person);
      }
      Question question = jury.ask();
      Mail asked = postbox.awaitMail("approver@example.org", "approval " + question.approval());
      assertTrue(asked.subject().startsWith("Your vote is asked for"), asked::subject);
      assertEquals(system.url().getAuthority(), asked.link().getAuthority());
      assertFalse(asked.text().contains("AUC"), "figures stay behind the sign-in");
      Mail other = postbox.awaitMail("admin@example.org", "approval " + question.approval());
      assertFalse(other.link().equals(asked.link()), "each has a link of their own");

      voteByLink(browser, system, asked, question);
      assertEquals(
          1,
          system.count(
              "select count(*) from decision where approval_id = ? and person = 'approver'",
              question.approval()));
      assertEquals(
          1,
          system.count(
              """
              select count(*) from audit_event where channel = 'link' and action = 'decide'
                and entity_id = ?
              """,
              Long.toString(question.approval())));
      seeThatItIsUsed(browser, system, asked);
      seeThatItIsNobodyElses(browser, system, other);

      Voter.before(question, browser, system, "admin").reject("The holdout is too short");
      Mail decided = postbox.awaitMail("engineer@example.org", "The holdout is too short");
      assertTrue(decided.subject().endsWith("was rejected"), decided::subject);
      assertEquals(question.page(), decided.link().getPath());
      assertEquals(
          List.of(decided.subject()),
          postbox.to("engineer@example.org").stream()
              .map(Mail::subject)
              .filter(subject -> subject.contains("version " + question.version()))
              .toList(),
          "whoever asked is told of the end, and asked for nothing");
    }
  }

  private static void haveAddress(Browser browser, RunningSystem system, String person) {
    Page page = browser.signedIn(system, person);
    page.navigate("/settings");
    page.getByLabel("Where you are written to").fill(person + "@example.org");
    page.locator("form[action='/settings/email'] button").click();
    assertThat(page.locator("main")).containsText("Where you are written to is noted.");
  }

  private static void voteByLink(
      Browser browser, RunningSystem system, Mail mail, Question question) {
    Page page = browser.window(system.url());
    page.navigate(mail.link().toString());
    assertThat(page.getByRole(AriaRole.HEADING)).hasText("Sign in");
    assertEquals(
        0,
        system.count("select count(*) from decision where approval_id = ?", question.approval()));
    Browser.signIn(page, "approver", system.user("approver").get("password").asText());
    assertThat(page.locator("main")).containsText("You came by the link that was sent to you.");
    Voter.in(page)
        .approve("Read on the train")
        .sees("Your decision counts.")
        .sees("1 of 2 votes needed");
  }

  private static void seeThatItIsUsed(Browser browser, RunningSystem system, Mail mail) {
    Page page = browser.signedIn(system, "approver");
    page.navigate(mail.link().toString());
    assertThat(page.locator("main")).containsText("That link was used before");
  }

  private static void seeThatItIsNobodyElses(Browser browser, RunningSystem system, Mail mail) {
    Page page = browser.signedIn(system, "approver");
    assertEquals(403, page.navigate(mail.link().toString()).status());
    assertThat(page.locator("main")).containsText("This link was sent to somebody else");
  }
}
