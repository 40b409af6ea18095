-- What people and programs are told: mails, and posts about approvals. Posts about alerts stay where
-- they were, in notification.

alter table person add column email text
  check (email ~ '^[^[:space:][:cntrl:]@]+@[^[:space:][:cntrl:]@]+$' and length(email) <= 254);

-- One to each recipient by each channel, at least once. A mail that asks for a vote carries a link,
-- which is this row: bound to its person and to the evidence as it was, and good for one vote.
create table message (
  id bigint generated always as identity primary key,
  call_id bigint references approval_call,
  notification_id bigint references notification,
  channel text not null check (channel in ('webhook', 'mail')),
  recipient text not null, -- a person about approvals, an address about alerts; empty for a webhook
  digest text,             -- of the evidence that its link is bound to
  created_at timestamptz not null default clock_timestamp(),
  due_at timestamptz not null default clock_timestamp(),
  attempts int not null default 0,
  delivered_at timestamptz,
  last_error text,
  used_at timestamptz,
  check (num_nonnulls(call_id, notification_id) = 1),
  unique (call_id, channel, recipient),
  unique (notification_id, channel, recipient)
);
create index message_due on message (due_at) where delivered_at is null;
create index notification_created on notification (created_at);
create trigger append_only before delete or truncate on message
  for each statement execute function refuse_change();

create function use_link_once() returns trigger
language plpgsql set search_path = airlock, pg_temp as $$
begin
  if old.used_at is not null and new.used_at is distinct from old.used_at then
    raise exception 'The link of message % was used before', old.id
      using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger use_link_once before update on message
  for each row execute function use_link_once();

-- Where somebody is written to. They say so themselves; null where they want no mail.
create function set_email(wanted text, address text, channel text, peer text, token text,
                          request_id text) returns void
language plpgsql security definer set search_path = airlock, pg_temp as $$
declare
  before text;
begin
  select email into strict before from person where name = wanted for update;
  if before is not distinct from address then
    return;
  end if;
  update person set email = address where name = wanted;
  -- The address itself is personal, and the audit is for ever.
  perform audit(wanted, 'set-email', 'person', wanted,
                json_build_object('hasEmail', before is not null)::text,
                json_build_object('hasEmail', address is not null)::text,
                channel, peer, token, request_id);
end $$;

revoke all on function set_email(text, text, text, text, text, text) from public;
revoke all on function use_link_once() from public;
grant execute on function set_email(text, text, text, text, text, text) to airlock_app;
grant select on message to airlock_app;
grant insert (call_id, notification_id, channel, recipient, digest) on message to airlock_app;
grant update (due_at, attempts, delivered_at, last_error, used_at) on message to airlock_app;
