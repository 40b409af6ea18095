package dev.airlock.dsl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.NamedParameters;
import dev.airlock.dsl.graph.NeededName;
import dev.airlock.dsl.graph.ProgramSpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.ValueSpec;
import dev.airlock.dsl.graph.ValueSpec.Form;
import dev.airlock.dsl.graph.Work;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Stages that run programs, ask servers and ask databases. */
final class OutsideStagesTest {

  private static final Param<Integer> ROUNDS = Param.integer("rounds").orElse(3);

  private record Hidden(int value) {}

  private static StageSpec last(Consumer<PipelineBuilder> stages) {
    PipelineBuilder pipeline = Pipeline.named("shop").ownedBy("shop-ml");
    stages.accept(pipeline);
    List<StageSpec> all = pipeline.build().graph().stages();
    return all.get(all.size() - 1);
  }

  private static void assertProblem(String what, Consumer<PipelineBuilder> stages) {
    InvalidPipelineException e = assertThrows(InvalidPipelineException.class, () -> last(stages));
    assertTrue(
        e.problems().stream().anyMatch(problem -> problem.what().contains(what)), e.getMessage());
  }

  private static Consumer<PipelineBuilder> process(Program<?> program) {
    return pipeline -> pipeline.process("train", program);
  }

  private static Consumer<PipelineBuilder> sql(String statement, Param<?>... params) {
    return pipeline ->
        pipeline.sql("ask", SqlOn.connection("warehouse").statement(statement)).with(params);
  }

  @Test
  void shouldKeepNamesOfParamsStagesAndSecretsInTheGraph() {
    StageSpec stage =
        last(
            pipeline -> {
              Stage<Void> first = pipeline.process("first", Program.of("true"));
              pipeline.process(
                  "train",
                  Program.of("python3", "train.py", first, ROUNDS)
                      .environment("TOKEN", Secret.named("hub-token")));
            });
    ProgramSpec program = ((Work.Program) stage.work()).program();

    assertEquals(
        List.of(
            ValueSpec.literal("python3"),
            ValueSpec.literal("train.py"),
            ValueSpec.result("first", Form.FILE),
            ValueSpec.param("rounds")),
        program.command());
    assertEquals(Map.of("TOKEN", ValueSpec.secret("hub-token")), program.environment());
    assertEquals(List.of("first"), stage.inputs());
    assertEquals(List.of("rounds"), stage.params());
    assertEquals(List.of(new NeededName("secret", "hub-token")), NeededName.of(stage.work()));
  }

  @Test
  void shouldGiveAnotherProgramEachTimeOneIsChanged() {
    Program<Void> plain = Program.of("true");
    Program<Void> changed = plain.arguments("x").environment("A", 1);

    assertEquals(1, ((Work.Program) last(process(plain)).work()).program().command().size());
    assertEquals(2, ((Work.Program) last(process(changed)).work()).program().command().size());
  }

  @Test
  void shouldRefuseWhatCanNotBeRun() {
    assertProblem(
        "The secret 'key' is an argument, which everybody on the machine can read.",
        process(Program.of("curl", Secret.named("key"))));
    assertProblem(
        "An argument is of the class java.lang.Object, which no stage can be given.",
        process(Program.of("curl", new Object())));
    assertProblem(
        "There is no resource 'train.py' beside dev.airlock.dsl.OutsideStagesTest",
        process(Program.of("python3", "train.py").file("train.py")));
    assertProblem(
        "would not lie in the working directory", process(Program.of("true").file("../x", "text")));
    assertProblem(
        "AIRLOCK_RESULT is Airlock's own",
        process(Program.of("true").environment("AIRLOCK_RESULT", "x")));
    assertProblem("is not absolute", process(Program.of("true").directory("models")));
    assertProblem("of memory", process(Program.of("true").memory(1)));
    assertProblem("is not public", process(Program.of("true").result(Hidden.class)));
    assertProblem("which is no record", process(Program.of("true").result(Thread.class)));
    assertProblem(
        "'Slack' is no name for a secret",
        process(Program.of("true").environment("A", Secret.named("Slack"))));
  }

  @Test
  void shouldRefuseWhatCanNotBeAsked() {
    assertProblem(
        "'hooks.example.org' is no URL of a server.",
        pipeline -> pipeline.http("notify", Http.post("hooks.example.org")));
    assertProblem(
        "holds a password",
        pipeline -> pipeline.http("notify", Http.post("https://u:p@hooks.example.org")));
    assertProblem(
        "'a b' is no name for a header",
        pipeline -> pipeline.http("notify", Http.get("https://x.org").header("a b", "c")));
    assertProblem(
        "99 is no status",
        pipeline -> pipeline.http("notify", Http.get("https://x.org").expect(99)));
  }

  @Test
  void shouldCompareNamesInSqlWithWhatIsBound() {
    assertProblem("reads :round, which nothing is bound to", sql("select :round", ROUNDS));
    assertProblem("does not read :rounds, which is bound", sql("select 1", ROUNDS));
    assertProblem("holds a ? outside of texts", sql("select ?"));
    assertProblem("The SQL is empty", sql("  "));
    assertEquals("sql", last(sql("select :rounds, :as_of, :run_key, '?'", ROUNDS)).work().kind());
  }

  @Test
  void shouldLeaveNamesInTextsAndCommentsAlone() {
    NamedParameters read =
        NamedParameters.of(
            "select ':a', \":b\", x::date, $$ :c $$, E'\\':d' /* :e */, :f -- :g\n, :f");

    assertEquals(List.of("f", "f"), read.names());
    assertTrue(read.sql().endsWith("? -- :g\n, ?"), read.sql());
  }
}
