package dev.airlock.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.system.RunningSystem.Part;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A Python script as a stage: its result goes on, its secret goes nowhere, its end is certain. */
@Tag("waits")
@ExtendWith(SharedSystem.class)
final class ProgramTest {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String TOKEN = "workshop-open-sesame-4711";
  private static final String SCRIPT =
      """
      import csv, json, os, subprocess, sys, time
      rounds = int(sys.argv[sys.argv.index("--rounds") + 1])
      child = subprocess.Popen(["sleep", "600"], start_new_session=True)
      print("pids", os.getpid(), child.pid, flush=True)
      print("token", os.environ["TOKEN"], flush=True)
      rows = list(csv.DictReader(open(sys.argv[1])))
      for round in range(rounds):
          print("round", round, flush=True)
          time.sleep(0.1)
      mean = sum(float(row["amount"]) for row in rows) / len(rows)
      with open(os.environ["AIRLOCK_RESULT"], "w") as result:
          json.dump({"mean": mean, "rounds": rounds, "rows": len(rows)}, result)
      """;

  /** How the token may be written: as it is, in a column of bytes, in a payload's base64. */
  private static final List<String> WRITTEN =
      List.of(
          TOKEN,
          HexFormat.of().formatHex(TOKEN.getBytes(StandardCharsets.UTF_8)),
          base64(0),
          base64(1),
          base64(2));

  private static final PipelineJar JAR =
      new PipelineJar(
          "workshop",
          "Workshop",
          Map.of("train.py", SCRIPT, "rows.csv", "name,amount\nanna,1.5\nbob,2.5\n"));

  /** The part of the token's base64 that does not hang on its neighbours, so many bytes in. */
  private static String base64(int before) {
    byte[] bytes = (" ".repeat(before) + TOKEN).getBytes(StandardCharsets.UTF_8);
    String whole = Base64.getEncoder().encodeToString(bytes);
    return whole.substring(before == 0 ? 0 : 4, bytes.length / 3 * 4);
  }

  private static long start(RunningSystem system, Map<String, String> params) {
    giveSecret(system.home().resolve("secrets"));
    JAR.havePublished(system);
    return system.as("engineer").start("workshop", params);
  }

  private static void giveSecret(Path folder) {
    try {
      Path file = Files.createDirectories(folder).resolve("workshop-token");
      Files.writeString(file, TOKEN);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void shouldHandOnTheResultOfAScriptAndShowItsSecretNowhere(RunningSystem system) {
    Client engineer = system.as("engineer");
    long run = start(system, Map.of());

    JsonNode ended = engineer.awaitRun(run, PATIENCE, "failed");

    assertEquals("succeeded", Client.stage(ended, "publish").get("state").asText());
    assertEquals(
        "\"A mean of 2.0 by the secret 'workshop-token'\"",
        Client.stage(ended, "praise").at("/output/json").asText());
    assertEquals(
        "Nobody takes the token ***", Client.stage(ended, "boast").at("/error/message").asText());
    String log = engineer.get("/api/v1/runs/" + run + "/stages/train/logs").text();
    assertTrue(log.contains("round 2"), log);
    assertTrue(log.contains("token ***"), log);
    String published = engineer.get("/api/v1/runs/" + run + "/stages/publish/logs").text();
    assertTrue(published.contains("published {\"mean\":2.0,\"rounds\":3,\"rows\":2}"), published);
    Await.holds(
        PATIENCE,
        "the history to be kept",
        () -> system.count("select count(*) from run_history where run_id = ?", run) > 0);
    assertEquals(List.of(), tablesThatHold(system));
    assertEquals(List.of(), filesThatHold(system.home()));
    assertTrue(isListed(engineer, system));
  }

  private static boolean isListed(Client engineer, RunningSystem system) {
    JsonNode named =
        Await.found(
            PATIENCE,
            "the secret's name to be listed",
            () -> {
              for (JsonNode item : engineer.get("/api/v1/secrets").ok().get("items")) {
                if (item.get("name").asText().equals("workshop-token")
                    && !item.get("sources").isEmpty()) {
                  return Optional.of(item);
                }
              }
              return Optional.empty();
            });
    assertEquals(
        "file " + system.home().resolve("secrets/workshop-token"),
        named.get("sources").get(0).asText());
    return named.get("usedBy").toString().contains("workshop/train");
  }

  /** Every table of the database, row by row, as text. */
  private static List<String> tablesThatHold(RunningSystem system) {
    List<String> holding = new ArrayList<>();
    try (Connection connection = system.asOwner();
        Statement statement = connection.createStatement()) {
      List<String> tables = new ArrayList<>();
      try (ResultSet rows =
          statement.executeQuery(
              "select format('%I.%I', schemaname, tablename) from pg_tables"
                  + " where schemaname in ('airlock', 'iceberg', 'public')")) {
        while (rows.next()) {
          tables.add(rows.getString(1));
        }
      }
      for (String table : tables) {
        try (ResultSet rows =
            statement.executeQuery(
                "select count(*) from %s as t where t::text ~ '%s'"
                    .formatted(table, String.join("|", WRITTEN)))) {
          rows.next();
          if (rows.getLong(1) > 0) {
            holding.add(table);
          }
        }
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    return holding;
  }

  /** Temporal's database, logs, artifacts and all else in the home but the secret itself. */
  private static List<String> filesThatHold(Path home) {
    List<String> holding = new ArrayList<>();
    try {
      Files.walkFileTree(
          home,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (!file.startsWith(home.resolve("secrets")) && holds(file)) {
                holding.add(home.relativize(file).toString());
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure)
                throws IOException {
              if (failure instanceof NoSuchFileException) {
                // It came and went.
                return FileVisitResult.CONTINUE;
              }
              throw failure;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return holding;
  }

  private static boolean holds(Path file) {
    try {
      String held = new String(plain(Files.readAllBytes(file)), StandardCharsets.ISO_8859_1);
      return WRITTEN.stream().anyMatch(held::contains);
    } catch (IOException e) {
      // A file that came and went.
      return false;
    }
  }

  /** Histories are kept compressed. */
  private static byte[] plain(byte[] bytes) throws IOException {
    boolean isCompressed = bytes.length > 2 && bytes[0] == 0x1f && bytes[1] == (byte) 0x8b;
    if (!isCompressed) {
      return bytes;
    }
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return in.readAllBytes();
    }
  }

  @Test
  void shouldEndTheScriptAndItsChildrenWhenTheRunIsCancelled(RunningSystem system) {
    Client engineer = system.as("engineer");
    long run = start(system, Map.of("rounds", "6000"));
    List<ProcessHandle> processes = processes(engineer, run);

    engineer.post("/api/v1/runs/" + run + "/cancel", Map.of()).ok();

    engineer.awaitRun(run, PATIENCE, "cancelled");
    Await.holds(
        Duration.ofSeconds(20),
        "the script and its child to end",
        () -> processes.stream().noneMatch(ProcessHandle::isAlive));
  }

  @Test
  void shouldEndTheScriptWhenItsWorkerIsKilledAndRunItAgain(RunningSystem system) {
    Client engineer = system.as("engineer");
    long run = start(system, Map.of("rounds", "150"));
    List<ProcessHandle> processes = processes(engineer, run);

    long killed = system.kill(Part.WORKER);
    Await.holds(
        Duration.ofSeconds(20),
        "the script to end with its worker",
        () -> !processes.get(0).isAlive());
    system.awaitReplaced(Part.WORKER, killed);
    engineer.awaitStage(run, "train", "succeeded", PATIENCE.multipliedBy(2));

    assertTrue(processes.stream().noneMatch(ProcessHandle::isAlive), "nobody is left behind");
  }

  /** The script's and its child's, as the log of the attempt tells while it runs. */
  private static List<ProcessHandle> processes(Client engineer, long run) {
    String log = "/api/v1/runs/" + run + "/stages/train/logs?attempt=1";
    String line =
        Await.found(
            PATIENCE,
            "the script to say who it is in " + log,
            () ->
                engineer.get(log).text().lines().filter(said -> said.contains("pids")).findFirst());
    String[] words = line.split("pids", 2)[1].strip().split(" ", -1);
    return Stream.of(words)
        .flatMap(word -> ProcessHandle.of(Long.parseLong(word)).stream())
        .toList();
  }
}
