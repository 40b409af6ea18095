package dev.airlock.web.gateway;

/** Which side of a split a row has met. */
enum Arm {
  /** The version that customers meet who are not in the candidate's share, or everyone. */
  LIVE("live"),
  /** The version that a rollout lets some customers meet. */
  CANDIDATE("candidate");

  private final String word;

  Arm(String word) {
    this.word = word;
  }

  /** As answers name it. */
  String word() {
    return word;
  }
}
