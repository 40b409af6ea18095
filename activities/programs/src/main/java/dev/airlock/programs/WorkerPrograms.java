package dev.airlock.programs;

import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.ProgramActivities;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageTask;
import java.nio.file.Path;
import java.util.Map;

/** Programs, servers, databases and jars for Spark, as this worker's machine reaches them. */
public final class WorkerPrograms implements ProgramActivities {

  private final Programs programs;
  private final Requests requests;
  private final Statements statements;
  private final SparkJars sparkJars;
  private final World world;

  /**
   * What a worker can do.
   *
   * @param scratch where programs get their working directories
   * @param environment the worker's own; of it only what a program needs to start is handed on
   * @param sparkMaster where jobs run, such as {@code local[*]}
   */
  public WorkerPrograms(
      Vault vault, World world, Path scratch, Map<String, String> environment, String sparkMaster) {
    this.world = world;
    this.programs = new Programs(vault, world, scratch, environment);
    this.requests = new Requests(vault, world);
    this.statements = new Statements(vault, world);
    this.sparkJars = new SparkJars(programs, sparkMaster);
  }

  @Override
  public StageOutput runProgram(StageTask task) {
    return world.result(programs.run(task, ((Work.Program) task.stage().work()).program()).json());
  }

  @Override
  public StageOutput sendRequest(StageTask task) {
    return world.result(requests.send(task, ((Work.Http) task.stage().work()).request()).json());
  }

  @Override
  public StageOutput executeStatement(StageTask task) {
    return statements.execute(task, ((Work.Statement) task.stage().work()).statement());
  }

  @Override
  public StageOutput runSparkJar(StageTask task) {
    return world.result(sparkJars.run(task, ((Work.SparkJar) task.stage().work()).job()).json());
  }
}
