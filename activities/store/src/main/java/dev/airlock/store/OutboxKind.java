package dev.airlock.store;

/** What is carried to Temporal. */
enum OutboxKind {
  START_RUN,
  CANCEL_RUN,
  DECISION,
  /** A vote that may count again, since its voter has signed in. */
  VOTE_AGAIN,
  MODEL_COMMAND,
  ROLLOUT_CONTROL,
  CHECK,
  /** A run that another run asked for; that one is told. */
  RUN_ENDED,
  SLOTS_GRANTED,
  EVENT_ARRIVED,
  TRIAL,
  CANCEL_TRIAL
}
