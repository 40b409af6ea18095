-- Pipelines as files, the code that runs are pinned to, what attempts say, and words that people add
-- to runs.

alter table publication
  add column folder text,
  add column pipelines jsonb not null default '[]',
  add column faults jsonb not null default '[]',
  add column withdrawn_at timestamptz;
comment on column publication.folder is
  'the watched folder that the file was found in; null where somebody sent it';

-- Where its current version came from; a version's own is where that was first seen.
alter table pipeline add column file_name text;
alter table pipeline_version add column file_name text;

alter table run add column tags jsonb not null default '[]';
create index run_by_tag on run using gin (tags jsonb_path_ops);
create index run_by_version on run (pipeline, version);

-- A log must never stand in the way of what it tells of: no foreign keys.
create table log_line (
  id bigint generated always as identity primary key,
  run_id bigint not null,
  stage text not null,
  attempt int not null check (attempt >= 1),
  number int not null check (number >= 1),
  at timestamptz not null,
  level text not null check (level in ('DEBUG', 'INFO', 'WARN', 'ERROR')),
  text text not null,
  unique (run_id, stage, attempt, number)
);
create index log_line_by_run on log_line (run_id, id);

grant update (pipelines, faults, withdrawn_at) on publication to airlock_app;
grant update (file_name) on pipeline to airlock_app;
grant update (note, tags) on run to airlock_app;
grant select on log_line to airlock_app;
grant insert (run_id, stage, attempt, number, at, level, text) on log_line to airlock_app;
