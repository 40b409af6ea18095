-- Traffic by the minute. Same owner and same rules as V1.

-- What a rollout of days is drawn from: its seconds are millions of rows.
create table service_minute (
  model text not null,
  at timestamptz not null,        -- the minute, by the gateways' clocks
  version int not null,
  requests bigint not null,
  predictions bigint not null,    -- rows that the version answered
  errors bigint not null,
  primary key (model, at, version)
);
create index service_minute_by_age on service_minute using brin (at); -- old ones are forgotten

-- A sample that comes a second time is not inserted, and so not added again.
create function add_to_minutes() returns trigger
language plpgsql security definer set search_path = airlock, pg_temp as $$
begin
  insert into service_minute as known
    select model, date_trunc('minute', at, 'UTC'), version, sum(requests), sum(predictions),
           sum(errors)
    from added
    group by 1, 2, 3
    -- Two that add to the same minutes wait for one another, and never in a circle.
    order by 1, 2, 3
    on conflict (model, at, version) do update
      set requests = known.requests + excluded.requests,
          predictions = known.predictions + excluded.predictions,
          errors = known.errors + excluded.errors;
  return null;
end $$;
create trigger add_to_minutes after insert on service_sample
  referencing new table as added
  for each statement execute function add_to_minutes();

-- After the trigger, which has waited for whoever stores samples and keeps others waiting until this
-- is over: each sample is added once, by one of both.
insert into service_minute
  select model, date_trunc('minute', at, 'UTC'), version, sum(requests), sum(predictions),
         sum(errors)
  from service_sample
  group by 1, 2, 3;

revoke all on function add_to_minutes() from public;
grant select, delete on service_minute to airlock_app;
