-- Every fact that Airlock knows. Owned by the migrating role; the application works as airlock_app,
-- which holds only the grants at the end of this file.

-- People

create table person (
  name text primary key check (name ~ '^[a-z0-9][a-z0-9._-]*$'),
  role text not null check (role in ('viewer', 'engineer', 'approver', 'admin')),
  password_hash text not null,
  token_hash text not null unique,
  created_at timestamptz not null default now()
);

create table team_member (
  team text not null,
  person text not null references person,
  primary key (team, person)
);

create table session (
  id_hash text primary key,
  person text not null references person,
  csrf_token text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index session_expiry on session (expires_at);

-- Pipelines

create table pipeline (
  name text primary key,
  owner text not null,
  current_version int,
  paused boolean not null default false,
  unpublished_at timestamptz,
  created_at timestamptz not null default now()
);

create table pipeline_version (
  pipeline text not null references pipeline,
  version int not null check (version >= 1),
  graph_digest text not null,
  graph jsonb not null,
  code_digest text not null,
  published_by text not null,
  published_at timestamptz not null default now(),
  primary key (pipeline, version),
  unique (pipeline, graph_digest, code_digest)
);

create table publication (
  id bigint generated always as identity primary key,
  file_name text not null,
  code_digest text not null,
  published_by text not null,
  state text not null default 'received' check (state in ('received', 'published', 'refused')),
  problems jsonb not null default '[]',
  created_at timestamptz not null default now(),
  settled_at timestamptz
);
create index publication_waiting on publication (id) where state = 'received';
create index publication_by_file on publication (file_name, id desc);

-- Runs

create table run (
  id bigint generated always as identity primary key,
  pipeline text not null,
  version int not null,
  logical_date timestamptz not null,
  params jsonb not null,
  requested_by text not null,
  triggered_by text not null,
  note text not null default '',
  idempotency_key text,
  state text not null default 'queued'
    check (state in ('queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled')),
  last_sequence int not null default 0,
  error jsonb,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  ended_at timestamptz,
  cancel_requested_by text,
  cancel_requested_at timestamptz,
  foreign key (pipeline, version) references pipeline_version,
  unique (pipeline, idempotency_key)
);
create index run_by_pipeline on run (pipeline, id desc);
create index run_unfinished on run (id) where state in ('queued', 'running', 'waiting');

create table stage (
  run_id bigint not null references run,
  name text not null,
  position int not null,
  kind text not null,
  state text not null default 'pending'
    check (state in ('pending', 'queued', 'running', 'waiting', 'succeeded', 'failed', 'skipped',
                     'cached', 'cancelled', 'upstream-failed')),
  sequence int not null default 0,
  attempt int not null default 0,
  started_at timestamptz,
  ended_at timestamptz,
  output jsonb,
  error jsonb,
  primary key (run_id, name)
);

create table stage_event (
  run_id bigint not null references run,
  sequence int not null check (sequence >= 1),
  stage text not null,
  state text not null,
  at timestamptz not null,
  output jsonb,
  error jsonb,
  recorded_at timestamptz not null default now(),
  primary key (run_id, sequence)
);

create table stage_attempt (
  run_id bigint not null,
  stage text not null,
  attempt int not null check (attempt >= 1),
  worker text not null,
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  error jsonb,
  log_digest text,
  primary key (run_id, stage, attempt),
  foreign key (run_id, stage) references stage
);

create table manifest (
  run_id bigint not null,
  stage text not null,
  attempt int not null,
  code_digest text not null,
  inputs_digest text not null,
  params_digest text not null,
  environment_digest text not null,
  output_digest text not null,
  environment jsonb not null,
  created_at timestamptz not null default now(),
  primary key (run_id, stage, attempt),
  foreign key (run_id, stage) references stage
);

-- Datasets

create table dataset (
  name text primary key,
  created_at timestamptz not null default now()
);

create table dataset_version (
  id bigint generated always as identity primary key,
  dataset text not null references dataset,
  run_id bigint not null,
  stage text not null,
  snapshot_id bigint not null,
  row_count bigint not null,
  columns jsonb not null,
  published_at timestamptz not null default now(),
  unique (run_id, stage),
  foreign key (run_id, stage) references stage
);
create index dataset_version_by_dataset on dataset_version (dataset, id desc);

-- Models

create table model (
  name text primary key,
  created_at timestamptz not null default now()
);

create table model_version (
  model text not null references model,
  version int not null check (version >= 1),
  artifact_digest text not null,
  evidence_digest text not null,
  run_id bigint not null,
  stage text not null,
  judgement jsonb not null,
  created_at timestamptz not null default now(),
  primary key (model, version),
  unique (run_id, stage),
  foreign key (run_id, stage) references stage
);

-- The gate

create table approval (
  id bigint generated always as identity primary key,
  run_id bigint not null,
  stage text not null,
  model text not null,
  version int not null,
  artifact_digest text not null,
  evidence_digest text not null,
  asked_of text not null,
  quorum int not null check (quorum >= 1),
  requested_by text not null,
  state text not null default 'open'
    check (state in ('open', 'approved', 'rejected', 'expired', 'withdrawn')),
  because text not null default '',
  opened_at timestamptz not null default now(),
  expires_at timestamptz not null,
  closed_at timestamptz,
  revoked_at timestamptz,
  revoked_by text,
  revoked_because text,
  unique (run_id, stage),
  foreign key (run_id, stage) references stage,
  foreign key (model, version) references model_version
);
create index approval_open on approval (id) where state = 'open';

create table decision (
  id bigint generated always as identity primary key,
  approval_id bigint not null references approval,
  person text not null references person,
  verdict text not null check (verdict in ('approve', 'reject')),
  reason text not null check (btrim(reason) <> ''),
  digest text not null,
  decided_at timestamptz not null default clock_timestamp(),
  outcome text check (outcome in ('counted', 'refused')),
  outcome_reason text not null default '',
  settled_at timestamptz
);
create unique index decision_one_vote on decision (approval_id, person)
  where outcome is distinct from 'refused';
create index decision_by_approval on decision (approval_id, id);

-- Traffic

create table model_command (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('deploy', 'rollback')),
  model text not null,
  version int not null,
  approval_id bigint references approval,
  run_id bigint,
  stage text,
  requested_by text not null,
  reason text not null default '',
  requested_at timestamptz not null default now(),
  outcome jsonb,
  finished_at timestamptz,
  unique (run_id, stage),
  foreign key (run_id, stage) references stage,
  foreign key (model, version) references model_version,
  check (kind <> 'deploy' or (approval_id is not null and run_id is not null and stage is not null))
);

create table routing (
  model text primary key references model,
  epoch bigint not null check (epoch >= 1),
  version int not null,
  artifact_digest text not null,
  approval_id bigint not null references approval,
  command_id bigint not null unique references model_command,
  since timestamptz not null,
  foreign key (model, version) references model_version
);

create table alias_history (
  model text not null references model,
  epoch bigint not null,
  command_id bigint not null unique references model_command,
  kind text not null,
  version int not null,
  artifact_digest text not null,
  approval_id bigint not null references approval,
  moved_by text not null,
  reason text not null,
  at timestamptz not null,
  primary key (model, epoch),
  foreign key (model, version) references model_version
);

create table gateway_lease (
  gateway text primary key,
  started_at timestamptz not null default now(),
  expires_at timestamptz not null
);

create table gateway_ack (
  gateway text not null references gateway_lease on delete cascade,
  model text not null,
  epoch bigint not null,
  at timestamptz not null default now(),
  primary key (gateway, model)
);

create table prediction (
  id uuid primary key,
  model text not null,
  version int not null,
  as_of timestamptz not null,
  at timestamptz not null,
  score double precision not null,
  subject text,
  inputs jsonb not null,
  stored_at timestamptz not null default now()
);
create index prediction_by_time on prediction (model, version, as_of);

-- What is to be carried to Temporal

create table outbox (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('start-run', 'cancel-run', 'decision', 'model-command')),
  subject bigint not null,
  created_at timestamptz not null default now(),
  due_at timestamptz not null default now(),
  attempts int not null default 0,
  delivered_at timestamptz,
  last_error text,
  unique (kind, subject)
);
create index outbox_due on outbox (due_at) where delivered_at is null;

-- Whoever listens hears of changes at once instead of at its next look.

create function tell_outbox() returns trigger language plpgsql as $$
begin
  perform pg_notify('airlock_outbox', '');
  return null;
end $$;
create trigger tell after insert on outbox for each statement execute function tell_outbox();

create function tell_run() returns trigger language plpgsql as $$
begin
  perform pg_notify('airlock_run', run_id::text) from (select distinct run_id from fresh) as runs;
  return null;
end $$;
create trigger tell after insert on stage_event referencing new table as fresh
  for each statement execute function tell_run();

create function tell_run_row() returns trigger language plpgsql as $$
begin
  perform pg_notify('airlock_run', new.id::text);
  return null;
end $$;
create trigger tell after update of state on run
  for each row when (old.state is distinct from new.state) execute function tell_run_row();

create function tell_routing() returns trigger language plpgsql as $$
begin
  perform pg_notify('airlock_routing', new.model);
  return null;
end $$;
create trigger tell after insert or update on routing
  for each row execute function tell_routing();

-- Append-only, even for the owner.

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '%.% is append-only: % is refused', tg_table_schema, tg_table_name, tg_op
    using errcode = 'insufficient_privilege';
end $$;

create trigger append_only before update or delete or truncate on stage_event
  for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on alias_history
  for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on pipeline_version
  for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on manifest
  for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on dataset_version
  for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on model_version
  for each statement execute function refuse_change();
create trigger append_only before delete or truncate on decision
  for each statement execute function refuse_change();
create trigger append_only before delete or truncate on approval
  for each statement execute function refuse_change();

-- A decision is settled once, an approval closed once and revoked once.

create function settle_once() returns trigger language plpgsql as $$
begin
  if old.outcome is not null then
    raise exception 'Decision % was settled before', old.id using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger settle_once before update on decision for each row execute function settle_once();

create function close_once() returns trigger language plpgsql as $$
begin
  if old.state <> 'open' and new.state is distinct from old.state then
    raise exception 'Approval % was closed before', old.id using errcode = 'insufficient_privilege';
  end if;
  if old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at then
    raise exception 'Approval % was revoked before', old.id using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger close_once before update on approval for each row execute function close_once();

-- Who may open the gate: an approver or an admin whom the stage names, by team, role or name.

create function is_entitled(voter text, named text) returns boolean
language sql stable set search_path = airlock, pg_temp as $$
  select exists (
    select from person
    where person.name = voter
      and person.role in ('approver', 'admin')
      and (named = person.name
           or named = person.role
           or exists (select from team_member where team = named and team_member.person = voter)))
$$;

-- Why an approval does not let this version of the model pass; null if it does.

create function gate_objection(wanted bigint, for_model text, for_version int) returns text
language plpgsql security definer set search_path = airlock, pg_temp as $$
declare
  asked approval;
  registered model_version;
  asker text;
  question jsonb;
  votes int;
begin
  select * into asked from approval where id = wanted for update;
  if not found then
    return format('There is no approval %s.', wanted);
  end if;
  select * into registered from model_version where model = for_model and version = for_version;
  if not found then
    return format('There is no version %s of %s.', for_version, for_model);
  end if;
  if asked.model <> for_model or asked.version <> for_version
     or asked.artifact_digest <> registered.artifact_digest then
    return format('Approval %s is for %s %s (artifact %s), not for %s %s (artifact %s).', wanted,
                  asked.model, asked.version, left(asked.artifact_digest, 12),
                  for_model, for_version, left(registered.artifact_digest, 12));
  end if;
  if asked.evidence_digest <> registered.evidence_digest then
    return format('Approval %s rests on other evidence than %s %s was registered with.', wanted,
                  for_model, for_version);
  end if;
  if asked.state <> 'approved' then
    return format('Approval %s is %s, not approved.', wanted, asked.state);
  end if;
  if asked.revoked_at is not null then
    return format('Approval %s was revoked by %s: %s', wanted, asked.revoked_by,
                  asked.revoked_because);
  end if;
  select run.requested_by, graph_stage -> 'work' into asker, question
    from run
    join pipeline_version using (pipeline, version)
    cross join lateral jsonb_array_elements(pipeline_version.graph -> 'stages') as graph_stage
    where run.id = asked.run_id and graph_stage ->> 'name' = asked.stage;
  if not found
     or question ->> 'kind' is distinct from 'approval'
     or question ->> 'by' is distinct from asked.asked_of
     or (question ->> 'quorum')::int is distinct from asked.quorum then
    return format('Approval %s does not ask what stage %s of run %s asks.', wanted, asked.stage,
                  asked.run_id);
  end if;
  if asker is distinct from asked.requested_by then
    return format('Approval %s says that %s asked; run %s was asked for by %s.', wanted,
                  asked.requested_by, asked.run_id, asker);
  end if;
  if exists (select from decision
             where approval_id = wanted and outcome = 'counted' and verdict = 'reject') then
    return format('Approval %s holds a vote against it.', wanted);
  end if;
  select count(distinct person) into votes
    from decision
    where approval_id = wanted
      and outcome = 'counted'
      and verdict = 'approve'
      and digest = asked.evidence_digest
      and person <> asker
      and is_entitled(person, asked.asked_of);
  if votes < asked.quorum then
    return format('Approval %s holds %s votes of people who may open it; it needs %s.', wanted,
                  votes, asked.quorum);
  end if;
  return null;
end $$;

-- The only hand on routing and alias_history.

create type moved as (
  result text,         -- moved, refused or stale
  model text,
  version int,
  approval_id bigint,
  epoch bigint,
  reason text
);

create function move_live(command_id bigint, expected_epoch bigint) returns moved
language plpgsql security definer set search_path = airlock, pg_temp as $$
declare
  command model_command;
  past alias_history;
  now_epoch bigint;
  passed_by bigint;
  digest text;
  objection text;
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
  select r.epoch into now_epoch from routing as r where r.model = command.model for update;
  now_epoch := coalesce(now_epoch, 0);
  if now_epoch is distinct from expected_epoch then
    return row('stale', command.model, command.version, null, now_epoch,
               format('The routing of %s is at epoch %s, not %s.', command.model, now_epoch,
                      expected_epoch))::moved;
  end if;

  if command.kind = 'deploy' then
    objection := gate_objection(command.approval_id, command.model, command.version);
    passed_by := command.approval_id;
  else
    select h.approval_id into passed_by from alias_history as h
      where h.model = command.model and h.version = command.version order by h.epoch desc limit 1;
    if not found then
      objection := format('Version %s of %s was never live: there is no way back to it.',
                          command.version, command.model);
    end if;
  end if;
  if objection is not null then
    return row('refused', command.model, command.version, null, now_epoch, objection)::moved;
  end if;

  select v.artifact_digest into strict digest from model_version as v
    where v.model = command.model and v.version = command.version;
  if now_epoch = 0 then
    insert into routing (model, epoch, version, artifact_digest, approval_id, command_id, since)
      values (command.model, 1, command.version, digest, passed_by, command.id, clock_timestamp());
  else
    update routing as r
      set epoch = expected_epoch + 1, version = command.version, artifact_digest = digest,
          approval_id = passed_by, command_id = command.id, since = clock_timestamp()
      where r.model = command.model and r.epoch = expected_epoch;
  end if;
  insert into alias_history (model, epoch, command_id, kind, version, artifact_digest, approval_id,
                             moved_by, reason, at)
    select r.model, r.epoch, command.id, command.kind, r.version, r.artifact_digest, r.approval_id,
           command.requested_by, command.reason, r.since
    from routing as r where r.model = command.model;
  return row('moved', command.model, command.version, passed_by, now_epoch + 1, null)::moved;
end $$;

-- Grants: what the application may do, and nothing else.

revoke all on all functions in schema airlock from public;
grant usage on schema airlock to airlock_app;
grant execute on function is_entitled(text, text) to airlock_app;
grant execute on function move_live(bigint, bigint) to airlock_app;

grant select on all tables in schema airlock to airlock_app;
revoke select on flyway_schema_history from airlock_app;

grant insert, update, delete on session, gateway_lease, gateway_ack to airlock_app;
grant insert on pipeline, pipeline_version, publication, run, stage, stage_event, stage_attempt,
  manifest, dataset, dataset_version, model, model_version, prediction, outbox to airlock_app;
-- What is asked, decided and commanded begins open: only an update, once, can close it.
grant insert (run_id, stage, model, version, artifact_digest, evidence_digest, asked_of, quorum,
  requested_by, expires_at) on approval to airlock_app;
grant insert (approval_id, person, verdict, reason, digest) on decision to airlock_app;
grant insert (kind, model, version, approval_id, run_id, stage, requested_by, reason)
  on model_command to airlock_app;
grant update (owner, current_version, paused, unpublished_at) on pipeline to airlock_app;
grant update (state, problems, settled_at) on publication to airlock_app;
grant update (state, last_sequence, error, started_at, ended_at, cancel_requested_by,
  cancel_requested_at) on run to airlock_app;
grant update (state, sequence, attempt, started_at, ended_at, output, error) on stage
  to airlock_app;
grant update (worker, started_at, ended_at, error, log_digest) on stage_attempt to airlock_app;
grant update (state, because, closed_at, revoked_at, revoked_by, revoked_because) on approval
  to airlock_app;
grant update (outcome, outcome_reason, settled_at) on decision to airlock_app;
grant update (outcome, finished_at) on model_command to airlock_app;
grant update (due_at, attempts, delivered_at, last_error) on outbox to airlock_app;

-- Iceberg's JDBC catalog makes its own tables here.
create schema if not exists iceberg;
grant usage, create on schema iceberg to airlock_app;
