package dev.airlock.local;

/** The signals that processes are ended with. */
public enum Signal {
  /** An interrupt; to PostgreSQL: roll back what is open, write all, end. */
  INT,
  /** The usual request to end. */
  TERM,
  /** To PostgreSQL: end at once, recover at the next start. */
  QUIT,
  /** Cannot be refused. */
  KILL
}
