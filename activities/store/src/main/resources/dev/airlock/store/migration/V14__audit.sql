-- The audit: every change by anyone, append-only, each row chained to the one before by its hash.

create table audit_event (
  sequence bigint primary key check (sequence >= 1),
  at timestamptz not null,        -- when it was committed, or a moment before
  actor text not null check (btrim(actor) <> ''),
  action text not null,
  entity text not null,
  entity_id text not null,
  before text,                    -- JSON, as text: the hash is over these very characters
  after text,
  channel text not null check (channel in ('web', 'api', 'cli', 'link', 'policy', 'schedule',
                                           'rule', 'workflow', 'migration')),
  address text,
  token text,
  request_id text,
  previous_hash text not null,
  hash text not null unique
);
create index audit_event_by_entity on audit_event (entity, entity_id, sequence desc);
create index audit_event_by_actor on audit_event (actor, sequence desc);

-- The end of the chain, in one row; whoever adds to the chain holds it until the commit.
create table audit_head (
  one boolean primary key default true check (one),
  sequence bigint not null,
  hash text not null
);
insert into audit_head (sequence, hash) values (0, repeat('0', 64));

-- What a transaction has recorded so far. Empty outside of transactions, so nothing is lost with it.
create unlogged table audit_note (
  id bigint generated always as identity primary key,
  actor text not null,
  action text not null,
  entity text not null,
  entity_id text not null,
  before text,
  after text,
  channel text not null,
  address text,
  token text,
  request_id text
);

create trigger append_only before update or delete or truncate on audit_event
  for each statement execute function refuse_change();
create trigger append_only before delete or truncate on audit_head
  for each statement execute function refuse_change();

-- One field of the text that is hashed: its length in bytes, a colon, itself; a dash for null.

create function audit_field(value text) returns text
language sql immutable set search_path = airlock, pg_temp as $$
  select coalesce(octet_length(convert_to(value, 'UTF8')) || ':' || value, '-')
$$;

-- The hash of a row, as 64 hexadecimal digits. AuditRow.hash() in Java computes the same.

create function audit_hash(event audit_event) returns text
language sql stable set search_path = airlock, pg_temp as $$
  select encode(sha256(convert_to(
    audit_field(event.sequence::text)
    || audit_field(to_char(event.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
    || audit_field(event.actor) || audit_field(event.action)
    || audit_field(event.entity) || audit_field(event.entity_id)
    || audit_field(event.before) || audit_field(event.after)
    || audit_field(event.channel) || audit_field(event.address)
    || audit_field(event.token) || audit_field(event.request_id)
    || audit_field(event.previous_hash), 'UTF8')), 'hex')
$$;

-- The only way to record something.

create function audit(actor text, action text, entity text, entity_id text, before text, after text,
                      channel text, address text, token text, request_id text) returns void
language sql security definer set search_path = airlock, pg_temp as $$
  insert into audit_note (actor, action, entity, entity_id, before, after, channel, address, token,
                          request_id)
  values (actor, action, entity, entity_id, before, after, channel, address, token, request_id)
$$;

-- The only way into the chain: as the transaction commits. By then it holds every other lock that it
-- will ever take, so nobody who waits for the head is waited for by whoever holds it.

create function chain_audit() returns trigger
language plpgsql security definer set search_path = airlock, pg_temp as $$
declare
  head audit_head;
  chained audit_event;
begin
  delete from audit_note where id = new.id;
  select * into strict head from audit_head for update;
  chained := row(head.sequence + 1, clock_timestamp(), new.actor, new.action, new.entity,
                 new.entity_id, new.before, new.after, new.channel, new.address, new.token,
                 new.request_id, head.hash, '')::audit_event;
  chained.hash := audit_hash(chained);
  insert into audit_event select chained.*;
  update audit_head set sequence = chained.sequence, hash = chained.hash;
  return null;
end $$;
create constraint trigger chain after insert on audit_note
  deferrable initially deferred for each row execute function chain_audit();

-- Each move of an alias and each shift of traffic, whoever called which function for it.

create function audit_move() returns trigger
language plpgsql security definer set search_path = airlock, pg_temp as $$
declare
  past alias_history;
begin
  select * into past from alias_history where model = new.model and epoch < new.epoch
    order by epoch desc limit 1;
  perform audit(new.moved_by, 'move-alias', 'model', new.model,
    case when past.model is not null then json_build_object(
      'version', past.version, 'artifactDigest', past.artifact_digest,
      'approval', past.approval_id, 'epoch', past.epoch)::text end,
    json_build_object(
      'version', new.version, 'artifactDigest', new.artifact_digest, 'approval', new.approval_id,
      'epoch', new.epoch, 'kind', new.kind, 'command', new.command_id, 'reason', new.reason)::text,
    'workflow', null, null, 'command ' || new.command_id);
  return null;
end $$;
create trigger audit_move after insert on alias_history
  for each row execute function audit_move();

create function audit_shift() returns trigger
language plpgsql security definer set search_path = airlock, pg_temp as $$
declare
  shifted rollout;
  past rollout_shift;
begin
  select * into strict shifted from rollout where id = new.rollout_id;
  select * into past from rollout_shift
    where rollout_id = new.rollout_id and sequence < new.sequence order by sequence desc limit 1;
  perform audit(shifted.requested_by, 'shift-traffic', 'rollout', new.rollout_id::text,
    case when past.rollout_id is not null then json_build_object(
      'weight', past.weight, 'epoch', past.epoch)::text end,
    json_build_object(
      'model', shifted.model, 'version', shifted.version, 'weight', new.weight,
      'epoch', new.epoch, 'reason', new.reason)::text,
    'workflow', null, null, 'command ' || shifted.command_id);
  return null;
end $$;
create trigger audit_shift after insert on rollout_shift
  for each row execute function audit_shift();

-- Grants: what the application may do, and nothing else.

revoke all on all functions in schema airlock from public;
grant select on audit_event, audit_head to airlock_app;
grant execute on function audit(text, text, text, text, text, text, text, text, text, text)
  to airlock_app;
