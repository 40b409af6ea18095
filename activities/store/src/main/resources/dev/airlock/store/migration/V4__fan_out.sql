-- The items of a map: one call of a task each. The list itself and the list of the results are
-- documents in the artifact store.

create table stage_item (
  run_id bigint not null,
  stage text not null,
  index int not null check (index >= 0),
  state text not null default 'pending'
    check (state in ('pending', 'running', 'succeeded', 'failed', 'cancelled')),
  attempt int not null default 0,
  worker text,
  started_at timestamptz,
  ended_at timestamptz,
  error jsonb,
  -- The JSON of a small result, or the digest of a large one.
  result text,
  result_digest text,
  primary key (run_id, stage, index),
  foreign key (run_id, stage) references stage
) with (fillfactor = 80);
create index stage_item_by_state on stage_item (run_id, stage, state, index);

grant select, insert on stage_item to airlock_app;
grant update (state, attempt, worker, started_at, ended_at, error, result, result_digest)
  on stage_item to airlock_app;
