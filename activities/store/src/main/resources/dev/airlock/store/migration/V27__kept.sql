-- What was known once stays known. Same owner and same rules as V1.

-- Owners

-- Teams that somebody has been in. What they own stays theirs when nobody is in them any more.
create table known_team (
  name text primary key,
  since timestamptz not null default clock_timestamp()
);
create trigger append_only before update or delete or truncate on known_team
  for each statement execute function refuse_change();
insert into known_team (name)
  select team from team_member
  union
  select entity_id from audit_event where entity = 'team' and action = 'set-team'
  union
  select unnest(teams) from person_proposal where outcome = 'confirmed';

create function remember_team() returns trigger
language plpgsql security definer set search_path = airlock, pg_temp as $$
begin
  insert into known_team (name) values (new.team) on conflict do nothing;
  return null;
end $$;
create trigger remember_team after insert or update of team on team_member
  for each row execute function remember_team();

-- Whether an owner, as a pipeline names it, is or was a person or a team here. People are never
-- deleted.
create or replace function is_known_owner(named text) returns boolean
language sql stable set search_path = airlock, pg_temp as $$
  select exists (select from person where name = named)
    or exists (select from known_team where name = named)
$$;

-- As in V22, and for teams that nobody is in any more: by their name somebody would own what they own.
create or replace function name_objection(wanted text) returns text
language sql set search_path = airlock, pg_temp as $$
  select case
    when wanted !~ '^[a-z0-9][a-z0-9._-]*$' or length(wanted) > 60 then
      'A name is up to 60 lower-case letters, digits, dots, hyphens and underscores.'
    when wanted in ('viewer', 'engineer', 'approver', 'admin', 'schedule')
         or exists (select from team_member where team = wanted)
         or exists (select from known_team where name = wanted)
         or exists (select from pipeline where owner = wanted) then
      format('%s is the name of a role or a team. A person of that name could be taken for it.',
             wanted)
    when wanted ~ '^run-[0-9]+$' then
      format('%s is how the audit calls a run. A person of that name could be taken for it.',
             wanted)
  end
$$;

-- Whether somebody acts as that owner by now.
create function has_members(named text) returns boolean
language sql stable set search_path = airlock, pg_temp as $$
  select exists (select from person where disabled_at is null and is_one_of(name, named))
$$;

revoke all on function remember_team(), has_members(text) from public;
grant select on known_team to airlock_app;
grant execute on function has_members(text) to airlock_app;

-- A provider's word

-- For how long the word of a provider for one of its people lasts: AIRLOCK_OIDC_VOUCHED_DAYS, as the
-- start has read it.
create table vouching (
  one boolean primary key default true check (one),
  lasts interval not null check (lasts >= interval '1 day')
);
insert into vouching (lasts) values (interval '720 hours');
create trigger append_only before delete or truncate on vouching
  for each statement execute function refuse_change();

-- Why somebody decides nothing at a moment though role and teams would let them: their provider has
-- not said for too long that they are one of its people. Null where it has, or where none keeps
-- them. A sign-in mends it, for moments of before too.
create function vouching_objection(who text, as_of timestamptz) returns text
language sql stable set search_path = airlock, pg_temp as $$
  select format('The provider has not vouched for %1$s for %2$s days: what %1$s decides rests until they sign in with it again.',
                name, round(extract(epoch from lasts) / 86400))
  from person, vouching
  where name = who and vouched_at <= coalesce(as_of, now()) - lasts
$$;

-- What is open is decided by whom the provider vouches for by now; what was given then stays given.
create or replace function may_vote(voter text, asked approval) returns boolean
language sql stable set search_path = airlock, pg_temp as $$
  select is_asked_for(voter, asked) and not has_asked(voter, asked)
    and vouching_objection(voter, asked.closed_at) is null
$$;

create or replace function gate_objection(wanted bigint, for_model text, for_version int)
returns text
language plpgsql security definer set search_path = airlock, pg_temp as $$
declare
  asked approval;
  registered model_version;
  asker text;
  asks jsonb;
  votes int;
begin
  select * into asked from approval where id = wanted for update;
  if not found then
    return format('There is no approval %s.', wanted);
  end if;
  select * into registered from model_version where model = for_model and version = for_version;
  if not found then
    return format('There is no version %s of %s.', for_version, for_model);
  end if;
  if asked.model <> for_model or asked.version <> for_version
     or asked.artifact_digest <> registered.artifact_digest then
    return format('Approval %s is for %s %s (artifact %s), not for %s %s (artifact %s).', wanted,
                  asked.model, asked.version, left(asked.artifact_digest, 12),
                  for_model, for_version, left(registered.artifact_digest, 12));
  end if;
  if asked.evidence_digest <> registered.evidence_digest then
    return format('Approval %s rests on other evidence than %s %s was registered with.', wanted,
                  for_model, for_version);
  end if;
  if asked.state <> 'approved' then
    return format('Approval %s is %s, not approved.', wanted, asked.state);
  end if;
  if asked.revoked_at is not null then
    return format('Approval %s was revoked by %s: %s', wanted, asked.revoked_by,
                  asked.revoked_because);
  end if;
  select run.requested_by into asker from run where run.id = asked.run_id;
  asks := question(asked.run_id, asked.stage);
  if asks is null
     or asks ->> 'by' is distinct from asked.asked_of
     or array(select jsonb_array_elements_text(asks -> 'alsoBy')) is distinct from asked.also_asked
     or (asks ->> 'quorum')::int is distinct from asked.quorum
     or (asked.escalated_to is not null
         and asks -> 'escalation' ->> 'to' is distinct from asked.escalated_to) then
    return format('Approval %s does not ask what stage %s of run %s asks.', wanted, asked.stage,
                  asked.run_id);
  end if;
  if asker is distinct from asked.requested_by then
    return format('Approval %s says that %s asked; run %s was asked for by %s.', wanted,
                  asked.requested_by, asked.run_id, asker);
  end if;
  if exists (select from decision
             where approval_id = wanted and outcome = 'counted' and verdict = 'reject'
               and withdrawn_at is null) then
    return format('Approval %s holds a vote against it.', wanted);
  end if;
  select count(distinct person) into votes from standing_votes(wanted);
  if votes < asked.quorum then
    return format('Approval %s holds %s votes of people who may open it; it needs %s.%s', wanted,
                  votes, asked.quorum,
                  (select string_agg(' ' || vouching_objection(person, asked.closed_at), '')
                   from (select distinct person from decision
                         where approval_id = wanted and outcome = 'counted'
                           and verdict = 'approve' and withdrawn_at is null) as voters));
  end if;
  return champion_objection(asked);
end $$;

revoke all on function vouching_objection(text, timestamptz) from public;
grant select on vouching to airlock_app;
grant execute on function vouching_objection(text, timestamptz) to airlock_app;

-- What the audit knows by itself

-- The role that wrote a row: who signed in to the database, whatever was said of actor and channel.
-- Rows of before have none.
alter table audit_event add column written_by text;

-- Rows of before keep their hashes: where there is no such role, nothing is added to what is hashed.
create or replace function audit_hash(event audit_event) returns text
language sql stable set search_path = airlock, pg_temp as $$
  select encode(sha256(convert_to(
    audit_field(event.sequence::text)
    || audit_field(to_char(event.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
    || audit_field(event.actor) || audit_field(event.action)
    || audit_field(event.entity) || audit_field(event.entity_id)
    || audit_field(event.before) || audit_field(event.after)
    || audit_field(event.channel) || audit_field(event.address)
    || audit_field(event.token) || audit_field(event.request_id)
    || audit_field(event.previous_hash)
    || case when event.written_by is null then '' else audit_field(event.written_by) end,
    'UTF8')), 'hex')
$$;

create or replace function chain_audit() returns trigger
language plpgsql security definer set search_path = airlock, pg_temp as $$
declare
  head audit_head;
  chained audit_event;
begin
  delete from audit_note where id = new.id;
  select * into strict head from audit_head for update;
  chained := row(head.sequence + 1, clock_timestamp(), new.actor, new.action, new.entity,
                 new.entity_id, new.before, new.after, new.channel, new.address, new.token,
                 new.request_id, head.hash, '', session_user)::audit_event;
  chained.hash := audit_hash(chained);
  insert into audit_event select chained.*;
  update audit_head set sequence = chained.sequence, hash = chained.hash;
  return null;
end $$;

-- A word that is no channel is refused where it is said, not at the commit.
alter table audit_note add constraint audit_note_channel_check
  check (channel in ('web', 'api', 'cli', 'link', 'policy', 'schedule', 'rule', 'workflow',
                     'migration', 'database'));

-- What the start has changed is the schema owner's word, and nobody else's.
create or replace function audit(actor text, action text, entity text, entity_id text, before text,
                                 after text, channel text, address text, token text,
                                 request_id text) returns void
language plpgsql security definer set search_path = airlock, pg_temp as $$
begin
  if channel = 'migration' and session_user = 'airlock_app' then
    raise exception 'The channel migration is for the owner of the schema: % can''t write by it',
        session_user using errcode = 'insufficient_privilege';
  end if;
  insert into audit_note (actor, action, entity, entity_id, before, after, channel, address, token,
                          request_id)
  values (actor, action, entity, entity_id, before, after, channel, address, token, request_id);
end $$;

-- What was found in a watched folder

-- The folder, and whose the file is there, as the operating system names them; null where somebody
-- has sent it.
alter table publication add column file_owner text;
alter table pipeline_version add column folder text, add column file_owner text;
alter table pipeline_version disable trigger append_only;
update pipeline_version as v set folder = first.folder
  from (select distinct on (file_name, code_digest, published_by) * from publication
        where state = 'published'
        order by file_name, code_digest, published_by, id) as first
  where first.file_name = v.file_name and first.code_digest = v.code_digest
    and first.published_by = v.published_by;
alter table pipeline_version enable trigger append_only;

-- Why somebody has asked for what runs by itself, or is called by it: the code was found in a folder,
-- in a file of theirs. Whoever else may write there is not known.
create function file_objection(voter text, asked approval) returns text
language sql stable set search_path = airlock, pg_temp as $$
  with recursive behind as (
    select id, triggered_by, pipeline, version, parent, called_by from run where id = asked.run_id
    union
    select run.id, run.triggered_by, run.pipeline, run.version, run.parent, run.called_by
    from run join behind on run.id in (behind.parent, behind.called_by))
  select format('%s of the watched folder is a file of %s, and version %s of %s, which runs by itself, came out of it: somebody else must decide.',
                coalesce(published.file_name, 'The code'), voter, published.version,
                published.pipeline)
  from behind join pipeline_version as published using (pipeline, version)
  where published.file_owner = voter
    and exists (select from behind as began
                where began.triggered_by in ('schedule', 'monitor', 'dataset', 'webhook', 'code'))
  limit 1
$$;

-- As V21, and: where it began by itself, whoever published what was called counts as having asked
-- beside whoever published the caller. Nobody else has looked at that version.
create or replace function asked_as(voter text, asked approval) returns text
language sql stable set search_path = airlock, pg_temp as $$
  with recursive behind as (
    select id, requested_by, triggered_by, pipeline, version, created_at, parent, called_by
    from run where id = asked.run_id
    union
    select run.id, run.requested_by, run.triggered_by, run.pipeline, run.version, run.created_at,
           run.parent, run.called_by
    from run join behind on run.id in (behind.parent, behind.called_by)),
  -- Materialized, or whose account it was would be asked of every version that there is.
  published as materialized (
    select version.published_by, version.published_at
    from behind join pipeline_version as version using (pipeline, version)
    where (behind.triggered_by <> behind.requested_by
           and version.published_by = behind.requested_by)
       or exists (select from behind as began
                  where began.triggered_by in ('schedule', 'monitor', 'dataset', 'webhook', 'code')))
  select name from (
    select asked.requested_by as name where asked.requested_by = voter
    union all
    select requested_by from behind
    where voter = requested_by
       -- Nobody's hand is in what starts by itself, but for who published it.
       or (triggered_by not in ('schedule', 'monitor', 'dataset', 'webhook', 'code')
           and account_holder(requested_by, created_at) = voter)
    union all
    select published_by from published
    where published_by = voter or account_holder(published_by, published_at) = voter) as askers
  order by name <> voter
  limit 1
$$;

create or replace function has_asked(voter text, asked approval) returns boolean
language sql stable set search_path = airlock, pg_temp as $$
  select asked_as(voter, asked) is not null or file_objection(voter, asked) is not null
$$;

revoke all on function file_objection(text, approval) from public;
grant execute on function file_objection(text, approval) to airlock_app;
