package dev.airlock.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.SecretValue;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VaultTest {

  @TempDir Path home;

  private Vault vault(Map<String, String> environment) {
    return new Vault(environment, home, home.resolve("mounted"));
  }

  private Path secret(String name, String value, String mode) throws IOException {
    Path file = Files.createDirectories(home.resolve("secrets")).resolve(name);
    Files.writeString(file, value);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  @Test
  void shouldReadAVariableBeforeAFile() throws IOException {
    secret("slack-token", "from-the-file\n", "rw-------");

    assertEquals("from-the-file", vault(Map.of()).secret("slack-token").reveal());
    assertEquals(
        "from-the-variable",
        vault(Map.of("AIRLOCK_SECRETS_SLACK_TOKEN", "from-the-variable"))
            .secret("slack-token")
            .reveal());
  }

  @Test
  void shouldReadAChangedFileAnew() throws IOException {
    Vault vault = vault(Map.of());
    secret("slack-token", "the-first", "rw-------");
    vault.secret("slack-token");
    secret("slack-token", "the-second", "rw-------");

    assertEquals("the-second", vault.secret("slack-token").reveal());
  }

  @Test
  void shouldRefuseAFileThatOthersMayRead() throws IOException {
    Path file = secret("slack-token", "open-to-all", "rw-r--r--");

    ApplicationFailure failure = Scene.failure(() -> vault(Map.of()).secret("slack-token"));

    assertEquals(
        "The secret 'slack-token': others may read its file %s. Let only its owner: chmod 600."
            .formatted(file),
        failure.getOriginalMessage());
  }

  @Test
  void shouldGiveNobodyWhatIsAirlocksOwn() throws IOException {
    secret("owner.password", "of the schema's owner", "rw-------");
    secret("hook.pricing.new-prices", "signs-the-calls", "rw-------");
    Vault vault =
        vault(
            Map.of(
                "AIRLOCK_SECRETS_ALERT_WEBHOOK", "signs-the-alerts",
                "AIRLOCK_SECRETS_APPROVAL_WEBHOOK", "signs-the-approvals",
                "AIRLOCK_SECRETS_LINKS", "signs-the-links",
                "AIRLOCK_SECRETS_SMTP", "sends-the-mails",
                "AIRLOCK_SECRETS_MASK", "masks-persons",
                "AIRLOCK_HOOKS_PRICING__NEW_PRICES", "signs-the-calls"));

    Scene.failure(() -> vault.secret("owner.password"));
    Scene.failure(() -> vault.secret("hook.pricing.new-prices"));
    Scene.failure(() -> vault.secret("mask"));
    Scene.failure(() -> vault.secret("alert-webhook"));
    Scene.failure(() -> vault.secret("approval-webhook"));
    Scene.failure(() -> vault.secret("links"));
    Scene.failure(() -> vault.secret("smtp"));
    Scene.failure(() -> vault.secret("../users/admin"));
    assertEquals(List.of(), vault.entries());
  }

  @Test
  void shouldRefuseASecretThatIsTooShortToBeMasked() {
    ApplicationFailure failure =
        Scene.failure(() -> vault(Map.of("AIRLOCK_SECRETS_PIN", "1234")).secret("pin"));

    assertEquals(
        "The secret 'pin' has fewer than 6 characters, so that it can't be kept out of logs.",
        failure.getOriginalMessage());
  }

  @Test
  void shouldListNamesAndWhereTheyComeFromAndNoValue() throws IOException {
    Path file = secret("pager-key", "open-sesame", "rw-r-----");
    List<Vault.Entry> entries =
        vault(
                Map.of(
                    "AIRLOCK_SECRETS_SLACK_TOKEN", "xoxb-sesame",
                    "AIRLOCK_CONNECTION_WAREHOUSE_URL", "jdbc:postgresql://db/x?password=sesame",
                    "AIRLOCK_CONNECTION_WAREHOUSE_USER", "reader"))
            .entries();

    assertEquals(
        List.of(
            new Vault.Entry("connection", "warehouse", "AIRLOCK_CONNECTION_WAREHOUSE_URL", null),
            new Vault.Entry(
                "secret",
                "pager-key",
                "file " + file,
                "others may read its file %s. Let only its owner: chmod 600.".formatted(file)),
            new Vault.Entry("secret", "slack-token", "AIRLOCK_SECRETS_SLACK_TOKEN", null)),
        entries);
    assertFalse(entries.toString().contains("sesame"));
  }

  @Test
  void shouldMaskAValueInEveryFormThatProgramsWriteItIn() {
    SecretValue value =
        vault(Map.of("AIRLOCK_SECRETS_KEY", "p\"ss w/rd-1\nsecond-line")).secret("key");

    assertEquals("the secret 'key'", value.toString());
    assertEquals("a *** b", Mask.mask("a p\"ss w/rd-1\nsecond-line b"));
    assertEquals("{\"k\":\"***\"}", Mask.mask("{\"k\":\"p\\\"ss w/rd-1\\nsecond-line\"}"));
    assertEquals("k=***", Mask.mask("k=p%22ss+w%2Frd-1%0Asecond-line"));
    assertEquals("only ***", Mask.mask("only second-line"));
    assertTrue(
        MaskedFailure.of(new IllegalStateException(new IllegalArgumentException("second-line")))
            .toString()
            .contains("***"));
  }
}
