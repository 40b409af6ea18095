-- Waiting and sharing: pools, events, sensors, deadlines. Same owner and same rules as V1.

-- Pools: a limit that stages of all pipelines and runs share.

create table pool (
  name text primary key check (name ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  slots int not null check (slots >= 0),      -- 0 holds everybody back
  updated_by text not null,
  updated_at timestamptz not null default now()
);

-- First come, first served: by id, which is given out under the lock of all pools.
create table pool_request (
  id bigint generated always as identity primary key,
  run_id bigint not null,
  stage text not null,
  pool text not null references pool,
  slots int not null check (slots >= 1),
  requested_at timestamptz not null default clock_timestamp(),
  granted_at timestamptz,
  released_at timestamptz,
  unique (run_id, stage),
  foreign key (run_id, stage) references stage
);
create index pool_request_open on pool_request (pool, id) where released_at is null;

-- One lock for all pools, so that nobody who gives back slots of several meets another who does.

create function lock_pools() returns void
language sql set search_path = airlock, pg_temp as $$
  select pg_advisory_xact_lock(hashtextextended('airlock/pools', 0))
$$;

-- Grants what there is room for, oldest first; nobody overtakes but those whose elders ask for more
-- than the pool has. Whoever is granted hears of it through the outbox, but for the asker himself.

create function grant_slots(wanted text, asker bigint) returns void
language plpgsql set search_path = airlock, pg_temp as $$
begin
  perform lock_pools();
  with room as (
    select p.slots as size,
           coalesce((select sum(h.slots) from pool_request as h
                     where h.pool = p.name and h.granted_at is not null
                       and h.released_at is null), 0) as held
    from pool as p where p.name = wanted),
  queue as (
    select r.id, room.size, room.held, sum(r.slots) over (order by r.id) as upto
    from pool_request as r cross join room
    where r.pool = wanted and r.granted_at is null and r.released_at is null
      and r.slots <= room.size),
  granted as (
    update pool_request as r set granted_at = clock_timestamp()
    from queue where r.id = queue.id and queue.held + queue.upto <= queue.size
    returning r.id)
  insert into outbox (kind, subject)
  select 'slots-granted', id from granted where id is distinct from asker
  on conflict (kind, subject) do nothing;
end $$;

-- Slots are given back by the very statement that ends the stage or the run, whoever writes it.

create function give_back_slots() returns trigger
language plpgsql set search_path = airlock, pg_temp as $$
declare
  given text;
begin
  if not exists (select from pool_request as r
                 where r.run_id = new.run_id and r.stage = new.name and r.released_at is null) then
    return null;
  end if;
  perform lock_pools();
  update pool_request as r set released_at = clock_timestamp()
    where r.run_id = new.run_id and r.stage = new.name and r.released_at is null
    returning r.pool into given;
  perform grant_slots(given, null);
  return null;
end $$;
create trigger give_back_slots after update of state on stage
  for each row when (new.state in ('succeeded', 'failed', 'skipped', 'cached', 'cancelled', 'upstream-failed'))
  execute function give_back_slots();

create function give_back_slots_of_run() returns trigger
language plpgsql set search_path = airlock, pg_temp as $$
declare
  given text;
begin
  if not exists (select from pool_request as r
                 where r.run_id = new.id and r.released_at is null) then
    return null;
  end if;
  perform lock_pools();
  for given in
    with back as (
      update pool_request as r set released_at = clock_timestamp()
      where r.run_id = new.id and r.released_at is null returning r.pool)
    select distinct pool from back order by pool
  loop
    perform grant_slots(given, null);
  end loop;
  return null;
end $$;
create trigger give_back_slots after update of state on run
  for each row when (new.state in ('succeeded', 'failed', 'cancelled'))
  execute function give_back_slots_of_run();

-- Events that somebody tells, once per key, and the stages that wait for one, or for a version of a
-- dataset.

create table event (
  id bigint generated always as identity primary key,
  name text not null check (name ~ '^[a-z0-9]+([.-][a-z0-9]+)*$'),
  key text not null check (key <> ''),
  at timestamptz not null,                    -- when it happened
  payload jsonb,
  told_by text not null,
  told_at timestamptz not null default now(),
  unique (name, key)
);
create index event_by_time on event (name, at, id);
create trigger append_only before update or delete or truncate on event
  for each statement execute function refuse_change();

create table event_wait (
  id bigint generated always as identity primary key,
  run_id bigint not null,
  stage text not null,
  source text not null check (source in ('event', 'dataset')),
  name text not null,
  since timestamptz not null,                 -- whatever is older does not count
  until timestamptz not null,
  asked_at timestamptz not null default clock_timestamp(),
  event_id bigint references event,
  dataset_version_id bigint references dataset_version,
  ended_at timestamptz,                       -- met, or given up
  unique (run_id, stage),
  foreign key (run_id, stage) references stage
);
create index event_wait_open on event_wait (source, name) where ended_at is null;

-- Sensors: how often they have looked.

create table sensor_look (
  run_id bigint not null,
  stage text not null,
  looks int not null default 0,
  faults int not null default 0,              -- one after the other, up to now
  last_at timestamptz not null default clock_timestamp(),
  next_at timestamptz,
  last_fault text,
  primary key (run_id, stage),
  foreign key (run_id, stage) references stage
);

-- Deadlines: known when the run is asked for, looked at by web and worker.

create table deadline (
  id bigint generated always as identity primary key,
  run_id bigint not null references run,
  stage text,                                 -- null for the run as a whole
  due_at timestamptz not null,
  alert_id bigint references alert,
  settled_at timestamptz                      -- what it is about has ended
);
create unique index deadline_once on deadline (run_id, coalesce(stage, ''));
create index deadline_open on deadline (due_at) where settled_at is null;

-- An alert may be about a run instead of a model.

alter table alert alter column model drop not null;
alter table alert add column late_run_id bigint references run;
alter table alert add constraint alert_about check (model is not null or late_run_id is not null);

-- Two more kinds of messages, beside whatever kinds there are by now.

do $$
declare
  known text;
begin
  select pg_get_constraintdef(oid) into strict known from pg_constraint
    where conrelid = 'outbox'::regclass and conname = 'outbox_kind_check';
  alter table outbox drop constraint outbox_kind_check;
  execute 'alter table outbox add constraint outbox_kind_check '
    || replace(known, 'ARRAY[', 'ARRAY[''slots-granted''::text, ''event-arrived''::text, ');
end $$;

-- Grants: what the application may do, and nothing else.

revoke all on all functions in schema airlock from public;
grant execute on function lock_pools() to airlock_app;
grant execute on function grant_slots(text, bigint) to airlock_app;

grant select on pool, pool_request, event, event_wait, sensor_look, deadline to airlock_app;
grant insert on pool to airlock_app;
grant update (slots, updated_by, updated_at) on pool to airlock_app;
grant insert (run_id, stage, pool, slots) on pool_request to airlock_app;
grant update (granted_at, released_at) on pool_request to airlock_app;
grant insert (name, key, at, payload, told_by) on event to airlock_app;
grant insert (run_id, stage, source, name, since, until) on event_wait to airlock_app;
grant update (event_id, dataset_version_id, ended_at) on event_wait to airlock_app;
grant insert, update on sensor_look to airlock_app;
grant insert (run_id, stage, due_at) on deadline to airlock_app;
grant update (alert_id, settled_at) on deadline to airlock_app;
grant insert (late_run_id) on alert to airlock_app;
