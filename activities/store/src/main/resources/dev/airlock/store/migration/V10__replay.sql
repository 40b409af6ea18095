-- Histories of closed runs, kept since Temporal forgets them.

alter table run
  add column history text check (history in ('kept', 'forgotten')),
  add column history_due_at timestamptz;
create index run_history_due on run (history_due_at nulls first, id)
  where ended_at is not null and history is null;

create table run_history (
  run_id bigint not null references run,
  position int not null check (position >= 1),
  workflow_id text not null,
  execution_id text not null,
  workflow text not null,
  events int not null check (events >= 1),
  digest text not null,
  kept_at timestamptz not null default now(),
  primary key (run_id, position),
  unique (run_id, workflow_id, execution_id)
);

grant update (history, history_due_at) on run to airlock_app;
grant select, insert on run_history to airlock_app;
