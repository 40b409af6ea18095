package dev.airlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.airlock.local.Home;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The command believes rows and signatures, nobody's word. The rows, the heads and the key were
 * made with other tools (Python and OpenSSL), so that nothing proves itself.
 */
final class AuditCommandTest {

  @TempDir Path folder;
  private Server server;
  private Home home;
  private final List<String> rows = resource("rows.jsonl");

  @BeforeEach
  void start() throws IOException {
    server = new Server();
    home = server.home(folder);
    Files.createDirectories(folder.resolve("audit"));
    for (String file : List.of("heads.jsonl", "anchor-public.pem")) {
      Files.write(folder.resolve("audit").resolve(file), resource(file));
    }
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static List<String> resource(String name) {
    try (InputStream stream = AuditCommandTest.class.getResourceAsStream("audit/" + name)) {
      return new ArrayList<>(
          new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Called verify(String... more) {
    server.answers("GET /audit/export", 200, String.join("\n", rows) + "\n");
    return server.airlock(
        home, Stream.concat(Stream.of("audit", "verify"), Stream.of(more)).toArray(String[]::new));
  }

  private void assertFinds(String fault) {
    Called called = verify();
    assertEquals(CommandException.FAILED, called.exit());
    assertTrue(called.err().contains(fault), called.err());
  }

  private void heads(List<String> lines) throws IOException {
    Files.write(folder.resolve("audit/heads.jsonl"), lines);
  }

  /** What somebody would write who owns the database and knows how hashes are made. */
  private void writeAnew() {
    String before = "0".repeat(64);
    for (int i = 0; i < rows.size(); i++) {
      String old = field(rows.get(i), "hash");
      String line =
          rows.get(i)
              .replaceAll("\"previousHash\":\"[^\"]*\"", "\"previousHash\":\"" + before + "\"");
      before = AuditTrail.reckoned(Api.parse(line));
      rows.set(i, line.replace("\"hash\":\"" + old + "\"", "\"hash\":\"" + before + "\""));
    }
  }

  private static String field(String line, String name) {
    return Api.parse(line).path(name).asText();
  }

  @Test
  void shouldSayThatAllIsWell() {
    Called called = verify();

    assertEquals(0, called.exit(), called.err());
    assertEquals(
        "The audit is whole: 8 rows follow each other, and pass through 3 signed heads, the newest of 2026-03-02T10:01:00Z.",
        called.out().strip());
  }

  @Test
  void shouldReckonTheRoleThatWroteWhereARowNamesOne() {
    rows.addAll(resource("rows-written-by.jsonl"));
    Called called = verify();
    assertEquals(0, called.exit(), called.err());
    assertTrue(called.out().contains("10 rows follow each other"), called.out());
  }

  @Test
  void shouldFindAnotherRoleThanTheOneThatWrote() {
    rows.addAll(resource("rows-written-by.jsonl"));
    rows.set(9, rows.get(9).replace("airlock_owner", "airlock_app"));

    assertFinds("Row 10 (users/hal.json, set-person of person hal) was altered.");
  }

  @Test
  void shouldFindARoleThatWasTakenOut() {
    rows.addAll(resource("rows-written-by.jsonl"));
    rows.set(8, rows.get(8).replace(",\"writtenBy\":\"airlock_app\"", ""));

    assertFinds("Row 9 (ada, decide of approval 7) was altered.");
  }

  @Test
  void shouldFindAnAlteredRow() {
    rows.set(4, rows.get(4).replace("approve", "reject"));

    assertFinds("Row 5 (zoë, decide of approval 1) was altered.");
  }

  @Test
  void shouldFindARemovedRow() {
    rows.remove(3);

    assertFinds("Row 4 is gone.");
  }

  @Test
  void shouldFindTwoSwappedRows() {
    Collections.swap(rows, 3, 4);

    assertFinds("Row 4 stands where row 6 is expected.");
  }

  @Test
  void shouldFindACutTail() {
    rows.subList(6, 8).clear();

    assertFinds("The tail was cut: a head was signed at row 8, and the rows end at 6.");
  }

  @Test
  void shouldFindAChainWrittenAnew() {
    rows.set(0, rows.get(0).replace("ada", "eve"));
    writeAnew();

    assertFinds("The chain was written anew: the head that was signed at row 3 has another hash.");
  }

  @Test
  void shouldFindHeadsThatWereForgedOrTakenOut() throws IOException {
    List<String> heads = resource("heads.jsonl");
    heads(List.of(heads.get(0), heads.get(2)));
    assertFinds("a line is gone");

    heads(List.of(heads.get(0).replace("\"sequence\":3", "\"sequence\":4")));
    assertFinds("was not signed by this key");

    heads(List.of("{}", "no JSON"));
    assertFinds("is no signed head");
  }

  /** The system was restored from a backup of after row 5, and has gone on. */
  private void restoreAt(String at) {
    rows.subList(5, 8).clear();
    append(
        at,
        "restore",
        "restore",
        "monday.tar.gz",
        "\"{\\\"cutAt\\\":\\\"2026-03-02T09:30:00Z\\\"}\"");
    append(at, "ada", "start-run", "12", "null");
  }

  private void append(String at, String actor, String action, String entityId, String after) {
    String before = field(rows.get(rows.size() - 1), "hash");
    String line =
        "{\"sequence\":%d,\"at\":\"%s\",\"actor\":\"%s\",\"action\":\"%s\",\"entity\":\"x\",\"entityId\":\"%s\",\"before\":null,\"after\":%s,\"channel\":\"cli\",\"address\":null,\"token\":null,\"requestId\":null,\"previousHash\":\"%s\",\"hash\":\"\"}"
            .formatted(rows.size() + 1, at, actor, action, entityId, after, before);
    rows.add(
        line.replace("\"hash\":\"\"", "\"hash\":\"" + AuditTrail.reckoned(Api.parse(line)) + "\""));
  }

  @Test
  void shouldTakeARestoreForTheReasonOnlyWhereTheAskerKnowsOfIt() {
    restoreAt("2026-03-03T08:00:00.000000Z");

    assertFinds("The tail was cut: a head was signed at row 8, and the rows end at 7.");
    assertFinds("if you know of that, say --restored monday.tar.gz");
    assertEquals(CommandException.FAILED, verify("--restored", "sunday.tar.gz").exit());
    Called called = verify("--restored", "monday.tar.gz");

    assertEquals(0, called.exit(), called.err());
    assertTrue(
        called
            .out()
            .contains(
                "Row 6: restored at 2026-03-03T08:00:00Z from monday.tar.gz, a backup of 2026-03-02T09:30:00Z."),
        called.out());
    assertTrue(called.out().contains("the rows after 5 were cut off"), called.out());
  }

  @Test
  void shouldNotTakeARestoreForAnExcuseOfWhatWasSignedAfterIt() {
    restoreAt("2026-03-01T08:00:00.000000Z");

    assertFinds("The tail was cut: a head was signed at row 8, and the rows end at 7.");
  }

  @Test
  void shouldPassOverALastLineThatWasNeverEnded() throws IOException {
    String heads = String.join("\n", resource("heads.jsonl")) + "\n";
    Files.writeString(folder.resolve("audit/heads.jsonl"), heads + heads.substring(0, 40));

    assertEquals(0, verify().exit());
  }

  @Test
  void shouldTellWrongUseApartFromAFault() throws IOException {
    Files.delete(folder.resolve("audit/heads.jsonl"));

    Called called = verify();

    assertEquals(CommandException.WRONG_USE, called.exit());
    assertTrue(called.err().contains("There is no file"), called.err());
    assertEquals(CommandException.WRONG_USE, server.airlock(home, "audit").exit());
    server.close();
    heads(resource("heads.jsonl"));
    assertEquals(CommandException.UNREACHABLE, server.airlock(home, "audit", "verify").exit());
  }

  /** A server that says how much it will send, and dies before. */
  @Test
  void shouldLeaveNoFileBehindWhereTheExportBreaksOff() throws IOException {
    HttpServer dying =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    dying.createContext(
        "/",
        exchange -> {
          byte[] some = (rows.get(0) + "\n").getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, 10L * some.length);
          exchange.getResponseBody().write(some);
          exchange.getResponseBody().flush();
          throw new IOException("It dies.");
        });
    dying.start();
    try {
      Users.ensure(home, URI.create("http://127.0.0.1:" + dying.getAddress().getPort()));
      Path file = folder.resolve("broken-off.jsonl");
      Called called = server.airlock(home, "audit", "export", file.toString());
      assertEquals(CommandException.UNREACHABLE, called.exit(), called.err());
      assertTrue(called.err().contains("broke off after "), called.err());
      assertFalse(Files.exists(file));
      assertEquals(CommandException.UNREACHABLE, server.airlock(home, "audit", "verify").exit());
      assertEquals(
          CommandException.FAILED,
          server
              .airlock(home, "audit", "export", folder.resolve("no/such/folder/x").toString())
              .exit());
    } finally {
      dying.stop(0);
    }
  }

  @Test
  void shouldWriteAnExportOnceAndVerifyItWithoutTheServer() {
    server.answers("GET /audit/export", 200, String.join("\n", rows) + "\n");
    Path file = folder.resolve("export.jsonl");

    Called exported = server.airlock(home, "audit", "export", file.toString());
    assertEquals("8 rows are in %s.".formatted(file), exported.out().strip(), exported.err());
    assertEquals(
        CommandException.WRONG_USE,
        server.airlock(home, "audit", "export", file.toString()).exit());

    server.close();
    assertEquals(0, server.airlock(home, "audit", "verify", "--file", file.toString()).exit());
  }
}
