package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.local.PostgresServer;
import dev.airlock.store.InvalidConfigurationException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** The process as a whole: its start, its end, its configuration, and outages. */
final class ProcessTest {

  @Test
  void shouldReportEveryFaultOfTheConfigurationAtOnce() {
    InvalidConfigurationException e =
        Assertions.assertThrows(
            InvalidConfigurationException.class,
            () ->
                WebConfig.from(
                    Map.of(
                        "AIRLOCK_HTTP_PORT", "eighty",
                        "AIRLOCK_TEMPORAL_TARGET", "nowhere",
                        "AIRLOCK_WEB_MODE", "some",
                        "AIRLOCK_WATCH_STDIN", "yes")));
    String all = String.join("\n", e.faults());
    for (String setting :
        List.of(
            "AIRLOCK_HTTP_PORT",
            "AIRLOCK_TEMPORAL_TARGET",
            "AIRLOCK_WEB_MODE",
            "AIRLOCK_WATCH_STDIN",
            "AIRLOCK_HOME",
            "AIRLOCK_DATABASE_URL",
            "AIRLOCK_DATABASE_USER",
            "AIRLOCK_DATABASE_PASSWORD_FILE",
            "AIRLOCK_ARTIFACTS")) {
      assertTrue(all.contains(setting), setting + " is missing in " + all);
    }
  }

  @Test
  void shouldStartWithoutPostgresAndEndWhenItsInputCloses() throws Exception {
    Path home = WebFixture.folder();
    Path password = Files.writeString(home.resolve("app.password"), "secret\n");
    Map<String, String> environment = new HashMap<>();
    environment.put("AIRLOCK_HOME", home.toString());
    environment.put("AIRLOCK_DATABASE_URL", "jdbc:postgresql://127.0.0.1:1/airlock");
    environment.put("AIRLOCK_DATABASE_USER", "airlock_app");
    environment.put("AIRLOCK_DATABASE_PASSWORD_FILE", password.toString());
    environment.put("AIRLOCK_ARTIFACTS", home.resolve("artifacts").toUri().toString());
    environment.put("AIRLOCK_HTTP_PORT", "0");
    environment.put("AIRLOCK_WEB_MODE", "gateway");
    environment.put("AIRLOCK_WATCH_STDIN", "true");
    Process process = start(environment);
    try (BufferedReader lines = process.inputReader()) {
      String ready = lines.readLine();
      assertTrue(ready.matches("READY web port=\\d+"), ready);
      Http client = Http.bearer("http://127.0.0.1:" + ready.replaceAll("\\D", ""), "");
      assertEquals(200, client.get("/api/v1/health").status());
      JsonNode state = client.get("/api/v1/ready").json();
      assertEquals(false, state.path("database").path("ready").asBoolean(true));
      assertEquals(503, client.post("/v2/models/m/infer", "{\"inputs\":[]}").status());
      assertEquals(404, client.get("/runs").status(), "the gateway alone has no pages");
      process.outputWriter().close();
      assertTrue(process.waitFor(20, TimeUnit.SECONDS), "it ends when its input closes");
    } finally {
      process.destroyForcibly();
    }
  }

  private static Process start(Map<String, String> environment) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            WebMain.class.getName());
    builder.environment().putAll(environment);
    return builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  @Test
  void shouldGoOnPredictingWhilePostgresIsKilled() throws IOException {
    PostgresServer postgres = PostgresServer.temporary();
    try (WebFixture web = WebFixture.over(postgres)) {
      String name = WebFixture.freshName("outage");
      web.scene.publish(name);
      web.scene.playToLive(web.scene.request(name));
      Http client = web.client("");
      String body = GatewayTest.request(new double[][] {{1, 2, 3}}, "]");
      String path = "/v2/models/" + name + "/infer";
      WebFixture.await("it predicts", () -> client.post(path, body).status() == 200);

      postgres.kill();
      WebFixture.await("the outage is seen", () -> !saysThatTheDatabaseIsReady(web));
      Http.Answer during = client.post(path, body);
      assertEquals(200, during.status(), during.body());
      UUID id = UUID.fromString(during.json().path("id").asText());
      Http.Answer api = web.client("viewer").get("/api/v1/runs");
      assertEquals(503, api.status(), api.body());
      assertTrue(api.body().contains("PostgreSQL does not answer"), api.body());

      try (PostgresServer again = PostgresServer.start(postgres.home(), postgres.port())) {
        WebFixture.await("the database is back", () -> stored(web, id));
        WebFixture.await("its return is seen", () -> saysThatTheDatabaseIsReady(web));
        assertEquals(200, web.client("viewer").get("/api/v1/runs").status(), again.url());
      }
    }
  }

  private static boolean saysThatTheDatabaseIsReady(WebFixture web) {
    return web.client("").get("/api/v1/ready").json().path("database").path("ready").asBoolean();
  }

  private static boolean stored(WebFixture web, UUID id) {
    try {
      return web.store.predictions().find(id).isPresent();
    } catch (RuntimeException e) {
      return false;
    }
  }
}
