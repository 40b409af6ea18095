-- In whose hands an account is, and until when. Same owner and same rules as V16.

-- Whoever confirms vouches for a person, and a person is there only after they have taken the
-- account over: as long as the password is the one that an admin gave out, it is the admin's too.
-- The same order of locks as change_person: people by name, then the proposal.
create or replace function settle_proposal(actor text, proposal bigint, confirmed boolean,
                                           origin jsonb)
returns text
language plpgsql security definer set search_path = airlock, pg_temp as $$
declare
  asked person_proposal;
  before jsonb;
begin
  -- Whom it is about and who asked never change.
  select * into asked from person_proposal where id = proposal;
  if not found then
    return format('There is no proposal %s.', proposal);
  end if;
  perform from person where name in (actor, asked.person, asked.asked_by) order by name for update;
  select * into strict asked from person_proposal where id = proposal for update;
  if asked.outcome is not null then
    return format('Proposal %s was %s before.', proposal, asked.outcome);
  end if;
  if not exists (select from person where name = actor and role in ('approver', 'admin')
                   and disabled_at is null) then
    return format('%s is neither approver nor admin.', actor);
  end if;
  if confirmed and actor = asked.asked_by then
    return 'Whoever asks for it does not confirm it: another approver or admin does.';
  end if;
  if confirmed and actor = asked.person then
    return 'Nobody confirms their own role.';
  end if;
  if confirmed and not exists (select from person where name = asked.asked_by and role = 'admin'
                                 and disabled_at is null) then
    return format('%s, who asked for it, is an admin no longer.', asked.asked_by);
  end if;
  if confirmed and actor = account_holder(asked.person, clock_timestamp()) then
    return format('%s made the account of %s, or set its password last, and so does not confirm it: another approver or admin does. Where nobody else is left, ask for the role anew and let %s confirm it.',
                  actor, asked.person, asked.asked_by);
  end if;
  if confirmed and exists (select from person where name = asked.person and must_change) then
    return format('%1$s has not chosen a password yet: whoever gave out the one for the first sign-in could still use it. Let %1$s sign in and choose one, ask them whether they did, and confirm then.',
                  asked.person);
  end if;
  before := standing_of(asked.person);
  update person_proposal
    set outcome = case when confirmed then 'confirmed' else 'refused' end, settled_by = actor,
        settled_at = now()
    where id = proposal;
  if confirmed then
    update person set role = asked.role, role_changed_at = now() where name = asked.person;
    perform replace_teams(asked.person, asked.teams, 'page');
  end if;
  perform note_access(actor, case when confirmed then 'confirm-role' else 'refuse-role' end,
      'person', asked.person, before,
      standing_of(asked.person) || jsonb_build_object('askedBy', asked.asked_by), origin);
  return null;
end $$;

-- Somebody's right to decide rests until a second person gives it back. What was asked for them
-- before is asked anew, by whoever acts now: nobody confirms for another person than they looked at,
-- and nobody confirms after an act of their own.
create or replace function rest_decider(actor text, wanted text, because text) returns void
language plpgsql set search_path = airlock, pg_temp as $$
declare
  known person;
  asked person_proposal;
begin
  select * into strict known from person where name = wanted for update;
  update person_proposal set outcome = 'overtaken', settled_by = actor, settled_at = now()
    where person = wanted and outcome is null returning * into asked;
  if known.role in ('approver', 'admin') then
    update person set role = 'viewer', role_changed_at = now() where name = wanted;
    insert into person_proposal (person, role, teams, reason, asked_by)
      select wanted, known.role, coalesce(array_agg(team), '{}'), because, actor
      from team_member where person = wanted;
  elsif asked.id is not null then
    insert into person_proposal (person, role, teams, reason, asked_by)
      values (wanted, asked.role, asked.teams, because, actor);
  end if;
end $$;

create or replace function reset_password(actor text, wanted text, new_hash text, origin jsonb)
returns text
language plpgsql security definer set search_path = airlock, pg_temp as $$
declare
  objection text := person_objection(actor, wanted);
  known person;
  before jsonb := standing_of(wanted);
begin
  if objection is not null then
    return objection;
  end if;
  select * into strict known from person where name = wanted;
  if known.origin = 'provider' then
    return format('%s signs in with the provider and has no password here.', wanted);
  end if;
  -- Its trigger ends the tokens.
  update person set password_hash = new_hash, password_changed_at = now(), must_change = true
    where name = wanted;
  perform rest_decider(actor, wanted, 'The password was reset.');
  delete from session where person = wanted;
  perform note_access(actor, 'reset-password', 'person', wanted, before, standing_of(wanted),
      origin);
  return null;
end $$;

-- Whether the password that somebody has just proved to know may begin a session. One that another
-- has set may within a day, and within an hour of its first use, until another is chosen: a page that
-- was sent twice and a broken line lock nobody out. Each such sign-in ends the one before.
create or replace function use_password(wanted text) returns boolean
language plpgsql security definer set search_path = airlock, pg_temp as $$
begin
  update person set password_used_at = coalesce(password_used_at, clock_timestamp())
    where name = wanted and disabled_at is null and must_change
      and password_changed_at > clock_timestamp() - interval '24 hours'
      and (password_used_at is null
           or password_used_at > clock_timestamp() - interval '1 hour');
  if found then
    delete from session where person = wanted and expires_at > now();
    return true;
  end if;
  return exists (select from person
                 where name = wanted and disabled_at is null and not must_change);
end $$;

-- A token that went with its file comes back with it (revoked_by is the file then, as its name is).
-- Not so where a person has ended the owner's tokens, or shut the owner out, meanwhile.
create function keep_gone_token_away(wanted text, by_whom text) returns void
language sql set search_path = airlock, pg_temp as $$
  update api_token set revoked_by = by_whom
    where person = wanted and origin = 'file' and revoked_at is not null and revoked_by = name
$$;

-- Of before, when each of them was said to have gone with its file: whose file held another since, ...
update api_token as known set revoked_by = 'another token of ' || name
where origin = 'file' and revoked_at is not null and revoked_by = name
  and exists (
    select from api_token as other
    where other.person = known.person and other.origin = 'file' and other.id <> known.id
      and (other.revoked_at is null or other.revoked_at > known.revoked_at));
-- ... and whose owner somebody has given another password, or shut out, meanwhile.
update api_token as known
set revoked_by = case act.action when 'reset-password' then 'a new password' else act.actor end
from (
  select distinct on (token.id) token.id, event.action, event.actor
  from api_token as token join audit_event as event on event.entity_id = token.person
  where token.origin = 'file' and token.revoked_by = token.name
    and event.entity = 'person' and event.action in ('reset-password', 'disable-person')
    and event.at >= token.revoked_at
  order by token.id, event.sequence) as act
where act.id = known.id;

-- As in V22, and for the token of a file that is gone at the moment.
create or replace function begin_with_another_password() returns trigger
language plpgsql security definer set search_path = airlock, pg_temp as $$
begin
  new.password_used_at := null;
  update api_token set revoked_at = now(), revoked_by = 'a new password'
    where person = new.name and revoked_at is null;
  perform keep_gone_token_away(new.name, 'a new password');
  return new;
end $$;

create or replace function revoke_own_tokens(actor text, origin jsonb) returns int
language plpgsql security definer set search_path = airlock, pg_temp as $$
declare
  known api_token;
  ended int := 0;
begin
  perform keep_gone_token_away(actor, actor);
  for known in
    update api_token set revoked_at = now(), revoked_by = actor
      where person = actor and revoked_at is null returning *
  loop
    ended := ended + 1;
    perform note_access(actor, 'revoke-token', 'token', known.id::text,
        jsonb_build_object('name', known.name, 'person', known.person), null, origin);
  end loop;
  return ended;
end $$;

create or replace function revoke_token(actor text, token bigint, origin jsonb) returns text
language plpgsql security definer set search_path = airlock, pg_temp as $$
declare
  known api_token;
begin
  select * into known from api_token where id = token for update;
  if not found
     or (known.person <> actor
         and not exists (select from person where name = actor and role = 'admin'
                           and disabled_at is null)) then
    return format('%s has no token %s.', actor, token);
  end if;
  -- One that went with its file is not to come back with it.
  if known.revoked_at is null or (known.origin = 'file' and known.revoked_by = known.name) then
    update api_token set revoked_at = coalesce(revoked_at, now()), revoked_by = actor
      where id = token;
    perform note_access(actor, 'revoke-token', 'token', token::text,
        jsonb_build_object('name', known.name, 'person', known.person), null, origin);
  end if;
  return null;
end $$;

-- To let in again whoever decides makes a decider, and takes two as that does. What a provider's
-- people are, its groups say. Whom a lost file has disabled may be disabled by a person as well: the
-- file's return undoes only what its loss has done.
create or replace function disable_person(actor text, wanted text, disabled boolean, origin jsonb)
returns text
language plpgsql security definer set search_path = airlock, pg_temp as $$
declare
  objection text := person_objection(actor, wanted);
  before jsonb := standing_of(wanted);
  known person;
begin
  if objection is not null then
    return objection;
  end if;
  select * into strict known from person where name = wanted;
  if disabled = (known.disabled_at is not null)
     and (not disabled or known.disabled_at is distinct from known.file_gone_at) then
    return null;
  end if;
  update person set disabled_at = case when disabled then clock_timestamp() end
    where name = wanted;
  if disabled then
    perform keep_gone_token_away(wanted, actor);
  elsif known.origin <> 'provider' then
    perform rest_decider(actor, wanted, 'Let in again.');
  end if;
  delete from session where person = wanted;
  perform note_access(actor, case when disabled then 'disable-person' else 'enable-person' end,
      'person', wanted, before, standing_of(wanted), origin);
  return null;
end $$;

-- Whether some graph that is to run asks for the votes of this name, or an open approval does. Graphs
-- of before that asked for it leave the name free: what is resumed under one is not that name's to
-- vote on, see is_asked_for.
create or replace function is_asked_by_name(wanted text) returns boolean
language sql stable set search_path = airlock, pg_temp as $$
  select exists (
      select from approval
      where state = 'open' and wanted = any (array[asked_of, escalated_to] || also_asked))
    or exists (
      select from pipeline
      join pipeline_version as current
        on current.pipeline = pipeline.name and current.version = pipeline.current_version
      cross join lateral jsonb_array_elements(current.graph -> 'stages') as stage
      where pipeline.unpublished_at is null
        and stage -> 'work' ->> 'kind' = 'approval'
        and (stage -> 'work' ->> 'by' = wanted
             or stage -> 'work' -> 'alsoBy' ? wanted
             or stage -> 'work' -> 'escalation' ->> 'to' = wanted))
$$;

-- Whoever came by a provider, and so by a name of the provider's choice, is not meant by a graph that
-- asked for that name before; but by one that was published since, be it once more.
create or replace function is_asked_for(voter text, asked approval) returns boolean
language sql stable set search_path = airlock, pg_temp as $$
  select exists (
    select from unnest(array[asked.asked_of, asked.escalated_to] || asked.also_asked) as named
    where is_entitled(voter, named)
      and (named <> voter
           or not exists (
                select from person
                join run on run.id = asked.run_id
                join pipeline_version as graph
                  on graph.pipeline = run.pipeline and graph.version = run.version
                join pipeline on pipeline.name = run.pipeline
                where person.name = voter and person.origin = 'provider'
                  and person.created_at > graph.published_at
                  and (pipeline.current_version <> graph.version
                       or pipeline.unpublished_at is not null))))
$$;

-- Of before: who was confirmed, and has not chosen a password yet, is confirmed once more.
do $$
declare
  untaken text;
  before jsonb;
begin
  for untaken in
    select name from person where must_change and role in ('approver', 'admin') order by name
  loop
    before := standing_of(untaken);
    perform rest_decider(coalesce(account_holder(untaken, clock_timestamp()), untaken), untaken,
                         'It was confirmed before the account was taken over.');
    perform audit('migration-26', 'change-role', 'person', untaken, before::text,
                  standing_of(untaken)::text, 'migration', null, null, null);
  end loop;
end $$;

-- Grants: what the application may do, and nothing else.

revoke all on all functions in schema airlock from public;
