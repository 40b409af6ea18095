-- Resuming and caching: whose results a run takes, and why.

alter table run add column parent bigint references run; -- the run that it resumes
create index run_by_parent on run (parent) where parent is not null;

-- Why a stage takes an earlier result, or why it does not: said once, before it would start.
create table stage_reuse (
  run_id bigint not null,
  stage text not null,
  decided_by text not null check (decided_by in ('resume', 'cache')),
  made_by bigint,                 -- the run whose stage of this name made the result; null where it runs
  output jsonb,
  reason text not null,
  decided_at timestamptz not null default now(),
  primary key (run_id, stage, decided_by),
  foreign key (run_id, stage) references stage,
  foreign key (made_by, stage) references stage,
  check ((made_by is null) = (output is null))
);

-- What a stage that may be cached rests on, as it stood before the stage began, and its digest.
create table cache_key (
  run_id bigint not null,
  stage text not null,
  key text not null,
  rests jsonb not null,
  primary key (run_id, stage),
  foreign key (run_id, stage) references stage
);
create index cache_key_by_key on cache_key (key);

-- What an attempt at an ingest has read, by the SHA-256 of its bytes.
create table source_read (
  run_id bigint not null,
  stage text not null,
  attempt int not null check (attempt >= 1),
  digest text not null,
  primary key (run_id, stage, attempt),
  foreign key (run_id, stage) references stage
);

-- Branches of datasets that are dropped, or about to be: what lay on them alone is gone.
create table dropped_branch (
  dataset text not null,
  branch text not null,
  at timestamptz not null default now(),
  primary key (dataset, branch)
);

-- When the stage's newest change was decided, by the workflow's clock. A workflow task that is decided anew
-- gives its sequence numbers once more, later.
alter table stage add column decided_at timestamptz;

create trigger append_only before update or delete or truncate on stage_reuse
  for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on cache_key
  for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on source_read
  for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on dropped_branch
  for each statement execute function refuse_change();

grant select, insert on stage_reuse, cache_key, source_read, dropped_branch to airlock_app;
grant update (decided_at) on stage to airlock_app;
