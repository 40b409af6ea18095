package dev.airlock.store;

/** A named place between a commit and what follows it, where a test can stop a process. */
@FunctionalInterface
public interface HaltPoint {

  /** Right after a model version has been committed. */
  String REGISTER_COMMITTED = "register.committed";

  /** Right after traffic has been moved. */
  String PROMOTE_COMMITTED = "promote.committed";

  /** Right after a rollout has put the split at another weight. */
  String ROLLOUT_SHIFTED = "rollout.shifted";

  /** Right after a rollout has made its version live. */
  String ROLLOUT_PROMOTED = "rollout.promoted";

  /** Never halts. */
  HaltPoint NONE = name -> {};

  void reached(String name);
}
