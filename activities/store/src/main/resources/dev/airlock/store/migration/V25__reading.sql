-- What Home and the lists read by, so that they cost the same however much there is.

-- How a live version does is said by the newest window of each aspect.
create index monitor_window_newest
  on monitor_window (monitor_id, version, aspect, sufficient, opens desc);
create index alert_open_by_model on alert (model, id desc) where state <> 'closed';
create index audit_event_by_action on audit_event (action, sequence desc);
create index run_tagged on run (id desc) where tags <> '[]';
create index session_by_person on session (person, id desc);
drop index session_person;

-- What experiments are sorted by: the metrics of a run's last judgement, and its params that are
-- numbers. Kept by the rows that say them, so nobody can write them otherwise.

create table experiment_figure (
  run_id bigint not null references run,
  pipeline text not null,
  name text not null,             -- metric.NAME or param.NAME
  figure float8 not null,
  primary key (run_id, name)
);
create index experiment_figure_by_name on experiment_figure (name, figure, run_id);
create index experiment_figure_by_pipeline on experiment_figure (pipeline, name, figure, run_id);
create index run_by_took on run ((extract(epoch from ended_at - coalesce(started_at, created_at))), id);
create index stage_that_trains on stage (run_id) where kind in ('train', 'evaluate');

create function note_params(run_id bigint) returns void
language sql security definer set search_path = airlock, pg_temp as $$
  insert into experiment_figure (run_id, pipeline, name, figure)
  select run.id, run.pipeline, 'param.' || param.key, param.value::float8
  from run cross join lateral jsonb_each_text(run.params) as param
  where run.id = note_params.run_id and param.value ~ '^-?[0-9]{1,15}([.][0-9]{1,15})?$'
  on conflict do nothing
$$;

create function note_metrics(run_id bigint) returns void
language sql security definer set search_path = airlock, pg_temp as $$
  delete from experiment_figure f where f.run_id = note_metrics.run_id and f.name like 'metric.%';
  insert into experiment_figure (run_id, pipeline, name, figure)
  select run.id, run.pipeline, 'metric.' || metric.key, metric.value::text::float8
  from run
  cross join lateral (
    select output from stage
    where stage.run_id = run.id and kind = 'evaluate' and output is not null
    order by position desc limit 1) as last
  cross join lateral jsonb_each(
    case when jsonb_typeof(output -> 'metrics') = 'object' then output -> 'metrics'
         else '{}' end) as metric
  where run.id = note_metrics.run_id and jsonb_typeof(metric.value) = 'number'
    and abs(metric.value::numeric) < 1e300
$$;

create function note_figures() returns trigger
language plpgsql security definer set search_path = airlock, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    perform note_params(new.run_id);
  end if;
  if new.kind = 'evaluate' and new.output is not null
     and (tg_op = 'INSERT' or old.output is distinct from new.output) then
    perform note_metrics(new.run_id);
  end if;
  return null;
end $$;
revoke all on function note_params, note_metrics, note_figures from public;
create trigger note_figures after insert or update of output on stage
  for each row when (new.kind in ('train', 'evaluate')) execute function note_figures();

select note_params(id), note_metrics(id) from run
where exists (select from stage where run_id = run.id and kind in ('train', 'evaluate'));

grant select on experiment_figure to airlock_app;
