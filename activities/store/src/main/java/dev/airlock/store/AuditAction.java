package dev.airlock.store;

import com.fasterxml.jackson.annotation.JsonValue;

/** What was done. Words for ever: rows of the audit keep them. */
public enum AuditAction {
  /** A jar or a source file that is to be published. */
  SEND_CODE,
  PUBLISH_PIPELINE,
  WITHDRAW_PIPELINE,
  PAUSE_PIPELINE,
  UNPAUSE_PIPELINE,
  START_RUN,
  CANCEL_RUN,
  RESUME_RUN,
  ANNOTATE_RUN,
  START_BACKFILL,
  CANCEL_BACKFILL,
  START_TRIAL,
  CANCEL_TRIAL,

  REGISTER_VERSION,
  OPEN_APPROVAL,
  DECIDE,
  /** A vote that was refused, and why. */
  REFUSE_DECISION,
  WITHDRAW_VOTE,
  /** A vote that was not taken back, and why. */
  REFUSE_WITHDRAWAL,
  /** Others may vote as well, since it has been open for long. */
  ESCALATE_APPROVAL,
  /** The champion has moved while an approval was open: votes of before have fallen. */
  RENEW_EVIDENCE,
  CLOSE_APPROVAL,
  REVOKE_APPROVAL,
  /** A revocation that was refused, and why. */
  REFUSE_REVOCATION,
  SIGN_POLICY,
  REVOKE_POLICY,
  /** A policy that was not signed or not revoked, and why. */
  REFUSE_POLICY,
  /** A request that its sender may not make. */
  REFUSE_REQUEST,

  /** Another pipeline may register versions of a model, or may no more. */
  ALLOW_PIPELINE,
  DISALLOW_PIPELINE,
  COMMAND_MODEL,
  /** A command to move traffic that was refused, and why. */
  REFUSE_COMMAND,
  MOVE_ALIAS,
  SHIFT_TRAFFIC,
  STEER_ROLLOUT,

  DECLARE_MONITOR,
  PAUSE_MONITOR,
  UNPAUSE_MONITOR,
  CHECK_MONITOR,
  ACKNOWLEDGE_ALERT,
  TAKE_FEEDBACK,
  RESIZE_POOL,
  TELL_EVENT,

  SET_PERSON,
  SET_TEAM,
  /** For how long a provider's word for its people lasts. */
  SET_VOUCHING,
  SET_EMAIL,
  SIGN_IN,
  SIGN_OUT,
  /** Too many wrong passwords: a name, an address, or both must wait. */
  LOCK_OUT,
  CREATE_PERSON,
  /** A role that lets somebody decide was asked for; a second person confirms or refuses it. */
  PROPOSE_ROLE,
  CONFIRM_ROLE,
  REFUSE_ROLE,
  CHANGE_ROLE,
  DISABLE_PERSON,
  ENABLE_PERSON,
  RESET_PASSWORD,
  CHANGE_PASSWORD,
  CREATE_TOKEN,
  REVOKE_TOKEN,
  END_SESSION,

  /** The system began anew from a backup: the first row after it. */
  RESTORE;

  /** As in REST, in the database and on pages. */
  @JsonValue
  public String word() {
    return Words.of(this);
  }
}
