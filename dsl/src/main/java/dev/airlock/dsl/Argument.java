package dev.airlock.dsl;

import dev.airlock.dsl.graph.ValueSpec.Form;

/** The result of a stage, in the form in which a program or a server takes it. */
public final class Argument {

  private final Stage<?> stage;
  private final Form form;

  private Argument(Stage<?> stage, Form form) {
    this.stage = stage;
    this.form = form;
  }

  /** The path of a file that holds the result: CSV with a header for a dataset, else JSON. */
  public static Argument file(Stage<?> stage) {
    return new Argument(stage, Form.FILE);
  }

  /** The result itself, as JSON. A dataset is its name, version and columns, not its rows. */
  public static Argument json(Stage<?> stage) {
    return new Argument(stage, Form.JSON);
  }

  Stage<?> stage() {
    return stage;
  }

  Form form() {
    return form;
  }
}
