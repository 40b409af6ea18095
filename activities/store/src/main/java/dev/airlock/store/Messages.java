package dev.airlock.store;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.transaction.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * What people and programs are told, beside the posts of {@link Alerts}. Rows are written once for
 * each recipient, and claimed by whoever sends them, so that several may.
 */
@RegisterConstructorMapper(Message.class)
@RegisterConstructorMapper(ApprovalLink.class)
public interface Messages extends SqlObject {

  /**
   * Writes a message for everyone who is to hear of an approval: those who may vote and have not,
   * be it once they have signed in with their provider again, and in the end whoever asked and
   * whoever voted. Each call of an approval is answered once.
   *
   * @param byWebhook whether approvals are posted
   * @param byMail whether people are written to
   * @return how many calls were answered
   */
  @Transaction
  default int answerCalls(boolean byWebhook, boolean byMail) {
    Long[] calls = raisedCalls().toArray(Long[]::new);
    if (calls.length > 0) {
      if (byWebhook) {
        post(calls);
      }
      if (byMail) {
        write(calls);
      }
      settle(calls);
    }
    return calls.length;
  }

  @SqlQuery(
      """
      select id from approval_call
      where raised_at is not null and settled_at is null
      order by id limit 100 for update skip locked
      """)
  List<Long> raisedCalls();

  @SqlUpdate(
      """
      insert into message (call_id, channel, recipient)
      select id, 'webhook', '' from unnest(:calls) as id
      """)
  void post(Long[] calls);

  @SqlUpdate(
      """
      insert into message (call_id, channel, recipient, digest)
      select call.id, 'mail', person.name, case when call.kind <> 'decided' then asked.digest end
      from unnest(:calls) as wanted
      join approval_call as call on call.id = wanted
      join approval as asked on asked.id = call.approval_id
      join person on person.email is not null and person.disabled_at is null
      where case
        when call.kind = 'decided' then
          person.name = asked.requested_by
          or exists (select from decision as vote
                     where vote.approval_id = asked.id and vote.person = person.name
                       and vote.outcome = 'counted')
        else
          asked.state = 'open'
          and is_asked_for(person.name, asked) and not has_asked(person.name, asked)
          and not exists (select from decision as vote
                          where vote.approval_id = asked.id and vote.person = person.name
                            and vote.digest = asked.digest and vote.withdrawn_at is null
                            and vote.outcome is distinct from 'refused')
        end
      """)
  void write(Long[] calls);

  @SqlUpdate("update approval_call set settled_at = clock_timestamp() where id = any (:calls)")
  void settle(Long[] calls);

  /** Writes a mail to each address for what became of alerts in the last day. */
  @SqlUpdate(
      """
      insert into message (notification_id, channel, recipient)
      select notification.id, 'mail', address
      from notification cross join unnest(:addresses) as address
      where notification.created_at > now() - interval '1 day'
        and not exists (select from message
                        where notification_id = notification.id and recipient = address)
      on conflict (notification_id, channel, recipient) do nothing
      """)
  int writeOfAlerts(String[] addresses);

  /** Takes messages that are due, oldest first, and keeps other senders from them for the lease. */
  @SqlQuery(
      """
      with due as (
        select id from message
        where delivered_at is null and due_at <= now()
        order by due_at limit :limit for update skip locked),
      claimed as (
        update message set due_at = now() + :lease, attempts = attempts + 1
        from due where message.id = due.id
        returning message.*)
      select claimed.id, channel, coalesce(call.kind, notification.event) as event,
             call.approval_id, notification.alert_id, recipient,
             case when claimed.notification_id is not null then recipient
                  else person.email end as address,
             digest, claimed.attempts,
             coalesce(call.raised_at, notification.created_at) as since
      from claimed
      left join approval_call as call on call.id = claimed.call_id
      left join notification on notification.id = claimed.notification_id
      left join person on person.name = claimed.recipient
      order by claimed.id
      """)
  List<Message> claim(int limit, Duration lease);

  @SqlUpdate("update message set delivered_at = now(), last_error = null where id = :messageId")
  void delivered(long messageId);

  @SqlUpdate(
      """
      update message set due_at = now() + :pause, last_error = :error where id = :messageId
      """)
  void retryAfter(long messageId, Duration pause, String error);

  /** The link that a mail carries. */
  @SqlQuery(
      """
      select message.id, call.approval_id, message.recipient as person, message.digest,
             approval.expires_at, message.used_at
      from message
      join approval_call as call on call.id = message.call_id
      join approval on approval.id = call.approval_id
      where message.id = :messageId and message.channel = 'mail' and message.digest is not null
      """)
  Optional<ApprovalLink> link(long messageId);

  /** The same, while nobody else can use it until the end of the transaction. */
  @SqlQuery("select used_at is null from message where id = :messageId for update")
  boolean isUnused(long messageId);

  @SqlUpdate("update message set used_at = clock_timestamp() where id = :messageId")
  void use(long messageId);

  /**
   * Decides by a link out of a mail: as {@link Approvals#decide}, once. A vote that is refused
   * leaves the link as it is.
   *
   * @param link whose token was found to be genuine; it names whoever wishes
   */
  @Transaction
  default GateOutcome decideBy(ApprovalLink link, NewDecision wish) {
    if (!isUnused(link.id())) {
      return new GateOutcome.Conflict(
          "The link was used before: it is good for one vote. The page of the approval says what became of it.");
    }
    if (!link.person().equals(wish.person())) {
      return new GateOutcome.Forbidden("The link was sent to somebody else, and is theirs alone.");
    }
    if (link.approvalId() != wish.approvalId()) {
      return new GateOutcome.Forbidden("The link is for another approval.");
    }
    GateOutcome outcome =
        Gate.decide(
            getHandle(),
            new NewDecision(
                wish.approvalId(), wish.acting(), wish.verdict(), wish.reason(), link.digest()));
    if (outcome instanceof GateOutcome.Recorded) {
      use(link.id());
    }
    return outcome;
  }

  /** Where the person is written to; empty where they want no mail. */
  @SqlQuery("select email from person where name = :person and email is not null")
  Optional<String> email(String person);

  /**
   * Changes where the acting person is written to.
   *
   * @param address null for no mail
   */
  default void setEmail(@Nullable String address, Acting acting) {
    useHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select set_email(:person, :address, :channel, :peer, :token, :requestId) is null
                    """)
                .bind("person", acting.actor())
                .bind("address", address)
                .bind("channel", acting.origin().channel())
                .bind("peer", acting.origin().address())
                .bind("token", acting.origin().token())
                .bind("requestId", acting.origin().requestId())
                .mapTo(Boolean.class)
                .one());
  }
}
