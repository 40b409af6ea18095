package dev.airlock.messages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.icegreen.greenmail.util.GreenMail;
import dev.airlock.messages.MailServer.Security;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sends over TLS, from a JVM that is told whom to trust as a worker is: by its truststore. */
class MailOverTlsTest {
  private static final String STORE_PASSWORD = "changeit";

  @TempDir private static Path folder;

  private final GreenMail server = MailHost.ofSmtp();

  @BeforeAll
  static void makeCertificates() throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    for (String[] one : new String[][] {{"right", "ip:127.0.0.1"}, {"other", "dns:example.org"}}) {
      makeKey(one[0], one[1]);
      trusted.setCertificateEntry(one[0], keys(one[0]).getCertificate("key"));
    }
    try (OutputStream out = Files.newOutputStream(store("trusted"))) {
      trusted.store(out, STORE_PASSWORD.toCharArray());
    }
  }

  private static void makeKey(String name, String subject) throws Exception {
    String options =
        "-genkeypair -alias key -keyalg EC -dname CN=%s -ext san=%s -keystore %s -storetype PKCS12 -storepass %s"
            .formatted(name, subject, store(name), STORE_PASSWORD);
    List<String> command = new ArrayList<>(List.of(program("keytool")));
    command.addAll(List.of(options.split(" ", -1)));
    run(command);
  }

  private static KeyStore keys(String name) throws GeneralSecurityException, IOException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store(name))) {
      keys.load(in, STORE_PASSWORD.toCharArray());
    }
    return keys;
  }

  private static Path store(String name) {
    return folder.resolve(name + ".p12");
  }

  private static String program(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }

  private static String run(List<String> command) throws Exception {
    Process process =
        new ProcessBuilder(command).redirectError(folder.resolve("errors").toFile()).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    assertEquals(0, process.waitFor(), () -> said + errors());
    return said;
  }

  private static String errors() {
    try {
      return Files.readString(folder.resolve("errors"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static SSLContext tls(String name) throws GeneralSecurityException, IOException {
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(keys(name), STORE_PASSWORD.toCharArray());
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(own.getKeyManagers(), null, null);
    return tls;
  }

  @BeforeEach
  void start() {
    server.start();
    server.setUser("ada@example.org", MailMain.USER, MailMain.PASSWORD);
    server.getManagers().getUserManager().setAuthRequired(true);
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  private TlsFront front(String certificate, Security offered) throws Exception {
    return new TlsFront(tls(certificate), offered, server.getSmtp().getPort());
  }

  private static String sent(TlsFront front, Security wanted, boolean trusts) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                program("java"),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path")));
    if (trusts) {
      command.add("-Djavax.net.ssl.trustStore=" + store("trusted"));
      command.add("-Djavax.net.ssl.trustStorePassword=" + STORE_PASSWORD);
    }
    command.addAll(List.of(MailMain.class.getName(), "" + front.port(), wanted.name()));
    return run(command);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS", "STARTTLS"})
  void shouldSignInAndSendOverTls(Security security) throws Exception {
    try (TlsFront front = front("right", security)) {
      assertEquals("taken", sent(front, security, true));

      assertEquals("For Ada", server.getReceivedMessages()[0].getSubject());
      assertTrue(
          front.toldInTheOpen().stream().allMatch(line -> line.matches("EHLO .*|STARTTLS")),
          () -> front.toldInTheOpen().toString());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS", "STARTTLS"})
  void shouldSayThatTheCertificateIsNotTrusted(Security security) throws Exception {
    try (TlsFront front = front("right", security)) {
      String said = sent(front, security, false);

      assertTrue(said.contains("its certificate is not trusted"), said);
      assertTrue(said.contains("-Djavax.net.ssl.trustStore=FILE"), said);
      assertNothingTold(front);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS", "STARTTLS"})
  void shouldRefuseTheCertificateOfAnotherServer(Security security) throws Exception {
    try (TlsFront front = front("other", security)) {
      String said = sent(front, security, true);

      assertTrue(said.contains("its certificate is that of another server"), said);
      assertNothingTold(front);
    }
  }

  @Test
  void shouldTellNoPasswordToWhoeverHidesThatTlsIsThere() throws Exception {
    try (TlsFront front = front("right", Security.NONE)) {
      String said = sent(front, Security.STARTTLS, true);

      assertTrue(said.contains("STARTTLS"), said);
      assertNothingTold(front);
    }
  }

  private void assertNothingTold(TlsFront front) {
    assertEquals(0, server.getReceivedMessages().length);
    assertTrue(
        front.toldInTheOpen().stream().allMatch(line -> line.matches("EHLO .*|STARTTLS|QUIT")),
        () -> front.toldInTheOpen().toString());
  }
}
