-- Looking: the first rows of datasets, Spark's event logs, and trials of single stages.

-- The first rows of a version, masked, as an artifact. A row without digest and problem is a wish:
-- a worker fulfils it.
create table dataset_sample (
  dataset text not null,
  snapshot_id bigint not null,
  digest text,
  problem text,
  wanted_at timestamptz not null default now(),
  kept_at timestamptz,
  primary key (dataset, snapshot_id)
);
create index dataset_sample_wanted on dataset_sample (wanted_at)
  where digest is null and problem is null;

alter table stage_attempt add column event_log_digest text;

-- One stage on a sample of its input. Nothing that it makes is kept but its answer.
create table trial (
  id bigint generated always as identity primary key,
  request jsonb not null,
  requested_by text not null,
  state text not null default 'queued'
    check (state in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  result jsonb,
  error jsonb,
  requested_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  ended_at timestamptz,
  cancel_requested_by text
);

-- The program names the kinds (OutboxKind); the database only keeps them words.
alter table outbox drop constraint outbox_kind_check;
alter table outbox add constraint outbox_kind_check check (kind ~ '^[a-z]+(-[a-z]+)*$');

-- Grants: what the application may do, and nothing else.

grant select, insert on dataset_sample, trial to airlock_app;
grant update (digest, problem, wanted_at, kept_at) on dataset_sample to airlock_app;
grant update (state, result, error, started_at, ended_at, cancel_requested_by) on trial
  to airlock_app;
grant update (event_log_digest) on stage_attempt to airlock_app;
