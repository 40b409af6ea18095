package dev.airlock.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.Argument;
import dev.airlock.dsl.Param;
import dev.airlock.dsl.Program;
import dev.airlock.dsl.Secret;
import dev.airlock.dsl.Stage;
import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.ColumnType;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import dev.airlock.workflows.StageOutput.StoredResult;
import dev.airlock.workflows.StageOutput.TaskResult;
import dev.airlock.workflows.StageTask;
import io.temporal.failure.ApplicationFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProgramsTest {

  private static final Param<Integer> ROUNDS = Param.integer("rounds").orElse(20);

  @TempDir Path home;
  private Scene scene;

  /** What a training script writes. */
  public record Trained(double auc, int rounds, Optional<String> note) {}

  @BeforeEach
  void begin() {
    scene = new Scene(home);
  }

  private TaskResult run(Program<?> program) {
    return (TaskResult) scene.programs().runProgram(task(program));
  }

  @Test
  void shouldHandALongResultOnAsADocument() {
    StageOutput result =
        scene
            .programs()
            .runProgram(
                task(shell("printf '\"%0100000d\"' 0 > $AIRLOCK_RESULT").result(String.class)));

    assertEquals(new StoredResult("kept", 100_002, null), result);
  }

  @Test
  void shouldRefuseAResultThatIsTooLong() {
    ApplicationFailure failure =
        Scene.failure(
            () -> run(shell("printf '\"%01000000d\"' 0 > $AIRLOCK_RESULT").result(String.class)));

    assertEquals(StageFailure.RESULT_TOO_LARGE, failure.getType());
    assertEquals(
        "$AIRLOCK_RESULT has 1,000,002 bytes; a result may have 1,000,000. Write what is large"
            + " somewhere, and give its name.",
        failure.getOriginalMessage());
  }

  private StageTask task(Program<?> program) {
    return scene.task(pipeline -> pipeline.process("train", program));
  }

  private static Program<Void> shell(String script, Object... arguments) {
    return Program.of("sh", "-c", script, "sh").arguments(arguments);
  }

  @Test
  void shouldGiveWhatTheProgramWroteWhenItEndsWell() {
    scene.param("rounds", "7");

    TaskResult result =
        run(
            shell("echo '{\"auc\": 0.75, \"rounds\": '$1'}' > $AIRLOCK_RESULT", ROUNDS)
                .result(Trained.class));

    assertEquals("{\"auc\":0.75,\"rounds\":7,\"note\":null}", result.json());
  }

  @Test
  void shouldHandOnResultsAsFilesAndAsJson() {
    scene
        .input(
            "orders",
            new DatasetVersion(
                "shop.orders",
                1,
                2,
                null,
                List.of(
                    new ColumnSpec("name", ColumnType.TEXT),
                    new ColumnSpec("amount", ColumnType.DECIMAL))))
        .rows(
            List.of(
                new MapRow(Map.of("name", "a,b", "amount", 1.5)),
                new MapRow(Map.of("name", "c", "amount", 2.0))))
        .input("limits", new TaskResult("{\"most\":3}"));

    TaskResult result =
        (TaskResult)
            scene
                .programs()
                .runProgram(
                    scene.task(
                        pipeline -> {
                          Stage<?> orders =
                              pipeline.ingest(
                                  "orders",
                                  dev.airlock.dsl.Source.csv("orders.csv")
                                      .column("name", ColumnType.TEXT));
                          Stage<?> limits = pipeline.process("limits", Program.of("true"));
                          return pipeline.process(
                              "train",
                              shell(
                                      "{ tr -d '\\r' < $1 | tr '\\n' ';'; cat $2; echo $3; } > said;"
                                          + " printf '\"%s\"' \"$(tr -d '\\n\"' < said)\" > $AIRLOCK_RESULT",
                                      orders, limits, Argument.json(limits))
                                  .result(String.class));
                        }));

    assertEquals("\"name,amount;a,b,1.5;c,2.0;{most:3}{most:3}\"", result.json());
  }

  @Test
  void shouldRunInAFreshDirectoryWithItsFilesAndLeaveNothing() throws Exception {
    Program<String> program =
        shell(
                "cat lib/words.txt; test ! -e left; touch left; printf '\"%s\"' \"$PWD\" > $AIRLOCK_RESULT")
            .file("lib/words.txt", "hello\n")
            .result(String.class);

    String first = run(program).json();
    scene.attempt(2);
    String second = run(program).json();

    assertFalse(first.equals(second), first);
    try (var left = Files.walk(home.resolve("scratch"))) {
      assertTrue(left.noneMatch(Files::isRegularFile));
    }
  }

  @Test
  void shouldShowNothingOfTheWorkersEnvironmentButWhatAProgramNeeds() {
    scene.variable("AIRLOCK_DATABASE_PASSWORD", "hunter2-hunter2").variable("LANG", "C.UTF-8");

    String seen =
        run(shell(
                    "env | cut -d= -f1 | sort | tr '\\n' ' ' > e; printf '\"%s\"' \"$(cat e)\" > $AIRLOCK_RESULT")
                .environment("ROUNDS", 3)
                .result(String.class))
            .json();

    assertFalse(seen.contains("PASSWORD"), seen);
    assertFalse(seen.contains("JAVA_HOME"), seen);
    assertTrue(seen.contains("PATH") && seen.contains("LANG") && seen.contains("ROUNDS"), seen);
  }

  @Test
  void shouldSayTheExitCodeAndTheLastWordsWhenItFails() {
    ApplicationFailure failure =
        Scene.failure(() -> run(shell("echo fine; echo one >&2; echo 'no rows' >&2; exit 3")));

    assertEquals("sh ended with exit code 3. no rows", failure.getOriginalMessage());
    assertEquals(StageFailure.PROGRAM_FAILED, failure.getType());
    assertEquals(List.of("one", "no rows"), StageFailure.details(failure));
    assertFalse(failure.isNonRetryable());
  }

  @Test
  void shouldSayWhereItWasLookedForWhenTheProgramIsMissing() {
    scene.variable("PATH", "/usr/bin:/bin");

    ApplicationFailure failure = Scene.failure(() -> run(Program.of("pyhton3", "train.py")));

    assertEquals(
        "The worker can't run 'pyhton3': it is not on the PATH, /usr/bin:/bin."
            + " Install it there, or name it by its path.",
        failure.getOriginalMessage());
  }

  @Test
  void shouldSayWhichDirectoryIsMissing() {
    ApplicationFailure failure =
        Scene.failure(() -> run(Program.of("true").directory("/nowhere/to/be/found")));

    assertEquals(
        "The worker has no directory /nowhere/to/be/found to run the program in."
            + " Make it, or leave .directory(…) away.",
        failure.getOriginalMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"rounds\": 1}|$AIRLOCK_RESULT: expected a number at auc, but nothing came.",
        "{\"auc\": \"high\", \"rounds\": 1}|$AIRLOCK_RESULT: expected a number at auc, but came \"high\".",
        "{\"auc\": 0.5, \"rounds\": 1.5}|$AIRLOCK_RESULT: expected a whole number at rounds, but came 1.5.",
        "[1]|$AIRLOCK_RESULT: expected an object {auc, rounds, note}, but came [1].",
        "{\"auc\": NaN}|$AIRLOCK_RESULT is no JSON, in line 1: Non-standard token 'NaN': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow"
      })
  void shouldNameTheFieldWhenTheResultIsNotAsExpected(String json, String sentence) {
    ApplicationFailure failure =
        Scene.failure(
            () -> run(shell("printf %s \"$1\" > $AIRLOCK_RESULT", json).result(Trained.class)));

    assertEquals(sentence, failure.getOriginalMessage());
    assertEquals(StageFailure.BAD_DATA, failure.getType());
  }

  @Test
  void shouldSayWhatWasExpectedWhenNoResultIsWritten() {
    ApplicationFailure failure = Scene.failure(() -> run(shell("true").result(Trained.class)));

    assertEquals(
        "The program ended well, but wrote no $AIRLOCK_RESULT:"
            + " expected an object {auc, rounds, note} there.",
        failure.getOriginalMessage());
  }

  @Test
  void shouldEndEveryProcessOfTheGroupWhenTheAttemptIsNoLongerWanted() throws Exception {
    Path pids = home.resolve("pids");
    StageTask task =
        task(
            shell(
                "(trap '' TERM; sleep 300) & echo $! >> $1;"
                    + " setsid sh -c 'echo $$ >> $0; sleep 300' $1 &"
                    + " echo $$ >> $1; while true; do sleep 1; done",
                pids));
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    Thread attempt =
        new Thread(
            () ->
                ended.complete(
                    assertThrows(
                        CancellationException.class, () -> scene.programs().runProgram(task))));
    attempt.start();
    List<ProcessHandle> started = started(pids, 3);

    attempt.interrupt();
    ended.get(20, TimeUnit.SECONDS);

    assertGone(started);
  }

  @Test
  void shouldEndTheProgramWhenTheStagesTimeIsOver() throws Exception {
    Path pids = home.resolve("pids");
    StageTask task =
        scene.task(
            pipeline ->
                pipeline
                    .process("train", shell("echo $$ > $1; sleep 300", pids))
                    .timeout(Duration.ofSeconds(3)));

    ApplicationFailure failure = Scene.failure(() -> scene.programs().runProgram(task));

    assertEquals(StageFailure.TIMED_OUT, failure.getType());
    assertGone(started(pids, 1));
  }

  @Test
  void shouldLeaveNoChildrenBehindWhenTheProgramEndsBeforeThem() throws Exception {
    Path pids = home.resolve("pids");

    run(shell("sleep 300 & echo $! >> $1; setsid sleep 300 & echo $! >> $1", pids));

    assertGone(started(pids, 2));
  }

  @Test
  void shouldEndTheGroupWhenTheWorkerIsKilled() throws Exception {
    Path pids = home.resolve("pids");
    Process worker =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                DoomedWorker.class.getName(),
                pids.toString(),
                home.resolve("doomed").toString())
            .inheritIO()
            .start();
    List<ProcessHandle> started = started(pids, 2);
    assertTrue(started.stream().allMatch(ProcessHandle::isAlive));

    worker.destroyForcibly().waitFor();

    assertGone(started);
  }

  @Test
  void shouldEndWhatAnEarlierAttemptLeftBeforeItStarts() throws Exception {
    StageTask task = task(shell("true"));
    Process orphan = marked(task);

    scene.attempt(2).programs().runProgram(task);

    assertTrue(orphan.waitFor(20, TimeUnit.SECONDS));
  }

  private Process marked(StageTask task) throws Exception {
    ProcessBuilder builder = new ProcessBuilder("sleep", "300");
    builder
        .environment()
        .put("AIRLOCK_MARK", home.resolve("scratch").toAbsolutePath() + ":" + task.key());
    return builder.start();
  }

  @Test
  void shouldHoldProgramsToTheirLimits() {
    ApplicationFailure memory =
        Scene.failure(
            () -> run(Program.of("python3", "-c", "x = bytearray(600 << 20)").memory(256L << 20)));
    ApplicationFailure time =
        Scene.failure(() -> run(shell("while :; do :; done").cpuTime(Duration.ofSeconds(1))));
    ApplicationFailure file =
        Scene.failure(() -> run(shell("head -c 100000 /dev/zero > f").fileSize(4096)));

    assertEquals("python3 ended with exit code 1. MemoryError", memory.getOriginalMessage());
    assertTrue(time.getOriginalMessage().contains("XCPU"), time.getOriginalMessage());
    assertTrue(
        file.getOriginalMessage().startsWith("sh ended with exit code 153")
            || file.getOriginalMessage().contains("XFSZ"),
        file.getOriginalMessage());
  }

  @Test
  void shouldMaskASecretInWhatTheProgramSays() {
    scene.variable("AIRLOCK_SECRETS_SLACK_TOKEN", "xoxb-open-sesame");

    ApplicationFailure failure =
        Scene.failure(
            () ->
                run(
                    shell("echo \"token: $TOKEN\" >&2; exit 1")
                        .environment("TOKEN", Secret.named("slack-token"))));

    assertEquals("sh ended with exit code 1. token: ***", failure.getOriginalMessage());
    assertFalse(failure.toString().contains("sesame"));
  }

  @Test
  void shouldRefuseAResultThatHoldsASecret() {
    scene.variable("AIRLOCK_SECRETS_SLACK_TOKEN", "xoxb-open-sesame");

    ApplicationFailure failure =
        Scene.failure(
            () ->
                run(
                    shell("printf '\"%s\"' \"$TOKEN\" > $AIRLOCK_RESULT")
                        .environment("TOKEN", Secret.named("slack-token"))
                        .result(String.class)));

    assertEquals(
        "$AIRLOCK_RESULT holds the value of a secret, which would be kept with the run."
            + " Leave it out.",
        failure.getOriginalMessage());
  }

  /** The processes that have written their ids down, as soon as there are so many. */
  private static List<ProcessHandle> started(Path pids, int count) throws Exception {
    Deadline.awaits(
        count + " lines in " + pids,
        () -> Files.exists(pids) && Files.readAllLines(pids).size() >= count);
    return Files.readAllLines(pids).stream()
        .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid.strip())).stream())
        .toList();
  }

  private static void assertGone(List<ProcessHandle> processes) throws Exception {
    Deadline.awaits(
        processes + " to be gone", () -> processes.stream().noneMatch(ProcessHandle::isAlive));
  }

  private record MapRow(Map<String, Object> values) implements dev.airlock.dsl.Row {
    @Override
    public List<String> columns() {
      return List.copyOf(values.keySet());
    }

    @Override
    public @Nullable Object get(String column) {
      return values.get(column);
    }
  }
}
