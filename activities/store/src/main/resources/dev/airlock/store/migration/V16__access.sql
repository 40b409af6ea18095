-- People who are made, changed and disabled while the system runs; tokens of their own; sessions
-- that they can see and end. Same owner and same rules as V1: the application reads these tables,
-- and changes people and tokens by the functions below and in no other way.

-- A person of a file is brought up to date from it until a page has changed the password or role.
alter table person
  alter column password_hash drop not null,
  add column origin text not null default 'file' check (origin in ('file', 'page', 'provider')),
  add column issuer text,
  add column subject text,
  add column disabled_at timestamptz,
  add column password_changed_at timestamptz,
  add column role_changed_at timestamptz,
  -- A password that somebody else has set is good for one thing: to be replaced.
  add column must_change boolean not null default false,
  add constraint person_identity unique (issuer, subject),
  add constraint person_identity_whole check ((issuer is null) = (subject is null));

-- A team's members may stand in the configuration, be put there by an admin, or come from the
-- groups of the provider at each sign-in.
alter table team_member add column origin text not null default 'file'
  check (origin in ('file', 'page', 'provider'));

create table api_token (
  id bigint generated always as identity primary key,
  hash text not null unique,
  person text not null references person,
  name text not null check (length(name) between 1 and 80),
  scopes text[],                   -- null: whatever the person may do
  origin text not null check (origin in ('file', 'page')),
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  revoked_by text
);
create index api_token_person on api_token (person, id);
create unique index api_token_name on api_token (person, name) where revoked_at is null;

insert into api_token (hash, person, name, origin)
  select token_hash, name, 'users/' || name || '.json', 'file' from person;
alter table person drop column token_hash;

alter table session
  add column id bigint generated always as identity unique,
  add column last_used_at timestamptz not null default now(),
  add column address text,
  add column browser text;
create index session_person on session (person);

-- Whoever may open the gate is made by two: one asks for it, another confirms.
create table person_proposal (
  id bigint generated always as identity primary key,
  person text not null references person,
  role text not null check (role in ('viewer', 'engineer', 'approver', 'admin')),
  teams text[] not null,
  reason text not null,
  asked_by text not null,
  asked_at timestamptz not null default clock_timestamp(),
  outcome text check (outcome in ('confirmed', 'refused', 'overtaken')),
  settled_by text,
  settled_at timestamptz
);
create unique index person_proposal_open on person_proposal (person) where outcome is null;

-- Into the audit, from where the application says that it came.
create function note_access(actor text, action text, entity text, entity_id text, before jsonb,
                            after jsonb, origin jsonb) returns void
language sql set search_path = airlock, pg_temp as $$
  select audit(actor, action, entity, entity_id, before::text, after::text, lower(origin ->> 'channel'),
               origin ->> 'address', origin ->> 'token', origin ->> 'requestId')
$$;

-- How somebody stands, as the audit shows it before and after a change.
create function standing_of(wanted text) returns jsonb
language sql set search_path = airlock, pg_temp as $$
  select jsonb_build_object(
           'role', role,
           'teams', (select coalesce(jsonb_agg(team order by team), '[]'::jsonb)
                     from team_member where person = wanted),
           'disabled', disabled_at is not null)
    from person where name = wanted
$$;

create function replace_teams(wanted text, new_teams text[], as_origin text) returns void
language plpgsql set search_path = airlock, pg_temp as $$
begin
  delete from team_member where person = wanted and not team = any (new_teams);
  insert into team_member (team, person, origin)
    select distinct team, wanted, as_origin from unnest(new_teams) as team
    on conflict do nothing;
end $$;

-- Why this actor may not change how somebody stands; null if nothing is in the way. The rows of all
-- admins are locked, so that two of them can't take each other's role at the same moment.
create function person_objection(actor text, wanted text) returns text
language plpgsql set search_path = airlock, pg_temp as $$
begin
  perform from person where role = 'admin' or name = wanted order by name for update;
  if not exists (select from person where name = actor and role = 'admin' and disabled_at is null) then
    return format('%s is no admin.', actor);
  end if;
  if actor = wanted then
    return 'Nobody changes how they stand themselves: ask another admin.';
  end if;
  return null;
end $$;

create function name_objection(wanted text) returns text
language sql set search_path = airlock, pg_temp as $$
  select case
    when wanted !~ '^[a-z0-9][a-z0-9._-]*$' or length(wanted) > 60 then
      'A name is up to 60 lower-case letters, digits, dots, hyphens and underscores.'
    when wanted in ('viewer', 'engineer', 'approver', 'admin', 'schedule')
         or exists (select from team_member where team = wanted)
         or exists (select from pipeline where owner = wanted) then
      format('%s is the name of a role or a team. A person of that name could be taken for it.',
             wanted)
    end
$$;

create function team_objection(new_teams text[]) returns text
language sql set search_path = airlock, pg_temp as $$
  select format('''%s'' is no name of a team: expected lower-case letters, digits, dots, hyphens and underscores, and the name of no person and no role.', team)
    from unnest(new_teams) as team
    where team !~ '^[a-z0-9][a-z0-9._-]*$' or length(team) > 60
       or team in ('viewer', 'engineer', 'approver', 'admin', 'schedule')
       or exists (select from person where name = team)
    limit 1
$$;

create function create_person(actor text, new_name text, new_role text, new_teams text[],
                              new_hash text, because text, origin jsonb) returns text
language plpgsql security definer set search_path = airlock, pg_temp as $$
declare
  objection text;
  decides boolean := new_role in ('approver', 'admin');
begin
  objection := coalesce(person_objection(actor, new_name), name_objection(new_name),
                        team_objection(new_teams));
  if objection is not null then
    return objection;
  end if;
  insert into person (name, role, password_hash, origin, must_change, password_changed_at,
                      role_changed_at)
    values (new_name, case when decides then 'viewer' else new_role end, new_hash, 'page', true,
            now(), now());
  if decides then
    insert into person_proposal (person, role, teams, reason, asked_by)
      values (new_name, new_role, new_teams, because, actor);
  else
    perform replace_teams(new_name, new_teams, 'page');
  end if;
  perform note_access(actor, 'create-person', 'person', new_name, null,
      standing_of(new_name) || jsonb_build_object('asked', new_role, 'askedTeams', new_teams),
      origin);
  return null;
end $$;

-- What widens somebody's right to decide waits for a second pair of eyes; the rest is done at once.
create function change_person(actor text, wanted text, new_role text, new_teams text[],
                              because text, origin jsonb) returns text
language plpgsql security definer set search_path = airlock, pg_temp as $$
declare
  objection text;
  known person;
  fixed text;
  before jsonb;
begin
  objection := coalesce(person_objection(actor, wanted), team_objection(new_teams));
  if objection is not null then
    return objection;
  end if;
  select * into strict known from person where name = wanted;
  if known.origin = 'provider' then
    return format('The role and the teams of %s come from the provider''s groups, at each sign-in.',
                  wanted);
  end if;
  select team into fixed from team_member
    where person = wanted and team_member.origin = 'file' and not team = any (new_teams) limit 1;
  if found then
    return format('%s is in team %s by AIRLOCK_TEAMS: change it there.', wanted, fixed);
  end if;
  before := standing_of(wanted);
  update person_proposal set outcome = 'overtaken', settled_by = actor, settled_at = now()
    where person = wanted and outcome is null;
  if new_role in ('approver', 'admin')
     and (new_role <> known.role
          or exists (select unnest(new_teams)
                     except select team from team_member where person = wanted)) then
    insert into person_proposal (person, role, teams, reason, asked_by)
      values (wanted, new_role, new_teams, because, actor);
    perform note_access(actor, 'propose-role', 'person', wanted, before,
        jsonb_build_object('asked', new_role, 'askedTeams', new_teams, 'reason', because), origin);
    return null;
  end if;
  update person set role = new_role, role_changed_at = now() where name = wanted;
  perform replace_teams(wanted, new_teams, 'page');
  perform note_access(actor, 'change-role', 'person', wanted, before,
      standing_of(wanted) || jsonb_build_object('reason', because), origin);
  return null;
end $$;

create function settle_proposal(actor text, proposal bigint, confirmed boolean, origin jsonb)
returns text
language plpgsql security definer set search_path = airlock, pg_temp as $$
declare
  asked person_proposal;
  before jsonb;
begin
  select * into asked from person_proposal where id = proposal for update;
  if not found then
    return format('There is no proposal %s.', proposal);
  end if;
  if asked.outcome is not null then
    return format('Proposal %s was %s before.', proposal, asked.outcome);
  end if;
  perform from person where name in (actor, asked.person, asked.asked_by) order by name for update;
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

create function disable_person(actor text, wanted text, disabled boolean, origin jsonb)
returns text
language plpgsql security definer set search_path = airlock, pg_temp as $$
declare
  objection text := person_objection(actor, wanted);
  before jsonb := standing_of(wanted);
begin
  if objection is not null then
    return objection;
  end if;
  update person set disabled_at = case when disabled then now() end where name = wanted;
  delete from session where person = wanted;
  perform note_access(actor, case when disabled then 'disable-person' else 'enable-person' end,
      'person', wanted, before, standing_of(wanted), origin);
  return null;
end $$;

-- Whoever sets the password of a person who decides could decide in their name. So the right to
-- decide rests until a second person gives it back.
create function reset_password(actor text, wanted text, new_hash text, origin jsonb) returns text
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
  update person set password_hash = new_hash, password_changed_at = now(), must_change = true
    where name = wanted;
  if known.role in ('approver', 'admin') then
    update person set role = 'viewer', role_changed_at = now() where name = wanted;
    insert into person_proposal (person, role, teams, reason, asked_by)
      select wanted, known.role, coalesce(array_agg(team), '{}'), 'The password was reset.', actor
      from team_member where person = wanted
      on conflict do nothing;
  end if;
  delete from session where person = wanted;
  update api_token as t set revoked_at = now(), revoked_by = actor
    where t.person = wanted and t.origin = 'page' and t.revoked_at is null;
  perform note_access(actor, 'reset-password', 'person', wanted, before, standing_of(wanted),
      origin);
  return null;
end $$;

-- The application has compared the old password before.
create function change_own_password(actor text, new_hash text, origin jsonb) returns text
language plpgsql security definer set search_path = airlock, pg_temp as $$
begin
  update person
    set password_hash = new_hash, password_changed_at = now(), must_change = false
    where name = actor and person.origin <> 'provider' and disabled_at is null;
  if not found then
    return 'There is no password here to change: the provider keeps it.';
  end if;
  delete from session where person = actor;
  perform note_access(actor, 'change-password', 'person', actor, null, null, origin);
  return null;
end $$;

create function create_token(actor text, new_hash text, new_name text, new_scopes text[],
                             until timestamptz, origin jsonb) returns bigint
language plpgsql security definer set search_path = airlock, pg_temp as $$
declare
  made bigint;
begin
  insert into api_token (hash, person, name, scopes, origin, expires_at)
    values (new_hash, actor, new_name, new_scopes, 'page', until) returning id into made;
  perform note_access(actor, 'create-token', 'token', made::text, null,
      jsonb_build_object('name', new_name, 'scopes', new_scopes, 'expiresAt', until), origin);
  return made;
end $$;

create function revoke_token(actor text, token bigint, origin jsonb) returns text
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
  if known.revoked_at is null then
    update api_token set revoked_at = now(), revoked_by = actor where id = token;
    perform note_access(actor, 'revoke-token', 'token', token::text,
        jsonb_build_object('name', known.name, 'person', known.person), null, origin);
  end if;
  return null;
end $$;

-- Somebody whom the provider vouches for. Known by issuer and subject alone: a name that is taken
-- here belongs to somebody else, whatever the provider calls its people.
create function sign_in_from(from_issuer text, from_subject text, wished text, new_role text,
                             new_teams text[], origin jsonb) returns text
language plpgsql security definer set search_path = airlock, pg_temp as $$
declare
  known person;
  free text := wished;
  before jsonb;
begin
  perform pg_advisory_xact_lock(hashtext('airlock.sign_in_from'));
  select * into known from person where issuer = from_issuer and subject = from_subject for update;
  if not found then
    for attempt in 2 .. 1000 loop
      exit when name_objection(free) is null
                and not exists (select from person where name = free);
      free := left(wished, 54) || '-' || attempt;
    end loop;
    insert into person (name, role, origin, issuer, subject, role_changed_at)
      values (free, new_role, 'provider', from_issuer, from_subject, now());
    perform replace_teams(free, new_teams, 'provider');
    perform note_access(free, 'create-person', 'person', free, null, standing_of(free), origin);
    return free;
  end if;
  before := standing_of(known.name);
  update person set role = new_role where name = known.name and role <> new_role;
  perform replace_teams(known.name, new_teams, 'provider');
  if before <> standing_of(known.name) then
    perform note_access(known.name, 'change-role', 'person', known.name, before,
        standing_of(known.name), origin);
  end if;
  return known.name;
end $$;

-- Whoever is disabled decides nothing, and what they have decided opens nothing any more.
create or replace function is_entitled(voter text, named text) returns boolean
language sql stable set search_path = airlock, pg_temp as $$
  select exists (
    select from person
    where person.name = voter
      and person.role in ('approver', 'admin')
      and person.disabled_at is null
      and (named = person.name
           or named = person.role
           or exists (select from team_member where team = named and team_member.person = voter)))
$$;

revoke all on function standing_of(text),
  note_access(text, text, text, text, jsonb, jsonb, jsonb), replace_teams(text, text[], text),
  person_objection(text, text), name_objection(text), team_objection(text[]),
  create_person(text, text, text, text[], text, text, jsonb),
  change_person(text, text, text, text[], text, jsonb),
  settle_proposal(text, bigint, boolean, jsonb), disable_person(text, text, boolean, jsonb),
  reset_password(text, text, text, jsonb), change_own_password(text, text, jsonb),
  create_token(text, text, text, text[], timestamptz, jsonb), revoke_token(text, bigint, jsonb),
  sign_in_from(text, text, text, text, text[], jsonb) from public;
grant execute on function create_person(text, text, text, text[], text, text, jsonb),
  change_person(text, text, text, text[], text, jsonb),
  settle_proposal(text, bigint, boolean, jsonb), disable_person(text, text, boolean, jsonb),
  reset_password(text, text, text, jsonb), change_own_password(text, text, jsonb),
  create_token(text, text, text, text[], timestamptz, jsonb), revoke_token(text, bigint, jsonb),
  sign_in_from(text, text, text, text, text[], jsonb) to airlock_app;
grant select on api_token, person_proposal to airlock_app;
grant update (last_used_at) on api_token to airlock_app;
