package dev.airlock.dsl;

/** Steps that decide, set up, undo and tell. */
interface FlowTasks {

  /** How much there is to do. */
  enum Size {
    SMALL,
    LARGE
  }

  Size size(Dataset orders);

  String region();

  boolean enough(Dataset orders);

  long count();

  String cluster();

  String shutDownTwice(String cluster);

  void undo(String cluster);

  void undoAll();

  void tell(Failure failure);

  void ring();
}
