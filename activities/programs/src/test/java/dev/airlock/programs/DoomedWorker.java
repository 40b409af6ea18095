package dev.airlock.programs;

import dev.airlock.dsl.Program;
import java.nio.file.Path;

/** A process that runs a program until it is killed. */
final class DoomedWorker {

  private DoomedWorker() {}

  /**
   * Runs a program that has a child; both write their process ids to the file.
   *
   * @param arguments the file, and the folder to work in
   */
  public static void main(String[] arguments) throws Exception {
    Scene scene = new Scene(Path.of(arguments[1]));
    Program<Void> program =
        Program.of(
            "sh", "-c", "sleep 300 & echo $! >> $1; echo $$ >> $1; wait", "sh", arguments[0]);
    scene.programs().runProgram(scene.task(pipeline -> pipeline.process("train", program)));
  }
}
