-- Whose a model is, and which versions are a way back. Same owner and same rules as V1: the
-- application reads the table, and changes it by the functions below and in no other way.

-- The pipelines whose runs may register versions of a model. The first that does is the first row.
create table model_pipeline (
  model text not null references model,
  pipeline text not null references pipeline,
  allowed_by text not null check (btrim(allowed_by) <> ''),
  because text not null check (btrim(because) <> ''),
  allowed_at timestamptz not null default clock_timestamp(),
  primary key (model, pipeline)
);
create index model_pipeline_by_pipeline on model_pipeline (pipeline);
create trigger append_only before update or truncate on model_pipeline
  for each statement execute function refuse_change();

-- Whoever has registered so far may go on.
insert into model_pipeline (model, pipeline, allowed_by, because, allowed_at)
  select distinct on (v.model, run.pipeline)
         v.model, run.pipeline, run.requested_by,
         format('Run %s had registered version %s before.', run.id, v.version), v.created_at
  from model_version as v join run on run.id = v.run_id
  order by v.model, run.pipeline, v.version;

-- Whether an owner, as a pipeline names it, is a person or a team that is known here.
create function is_known_owner(named text) returns boolean
language sql stable set search_path = airlock, pg_temp as $$
  select exists (select from person where name = named)
    or exists (select from team_member where team = named)
$$;

-- Whether somebody is that owner, or one of that team.
create function is_one_of(who text, named text) returns boolean
language sql stable set search_path = airlock, pg_temp as $$
  select who = named or exists (select from team_member where team = named and person = who)
$$;

-- The known owners of a model's pipelines, by name; empty where there are none.
create function owners_of(wanted text) returns text[]
language sql stable set search_path = airlock, pg_temp as $$
  select array(
    select distinct p.owner from model_pipeline as m join pipeline as p on p.name = m.pipeline
    where m.model = wanted and is_known_owner(p.owner)
    order by p.owner)
$$;

-- Why a pipeline's run may not register a version of a model; null if it may. A model that no
-- pipeline has registered yet is open to the first.
create function registration_objection(for_model text, by_pipeline text) returns text
language plpgsql stable set search_path = airlock, pg_temp as $$
declare
  belongs text;
  theirs text[] := owners_of(for_model);
begin
  if exists (select from model_pipeline where model = for_model and pipeline = by_pipeline) then
    return null;
  end if;
  select string_agg(pipeline, ', ' order by pipeline) into belongs
    from model_pipeline where model = for_model;
  if belongs is null then
    return null;
  end if;
  return format(
    'Model %1$s belongs to %2$s: pipeline %3$s may not register versions of it. %4$s an admin '
    || 'allows it, on the model''s page or by ''airlock models allow %1$s %3$s --reason ...''; '
    || 'then resume this run. Or let the pipeline register into a model of another name.',
    for_model, belongs, by_pipeline,
    case when cardinality(theirs) = 0 then 'Let it be allowed:'
         else format('One of %s or', array_to_string(theirs, ', ')) end);
end $$;

create function keep_to_own_models() returns trigger
language plpgsql security definer set search_path = airlock, pg_temp as $$
declare
  registering run;
  objection text;
begin
  select * into strict registering from run where id = new.run_id;
  -- Two that are the first at the same moment come one after the other.
  perform from model where name = new.model for no key update;
  objection := registration_objection(new.model, registering.pipeline);
  if objection is not null then
    raise exception '%', objection using errcode = 'insufficient_privilege';
  end if;
  insert into model_pipeline (model, pipeline, allowed_by, because)
    values (new.model, registering.pipeline, registering.requested_by,
            format('Run %s was the first to register a version.', registering.id))
    on conflict do nothing;
  return new;
end $$;
create trigger keep_to_own_models before insert on model_version
  for each row execute function keep_to_own_models();

-- An admin, or an owner of one of the model's pipelines.
create function may_allow_pipelines(who text, for_model text) returns boolean
language sql stable set search_path = airlock, pg_temp as $$
  select exists (
    select from person
    where name = who and disabled_at is null
      and (role = 'admin'
           or role <> 'viewer' and exists (
                select from unnest(owners_of(for_model)) as owner where is_one_of(who, owner))))
$$;

-- Lets a pipeline register versions of a model, or no more; answers what is in the way, null if
-- nothing is.
create function allow_pipeline(actor text, for_model text, other text, allowed boolean,
                               reason text, origin jsonb) returns text
language plpgsql security definer set search_path = airlock, pg_temp as $$
declare
  before text[];
  now_allowed text[];
begin
  perform from model where name = for_model for no key update;
  if not found then
    return format('There is no model %s.', for_model);
  end if;
  if not exists (select from pipeline where name = other) then
    return format('There is no pipeline %s.', other);
  end if;
  before := array(select pipeline from model_pipeline where model = for_model order by pipeline);
  if not may_allow_pipelines(actor, for_model) then
    return format('Model %s belongs to %s: an admin%s says which pipelines register its versions, and %s is neither.',
                  for_model,
                  case when cardinality(before) = 0 then 'no pipeline yet'
                       else array_to_string(before, ', ') end,
                  case when cardinality(owners_of(for_model)) = 0 then ''
                       else format(' or one of %s', array_to_string(owners_of(for_model), ', ')) end,
                  actor);
  end if;
  if (other = any (before)) = allowed then
    return null;
  end if;
  if allowed then
    insert into model_pipeline (model, pipeline, allowed_by, because)
      values (for_model, other, actor, reason);
  elsif cardinality(before) = 1 then
    return format('%s is the only pipeline of model %s: allow another one first.', other, for_model);
  else
    delete from model_pipeline where model = for_model and pipeline = other;
  end if;
  now_allowed := array(
    select pipeline from model_pipeline where model = for_model order by pipeline);
  perform audit(actor, case when allowed then 'allow-pipeline' else 'disallow-pipeline' end,
                'model', for_model,
                jsonb_build_object('pipelines', before)::text,
                jsonb_build_object('pipelines', now_allowed, 'reason', reason)::text,
                lower(origin ->> 'channel'), origin ->> 'address', origin ->> 'token',
                origin ->> 'requestId');
  return null;
end $$;

-- Ways back

-- The approval that once let a version pass and was revoked since; no row where the newest that was
-- given stands. What is live under a revoked approval stays live until it is replaced, and is no way
-- back after that.
create function revocation(of_model text, of_version int) returns setof approval
language sql stable set search_path = airlock, pg_temp as $$
  select newest.* from (
    select * from approval
    where model = of_model and version = of_version and state = 'approved'
    order by id desc limit 1) as newest
  where newest.revoked_at is not null
$$;

-- What lets a command's version pass: its approval, or that it was live before under one that
-- stands. All traffic to what is live already, which ends a rollout, always passes.
create or replace function passage(command model_command, out approval_id bigint,
                                   out objection text)
language plpgsql set search_path = airlock, pg_temp as $$
declare
  revoked approval;
begin
  if command.kind = 'deploy' then
    approval_id := command.approval_id;
    objection := gate_objection(command.approval_id, command.model, command.version);
    return;
  end if;
  select h.approval_id into approval_id from alias_history as h
    where h.model = command.model and h.version = command.version order by h.epoch desc limit 1;
  if not found then
    objection := format('Version %s of %s was never live: there is no way back to it.',
                        command.version, command.model);
    return;
  end if;
  if exists (select from routing where model = command.model and version = command.version) then
    return;
  end if;
  -- Whoever revokes one at this moment comes before or after.
  perform from approval where model = command.model and version = command.version
    order by id for update;
  select * into revoked from revocation(command.model, command.version);
  if found then
    objection := format('Version %s of %s is no way back: approval %s was revoked by %s: %s',
                        command.version, command.model, revoked.id, revoked.revoked_by,
                        revoked.revoked_because);
  end if;
end $$;

-- People of the configuration

-- Since when the file that made a person is gone. Where that has disabled them, and nobody has
-- disabled or enabled them since, it is the very moment of disabled_at: the file's return undoes it.
alter table person add column file_gone_at timestamptz;

-- Grants: what the application may do, and nothing else.

revoke all on all functions in schema airlock from public;
grant select on model_pipeline to airlock_app;
grant execute on function is_known_owner(text) to airlock_app;
grant execute on function is_one_of(text, text) to airlock_app;
grant execute on function owners_of(text) to airlock_app;
grant execute on function registration_objection(text, text) to airlock_app;
grant execute on function may_allow_pipelines(text, text) to airlock_app;
grant execute on function allow_pipeline(text, text, text, boolean, text, jsonb) to airlock_app;
grant execute on function revocation(text, int) to airlock_app;
