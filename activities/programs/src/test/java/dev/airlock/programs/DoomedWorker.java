package dev.airlock.programs;

import dev.airlock.dsl.Program;
import java.nio.file.Files;

/** A process that runs a program until it is killed. */
final class DoomedWorker {

  private DoomedWorker() {}

  /** Runs a program that has a child; both write their process ids to the file. */
  public static void main(String[] arguments) throws Exception {
    Scene scene = new Scene(Files.createTempDirectory("doomed"));
    Program<Void> program =
        Program.of(
            "sh", "-c", "sleep 300 & echo $! >> $1; echo $$ >> $1; wait", "sh", arguments[0]);
    scene.programs().runProgram(scene.task(pipeline -> pipeline.process("train", program)));
  }
}
