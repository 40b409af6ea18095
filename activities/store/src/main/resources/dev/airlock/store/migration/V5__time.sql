-- Time and triggers: which runs wait their turn, what became of each scheduled time, what starts runs, backfills.

-- A run that is held is not carried to Temporal before its turn has come.
alter table run add column held boolean not null default false;
create index run_held on run (pipeline, id) where held and state = 'queued';
create index run_active on run (pipeline, id) where state in ('queued', 'running', 'waiting');
create index run_by_logical_date on run (pipeline, logical_date);

-- What became of each time of a pipeline's schedule: a run, or the reason why there is none.
create table schedule_time (
  pipeline text not null references pipeline,
  logical_date timestamptz not null,
  run_id bigint references run,
  left_out text,
  decided_at timestamptz not null default now(),
  primary key (pipeline, logical_date),
  check ((run_id is null) <> (left_out is null))
);

-- A pipeline that waits for new versions of datasets.
create table dataset_trigger (
  pipeline text not null references pipeline,
  rule text not null,             -- its datasets, joined by +
  dataset text not null,
  seen bigint not null,           -- dataset_version: the newest one that it has started a run for, or found
  primary key (pipeline, rule, dataset)
);
create index dataset_trigger_by_dataset on dataset_trigger (dataset, pipeline);

create table backfill (
  id bigint generated always as identity primary key,
  pipeline text not null references pipeline,
  first_date timestamptz not null,
  last_date timestamptz not null,
  params jsonb not null,          -- those that were given
  max_active int not null check (max_active >= 1),
  sequence text not null check (sequence in ('oldest', 'newest')),
  rerun text not null check (rerun in ('none', 'failed', 'all')),
  note text not null default '',
  requested_by text not null,
  requested_at timestamptz not null default now(),
  idempotency_key text,
  cancelled_by text,
  cancelled_at timestamptz,
  unique (pipeline, idempotency_key)
);
create index backfill_by_pipeline on backfill (pipeline, id desc);

-- The dates of a backfill. A pending one becomes a run when its turn comes.
create table backfill_date (
  backfill_id bigint not null references backfill,
  position int not null,
  logical_date timestamptz not null,
  state text not null check (state in ('pending', 'started', 'left-out', 'cancelled')),
  because text not null default '',
  run_id bigint references run,
  primary key (backfill_id, position),
  unique (backfill_id, logical_date),
  check ((state = 'started') = (run_id is not null))
);
create index backfill_date_pending on backfill_date (backfill_id, position) where state = 'pending';
create index backfill_date_by_run on backfill_date (run_id) where run_id is not null;

grant select on schedule_time, dataset_trigger, backfill, backfill_date to airlock_app;
grant update (held) on run to airlock_app;
grant insert (pipeline, logical_date, run_id, left_out) on schedule_time to airlock_app;
grant insert, delete on dataset_trigger to airlock_app;
grant update (seen) on dataset_trigger to airlock_app;
grant insert (pipeline, first_date, last_date, params, max_active, sequence, rerun, note,
  requested_by, idempotency_key) on backfill to airlock_app;
grant update (cancelled_by, cancelled_at) on backfill to airlock_app;
grant insert on backfill_date to airlock_app;
grant update (state, because, run_id) on backfill_date to airlock_app;
