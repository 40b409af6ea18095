-- The loop: rollouts, monitors, alerts, labels. Same owner and same rules as V1.

alter table model_version add column horizon_days int check (horizon_days >= 0);

-- What started a run, beyond a word: {"kind": "monitor", "monitor": …, "rule": …, "figures": {…}}.
alter table run add column trigger_detail jsonb;

-- Rollouts

alter table model_command add column canary jsonb; -- RolloutPlan's steps and conditions; null for all at once

create table rollout (
  id bigint generated always as identity primary key,
  command_id bigint not null unique references model_command,
  model text not null,
  version int not null,
  artifact_digest text not null,
  approval_id bigint not null references approval,
  champion int not null,                         -- the way back
  champion_digest text not null,
  champion_approval_id bigint not null references approval,
  steps jsonb not null,                          -- [{"weight": 5, "hold": "PT30M"}, …]
  promote_while jsonb not null,
  requested_by text not null,
  state text not null default 'progressing'
    check (state in ('progressing', 'paused', 'promoted', 'rolled-back', 'aborted', 'refused')),
  step int not null default 0,
  weight int not null default 0 check (weight between 0 and 100),
  held_until timestamptz,
  because text not null default '',
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  foreign key (model, version) references model_version,
  foreign key (model, champion) references model_version
);
create unique index rollout_one_at_a_time on rollout (model) where state in ('progressing', 'paused');
create index rollout_by_model on rollout (model, id desc);

-- Each change of the split, once. Append-only; written by the functions below alone.
create table rollout_shift (
  rollout_id bigint not null references rollout,
  sequence int not null check (sequence >= 1),
  step int not null,
  weight int not null check (weight between 0 and 100),
  epoch bigint not null,
  reason text not null,
  at timestamptz not null default clock_timestamp(),
  primary key (rollout_id, sequence)
);

create table rollout_analysis (
  rollout_id bigint not null references rollout,
  number int not null check (number >= 1),
  step int not null,
  since timestamptz not null,
  verdict text not null check (verdict in ('success', 'failure', 'inconclusive')),
  findings jsonb not null,
  at timestamptz not null default clock_timestamp(),
  primary key (rollout_id, number)
);

create table rollout_control (
  id bigint generated always as identity primary key,
  rollout_id bigint not null references rollout,
  kind text not null check (kind in ('pause', 'resume', 'promote', 'abort')),
  requested_by text not null,
  reason text not null default '',
  requested_at timestamptz not null default now(),
  taken boolean,
  answer text not null default '',
  settled_at timestamptz
);
create index rollout_control_by_rollout on rollout_control (rollout_id, id);

-- The split. A gateway sends a customer to the candidate where their bucket, 0 to 9999, is below weight * 100.
alter table routing
  add column rollout_id bigint references rollout,
  add column candidate int,
  add column candidate_digest text,
  add column weight int not null default 0 check (weight between 0 and 100),
  add constraint routing_split check ((rollout_id is null) = (candidate is null) and (candidate is null) = (candidate_digest is null)
    and (candidate is not null or weight = 0));

-- Service: what each gateway has counted, in its own seconds and in the days of event time that were asked for.

create table service_sample (
  gateway text not null,
  model text not null,
  version int not null,
  at timestamptz not null,        -- the second, by the gateway's clock
  as_of date not null,            -- event day (UTC)
  requests bigint not null,
  predictions bigint not null,    -- rows that the version answered
  errors bigint not null,
  latency text not null,          -- HdrHistogram of microseconds, compressed V2 encoding, Base64
  primary key (gateway, model, version, at, as_of)
);
create index service_sample_by_time on service_sample (model, version, at);
create index service_sample_by_event on service_sample (model, version, as_of);
create index service_sample_by_age on service_sample using brin (at); -- old ones are forgotten
create index prediction_by_arrival on prediction (model, version, at);

-- Labels

create table label (
  prediction_id uuid primary key references prediction,
  label double precision not null,
  value double precision,
  at timestamptz not null,        -- when the outcome was known, by event time
  late boolean not null,
  received_at timestamptz not null default now()
);

-- Labels whose prediction is not stored (yet).
create table waiting_label (
  prediction_id uuid primary key,
  label double precision not null,
  value double precision,
  at timestamptz not null,
  received_at timestamptz not null default now(),
  refused text                    -- why, once the prediction was there and the label did not fit it
);

-- Monitors

create table monitor (
  id bigint generated always as identity primary key,
  model text not null references model,
  name text not null,
  pipeline text not null,
  run_id bigint not null,         -- the newest run that has put it in place
  stage text not null,
  spec jsonb not null,            -- Work.Monitor
  every interval not null,
  params jsonb not null,          -- of that run: a retrain takes them
  logical_date timestamptz not null,
  paused boolean not null default false,
  updated_at timestamptz not null default now(),
  unique (model, name),
  foreign key (run_id, stage) references stage
);

create table monitor_check (
  id bigint generated always as identity primary key,
  monitor_id bigint not null references monitor,
  as_of timestamptz not null,
  requested_by text not null,     -- "schedule" or a person
  state text not null default 'queued' check (state in ('queued', 'measured', 'done')),
  requested_at timestamptz not null default now(),
  finished_at timestamptz,
  unique (monitor_id, as_of)
);

create table monitor_window (
  monitor_id bigint not null references monitor,
  version int not null,
  opens timestamptz not null,
  closes timestamptz not null,
  aspect text not null check (aspect in ('drift', 'performance', 'service')),
  sufficient boolean not null,    -- false: insufficient data, which is never a pass
  rows bigint not null,
  figures jsonb not null,         -- by figure: {"psi": 0.31, …}
  detail jsonb not null,          -- drift: by feature; performance: intervals, calibration
  check_id bigint not null references monitor_check,
  at timestamptz not null default now(),
  primary key (monitor_id, version, opens, aspect)
);

-- What a rule knows: how many windows in a row, when it fired last.
create table rule_state (
  monitor_id bigint not null references monitor,
  rule int not null,
  version int not null,
  streak int not null default 0,
  last_window timestamptz,
  fired_as_of timestamptz,
  primary key (monitor_id, rule, version)
);

create table alert (
  id bigint generated always as identity primary key,
  model text not null references model,
  monitor_id bigint references monitor,
  rollout_id bigint references rollout,
  cause text not null,            -- one open alert each
  consequence text not null check (consequence in ('open-ticket', 'retrain', 'roll-back')),
  title text not null,
  figures jsonb not null,
  state text not null default 'open' check (state in ('open', 'acknowledged', 'closed')),
  opened_as_of timestamptz not null,
  opened_at timestamptz not null default now(),
  acknowledged_by text,
  acknowledged_at timestamptz,
  closed_as_of timestamptz,
  closed_at timestamptz,
  closed_because text not null default '',
  run_id bigint references run,          -- the retrain that it has asked for
  command_id bigint references model_command -- the rollback that it has asked for
);
create unique index alert_once_per_cause on alert (cause) where state <> 'closed';
create index alert_by_model on alert (model, id desc);

-- What is to be told to the webhook, once per change of an alert.
create table notification (
  id bigint generated always as identity primary key,
  alert_id bigint not null references alert,
  event text not null check (event in ('opened', 'acknowledged', 'closed')),
  created_at timestamptz not null default now(),
  due_at timestamptz not null default now(),
  attempts int not null default 0,
  delivered_at timestamptz,
  last_error text,
  unique (alert_id, event)
);
create index notification_due on notification (due_at) where delivered_at is null;

-- Versions that were registered before: the days that their outcomes take, from the graph of their run.

alter table model_version disable trigger append_only;
update model_version as v set horizon_days = found.days::int
from (
  select m.model, m.version,
         coalesce(split -> 'embargoDays' ->> 'literal', run.params ->> (split -> 'embargoDays' ->> 'param')) as days
  from model_version as m
  join run on run.id = m.run_id
  join pipeline_version as p on p.pipeline = run.pipeline and p.version = run.version
  cross join lateral (
    select s -> 'work' -> 'split' as split from jsonb_array_elements(p.graph -> 'stages') as s
    where s -> 'work' ->> 'kind' = 'evaluate' limit 1) as evaluation
) as found(model, version, days)
where v.model = found.model and v.version = found.version and found.days ~ '^[0-9]{1,5}$';
alter table model_version enable trigger append_only;

-- A person may ask for a rollout too, of a version that an earlier run got approved.

alter table model_command drop constraint model_command_check;
alter table model_command add constraint model_command_check
  check (kind <> 'deploy' or approval_id is not null);

alter table outbox drop constraint outbox_kind_check;
alter table outbox add constraint outbox_kind_check
  check (kind in ('start-run', 'cancel-run', 'decision', 'model-command', 'rollout-control', 'check'));

-- Whoever listens hears of changes at once.

create function tell_rollout_row() returns trigger language plpgsql as $$
begin
  perform pg_notify('airlock_rollout', new.id::text);
  return null;
end $$;
create trigger tell after insert or update on rollout
  for each row execute function tell_rollout_row();

create function tell_rollout() returns trigger language plpgsql as $$
begin
  perform pg_notify('airlock_rollout', new.rollout_id::text);
  return null;
end $$;
create trigger tell after insert on rollout_analysis
  for each row execute function tell_rollout();
create trigger tell after insert or update on rollout_control
  for each row execute function tell_rollout();

create function tell_alert() returns trigger language plpgsql as $$
begin
  perform pg_notify('airlock_alert', new.model);
  return null;
end $$;
create trigger tell after insert or update on alert
  for each row execute function tell_alert();

-- Append-only, even for the owner.

create trigger append_only before update or delete or truncate on rollout_shift
  for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on rollout_analysis
  for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on label
  for each statement execute function refuse_change();
create trigger append_only before delete or truncate on rollout
  for each statement execute function refuse_change();
create trigger append_only before delete or truncate on rollout_control
  for each statement execute function refuse_change();
create trigger append_only before delete or truncate on alert
  for each statement execute function refuse_change();

-- A rollout ends once, never as promoted without a move of the alias, never with traffic left.

create function end_once() returns trigger language plpgsql
set search_path = airlock, pg_temp as $$
begin
  if old.state not in ('progressing', 'paused') then
    raise exception 'Rollout % was over before', old.id using errcode = 'insufficient_privilege';
  end if;
  if new.state = 'promoted'
     and not exists (select from alias_history as h where h.command_id = new.command_id) then
    raise exception 'Rollout % has not moved the alias', old.id
      using errcode = 'insufficient_privilege';
  end if;
  if new.state not in ('progressing', 'paused')
     and exists (select from routing as r where r.rollout_id = new.id) then
    raise exception 'Rollout % still holds traffic', old.id
      using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger end_once before update on rollout for each row execute function end_once();

create function answer_once() returns trigger language plpgsql as $$
begin
  if old.taken is not null then
    raise exception 'Control % was settled before', old.id using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger answer_once before update on rollout_control
  for each row execute function answer_once();

create function close_alert_once() returns trigger language plpgsql as $$
begin
  if old.state = 'closed' then
    raise exception 'Alert % was closed before', old.id using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger close_once before update on alert for each row execute function close_alert_once();

create function measure_once() returns trigger language plpgsql as $$
begin
  if old.sufficient then
    raise exception 'The window of monitor % from % was measured before', old.monitor_id, old.opens
      using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger measure_once before update on monitor_window
  for each row execute function measure_once();

-- What lets a command's version pass: its approval, or that it was live before. The one gate of
-- every function below.

create function passage(command model_command, out approval_id bigint, out objection text)
language plpgsql set search_path = airlock, pg_temp as $$
begin
  if command.kind = 'deploy' then
    approval_id := command.approval_id;
    objection := gate_objection(command.approval_id, command.model, command.version);
    return;
  end if;
  select h.approval_id into approval_id from alias_history as h
    where h.model = command.model and h.version = command.version order by h.epoch desc limit 1;
  if not found then
    objection := format('Version %s of %s was never live: there is no way back to it.',
                        command.version, command.model);
  end if;
end $$;

-- All traffic at once. Everyone locks the command, the model, its routing, the rollout, the
-- approval, in this order.

create or replace function move_live(command_id bigint, expected_epoch bigint) returns moved
language plpgsql security definer set search_path = airlock, pg_temp as $$
declare
  command model_command;
  past alias_history;
  now_live routing;
  now_epoch bigint;
  under_way rollout;
  passed record;
  digest text;
begin
  select * into command from model_command as c where c.id = move_live.command_id for update;
  if not found then
    return row('refused', null, null, null, null,
               format('There is no command %s.', move_live.command_id))::moved;
  end if;
  select * into past from alias_history as h where h.command_id = command.id;
  if found then
    return row('moved', past.model, past.version, past.approval_id, past.epoch, null)::moved;
  end if;
  if command.outcome is not null then
    return row('refused', command.model, command.version, null, null,
               format('Command %s was refused before.', command.id))::moved;
  end if;

  -- The model's row stands for its routing, which may have no row yet.
  perform from model where name = command.model for update;
  select * into now_live from routing as r where r.model = command.model for update;
  now_epoch := coalesce(now_live.epoch, 0);
  if now_epoch is distinct from expected_epoch then
    return row('stale', command.model, command.version, null, now_epoch,
               format('The routing of %s is at epoch %s, not %s.', command.model, now_epoch,
                      expected_epoch))::moved;
  end if;
  if command.canary is not null and now_epoch > 0
     and (now_live.version <> command.version
          or exists (select from rollout as o where o.command_id = command.id)) then
    return row('refused', command.model, command.version, null, now_epoch,
               format('Command %s asks for a canary: its traffic moves by a rollout only.',
                      command.id))::moved;
  end if;

  passed := passage(command);
  if passed.objection is not null then
    return row('refused', command.model, command.version, null, now_epoch, passed.objection)::moved;
  end if;

  select v.artifact_digest into strict digest from model_version as v
    where v.model = command.model and v.version = command.version;
  if now_epoch = 0 then
    insert into routing (model, epoch, version, artifact_digest, approval_id, command_id, since)
      values (command.model, 1, command.version, digest, passed.approval_id, command.id,
              clock_timestamp());
  else
    update routing as r
      set epoch = expected_epoch + 1, version = command.version, artifact_digest = digest,
          approval_id = passed.approval_id, command_id = command.id, since = clock_timestamp(),
          rollout_id = null, candidate = null, candidate_digest = null, weight = 0
      where r.model = command.model and r.epoch = expected_epoch;
    select * into under_way from rollout as o
      where o.model = command.model and o.state in ('progressing', 'paused') for update;
    if found then
      insert into rollout_shift (rollout_id, sequence, step, weight, epoch, reason)
        select under_way.id, coalesce(max(s.sequence), 0) + 1, under_way.step, 0,
               expected_epoch + 1, format('Command %s: %s', command.id, command.reason)
        from rollout_shift as s where s.rollout_id = under_way.id;
      -- No person's name holds a space: that is a monitor's rule.
      update rollout as o
        set state = case when command.requested_by like 'monitor %' then 'rolled-back'
                         else 'aborted' end,
            weight = 0, held_until = null, ended_at = clock_timestamp(),
            because = format('%s of version %s by %s: %s',
                             case command.kind when 'rollback' then 'Rollback' else 'Deployment' end,
                             command.version, command.requested_by, command.reason)
        where o.id = under_way.id;
    end if;
  end if;
  insert into alias_history (model, epoch, command_id, kind, version, artifact_digest, approval_id,
                             moved_by, reason, at)
    select r.model, r.epoch, command.id, command.kind, r.version, r.artifact_digest, r.approval_id,
           command.requested_by, command.reason, r.since
    from routing as r where r.model = command.model;
  return row('moved', command.model, command.version, passed.approval_id, now_epoch + 1,
             null)::moved;
end $$;

-- Writes a rollout down, and with it the way back; moves no traffic.

create type begun as (
  result text,         -- begun, refused, or stale where nothing or this very version is live
  rollout_id bigint,
  reason text
);

create function begin_rollout(command_id bigint) returns begun
language plpgsql security definer set search_path = airlock, pg_temp as $$
declare
  command model_command;
  now_live routing;
  other rollout;
  passed record;
  begun_id bigint;
begin
  select * into command from model_command as c where c.id = begin_rollout.command_id for update;
  if not found then
    return row('refused', null,
               format('There is no command %s.', begin_rollout.command_id))::begun;
  end if;
  select o.id into begun_id from rollout as o where o.command_id = command.id;
  if found then
    return row('begun', begun_id, null)::begun;
  end if;
  if command.outcome is not null then
    return row('refused', null, format('Command %s was refused before.', command.id))::begun;
  end if;
  if command.canary is null then
    return row('refused', null, format('Command %s asks for no canary.', command.id))::begun;
  end if;

  perform from model where name = command.model for update;
  select * into now_live from routing as r where r.model = command.model for update;
  if not found or now_live.version = command.version then
    return row('stale', null, null)::begun;
  end if;
  select * into other from rollout as o
    where o.model = command.model and o.state in ('progressing', 'paused');
  if found then
    return row('refused', null,
               format('Rollout %s of version %s of %s is under way: promote or abort it first.',
                      other.id, other.version, other.model))::begun;
  end if;
  passed := passage(command);
  if passed.objection is not null then
    return row('refused', null, passed.objection)::begun;
  end if;

  insert into rollout (command_id, model, version, artifact_digest, approval_id, champion,
                       champion_digest, champion_approval_id, steps, promote_while, requested_by)
    select command.id, command.model, command.version, v.artifact_digest, passed.approval_id,
           now_live.version, now_live.artifact_digest, now_live.approval_id,
           command.canary -> 'steps', coalesce(command.canary -> 'promoteWhile', '[]'),
           command.requested_by
    from model_version as v where v.model = command.model and v.version = command.version
    returning id into strict begun_id;
  return row('begun', begun_id, null)::begun;
end $$;

create type shifted as (
  result text,         -- shifted, asked, refused, over or stale
  epoch bigint,        -- of the shift; else of the routing now
  state text,          -- of a rollout that is over
  reason text
);

-- Whether people want something before traffic may rise. Their wishes are obeyed in their order: a
-- wish to promote is older than what would stop it, or it waits. Whoever writes a wish down takes a
-- lock on the rollout, so that either it is seen here or it comes after. A rollback of the model
-- that is written down ends the rollout once it is carried out; until then nothing rises either.

create function is_asked(asked_rollout bigint) returns boolean
language sql stable set search_path = airlock, pg_temp as $$
  select coalesce(
    (select c.kind in ('pause', 'abort') from rollout_control as c
     where c.rollout_id = asked_rollout and c.taken is null and c.kind <> 'resume'
     order by c.id limit 1),
    exists (
      select from model_command as c join rollout as o on o.model = c.model
      where o.id = asked_rollout and c.id > o.command_id and c.kind = 'rollback'
        and c.canary is null and c.outcome is null))
$$;

-- Puts the split at a weight. More than before passes the gate; less always may.

create function shift_rollout(rollout_id bigint, sequence int, step int, weight int,
                              expected_epoch bigint, reason text) returns shifted
language plpgsql security definer set search_path = airlock, pg_temp as $$
declare
  held rollout;
  command model_command;
  now_live routing;
  newest int;
  past bigint;
  passed record;
begin
  if shift_rollout.weight is null or shift_rollout.weight not between 0 and 100 then
    raise exception 'A weight is 0 to 100, not %', shift_rollout.weight
      using errcode = 'invalid_parameter_value';
  end if;
  select * into held from rollout as o where o.id = shift_rollout.rollout_id;
  if not found then
    return row('refused', null, null,
               format('There is no rollout %s.', shift_rollout.rollout_id))::shifted;
  end if;
  select * into strict command from model_command as c where c.id = held.command_id for update;
  perform from model where name = held.model for update;
  select * into strict now_live from routing as r where r.model = held.model for update;
  select * into strict held from rollout as o where o.id = held.id for update;

  select s.epoch into past from rollout_shift as s
    where s.rollout_id = held.id and s.sequence = shift_rollout.sequence;
  if held.state not in ('progressing', 'paused') then
    return row('over', now_live.epoch, held.state, held.because)::shifted;
  end if;
  if past is not null then
    return row('shifted', past, null, null)::shifted;
  end if;
  select coalesce(max(s.sequence), 0) into newest from rollout_shift as s
    where s.rollout_id = held.id;
  if shift_rollout.sequence <= newest then
    raise exception 'Shift % of rollout % comes after shift %', shift_rollout.sequence, held.id,
      newest using errcode = 'invalid_parameter_value';
  end if;
  if now_live.epoch is distinct from expected_epoch then
    return row('stale', now_live.epoch, null, null)::shifted;
  end if;
  if shift_rollout.weight > held.weight then
    if is_asked(held.id) then
      return row('asked', now_live.epoch, null, null)::shifted;
    end if;
    passed := passage(command);
    if passed.objection is not null then
      return row('refused', now_live.epoch, null, passed.objection)::shifted;
    end if;
  end if;

  if shift_rollout.weight = 0 then
    update routing as r
      set epoch = expected_epoch + 1, rollout_id = null, candidate = null, candidate_digest = null,
          weight = 0
      where r.model = held.model;
  else
    update routing as r
      set epoch = expected_epoch + 1, rollout_id = held.id, candidate = held.version,
          candidate_digest = held.artifact_digest, weight = shift_rollout.weight
      where r.model = held.model;
  end if;
  update rollout as o set step = shift_rollout.step, weight = shift_rollout.weight
    where o.id = held.id;
  insert into rollout_shift (rollout_id, sequence, step, weight, epoch, reason)
    values (held.id, shift_rollout.sequence, shift_rollout.step, shift_rollout.weight,
            expected_epoch + 1, shift_rollout.reason);
  return row('shifted', expected_epoch + 1, null, null)::shifted;
end $$;

-- All traffic and the alias: the last step of a rollout.

create function promote_rollout(rollout_id bigint, sequence int, expected_epoch bigint,
                                reason text) returns shifted
language plpgsql security definer set search_path = airlock, pg_temp as $$
declare
  held rollout;
  command model_command;
  now_live routing;
  past bigint;
  newest int;
  passed record;
begin
  select * into held from rollout as o where o.id = promote_rollout.rollout_id;
  if not found then
    return row('refused', null, null,
               format('There is no rollout %s.', promote_rollout.rollout_id))::shifted;
  end if;
  select * into strict command from model_command as c where c.id = held.command_id for update;
  perform from model where name = held.model for update;
  select * into strict now_live from routing as r where r.model = held.model for update;
  select * into strict held from rollout as o where o.id = held.id for update;

  select h.epoch into past from alias_history as h where h.command_id = command.id;
  if found then
    return row('shifted', past, null, null)::shifted;
  end if;
  if held.state not in ('progressing', 'paused') then
    return row('over', now_live.epoch, held.state, held.because)::shifted;
  end if;
  select coalesce(max(s.sequence), 0) into newest from rollout_shift as s
    where s.rollout_id = held.id;
  if promote_rollout.sequence <= newest then
    raise exception 'Shift % of rollout % comes after shift %', promote_rollout.sequence, held.id,
      newest using errcode = 'invalid_parameter_value';
  end if;
  if now_live.epoch is distinct from expected_epoch then
    return row('stale', now_live.epoch, null, null)::shifted;
  end if;
  if is_asked(held.id) then
    return row('asked', now_live.epoch, null, null)::shifted;
  end if;
  passed := passage(command);
  if passed.objection is not null then
    return row('refused', now_live.epoch, null, passed.objection)::shifted;
  end if;

  update routing as r
    set epoch = expected_epoch + 1, version = held.version, artifact_digest = held.artifact_digest,
        approval_id = passed.approval_id, command_id = command.id, since = clock_timestamp(),
        rollout_id = null, candidate = null, candidate_digest = null, weight = 0
    where r.model = held.model;
  insert into alias_history (model, epoch, command_id, kind, version, artifact_digest, approval_id,
                             moved_by, reason, at)
    select r.model, r.epoch, command.id, command.kind, r.version, r.artifact_digest, r.approval_id,
           command.requested_by, command.reason, r.since
    from routing as r where r.model = held.model;
  insert into rollout_shift (rollout_id, sequence, step, weight, epoch, reason)
    values (held.id, promote_rollout.sequence, jsonb_array_length(held.steps) - 1, 100,
            expected_epoch + 1, promote_rollout.reason);
  update rollout as o
    set state = 'promoted', step = jsonb_array_length(held.steps) - 1, weight = 100,
        held_until = null, because = promote_rollout.reason, ended_at = clock_timestamp()
    where o.id = held.id;
  return row('shifted', expected_epoch + 1, null, null)::shifted;
end $$;

-- Grants: what the application may do, and nothing else.

revoke all on all functions in schema airlock from public;
grant execute on function begin_rollout(bigint) to airlock_app;
grant execute on function shift_rollout(bigint, int, int, int, bigint, text) to airlock_app;
grant execute on function promote_rollout(bigint, int, bigint, text) to airlock_app;

grant select on rollout, rollout_shift, rollout_analysis, rollout_control, service_sample, label,
  waiting_label, monitor, monitor_check, monitor_window, rule_state, alert, notification
  to airlock_app;

grant insert (canary) on model_command to airlock_app;
-- Where a rollout stands is noted; its weight is none of the application's business.
grant update (state, step, held_until, because, ended_at) on rollout to airlock_app;
grant insert on rollout_analysis to airlock_app;
grant insert (rollout_id, kind, requested_by, reason) on rollout_control to airlock_app;
grant update (taken, answer, settled_at) on rollout_control to airlock_app;
grant insert, delete on service_sample to airlock_app;
grant insert (prediction_id, label, value, at, late) on label to airlock_app;
grant insert (prediction_id, label, value, at) on waiting_label to airlock_app;
grant update (refused, at) on waiting_label to airlock_app;
grant delete on waiting_label to airlock_app;
grant insert (model, name, pipeline, run_id, stage, spec, every, params, logical_date)
  on monitor to airlock_app;
grant update (pipeline, run_id, stage, spec, every, params, logical_date, paused, updated_at)
  on monitor to airlock_app;
grant insert (monitor_id, as_of, requested_by) on monitor_check to airlock_app;
grant update (state, finished_at) on monitor_check to airlock_app;
grant insert on monitor_window to airlock_app;
grant update (closes, sufficient, rows, figures, detail, check_id, at) on monitor_window
  to airlock_app;
grant insert on rule_state to airlock_app;
grant update (streak, last_window, fired_as_of) on rule_state to airlock_app;
grant insert (model, monitor_id, rollout_id, cause, consequence, title, figures, opened_as_of)
  on alert to airlock_app;
grant update (state, acknowledged_by, acknowledged_at, closed_as_of, closed_at, closed_because,
  run_id, command_id) on alert to airlock_app;
grant insert (alert_id, event) on notification to airlock_app;
grant update (due_at, attempts, delivered_at, last_error) on notification to airlock_app;
