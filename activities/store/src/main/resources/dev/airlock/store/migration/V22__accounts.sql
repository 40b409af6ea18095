-- What a password, a token and a name are good for. Same owner and same rules as V16.

alter table person
  -- When somebody signed in with a password that another has set: it is good for that once.
  add column password_used_at timestamptz,
  -- When the provider last said that this is one of its people; null where no provider keeps them.
  add column vouched_at timestamptz;
update person set vouched_at = now() where origin = 'provider';
-- Their day begins now: nobody has told them of one before.
update person set password_changed_at = now() where must_change and password_changed_at is not null;
-- Resets of before have left the token of the person's file as it was.
update api_token as known set revoked_at = now(), revoked_by = 'a new password'
where origin = 'file' and revoked_at is null
  and exists (
    select from audit_event
    where entity = 'person' and entity_id = known.person and action = 'reset-password'
      and at > known.created_at);

-- Votes and runs are somebody's by their name: nobody is to bear one by which the system itself acts.
create or replace function name_objection(wanted text) returns text
language sql set search_path = airlock, pg_temp as $$
  select case
    when wanted !~ '^[a-z0-9][a-z0-9._-]*$' or length(wanted) > 60 then
      'A name is up to 60 lower-case letters, digits, dots, hyphens and underscores.'
    when wanted in ('viewer', 'engineer', 'approver', 'admin', 'schedule')
         or exists (select from team_member where team = wanted)
         or exists (select from pipeline where owner = wanted) then
      format('%s is the name of a role or a team. A person of that name could be taken for it.',
             wanted)
    when wanted ~ '^run-[0-9]+$' then
      format('%s is how the audit calls a run. A person of that name could be taken for it.',
             wanted)
  end
$$;

-- Whether some graph asks for the votes of this name, or an approval has.
create function is_asked_by_name(wanted text) returns boolean
language sql stable set search_path = airlock, pg_temp as $$
  select exists (
      select from approval
      where wanted = any (array[asked_of, escalated_to] || also_asked))
    or exists (
      select from pipeline_version
      cross join lateral jsonb_array_elements(graph -> 'stages') as stage
      where stage -> 'work' ->> 'kind' = 'approval'
        and (stage -> 'work' ->> 'by' = wanted
             or stage -> 'work' -> 'alsoBy' ? wanted
             or stage -> 'work' -> 'escalation' ->> 'to' = wanted))
$$;

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

-- Somebody's right to decide rests until a second person gives it back.
create function rest_decider(actor text, wanted text, because text) returns void
language plpgsql set search_path = airlock, pg_temp as $$
declare
  known person;
begin
  select * into strict known from person where name = wanted;
  if known.role in ('approver', 'admin') then
    update person set role = 'viewer', role_changed_at = now() where name = wanted;
    insert into person_proposal (person, role, teams, reason, asked_by)
      select wanted, known.role, coalesce(array_agg(team), '{}'), because, actor
      from team_member where person = wanted
      on conflict do nothing;
  end if;
end $$;

-- To let in again whoever decides makes a decider, and takes two as that does. What a provider's
-- people are, its groups say.
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
  if disabled = (known.disabled_at is not null) then
    return null;
  end if;
  update person set disabled_at = case when disabled then now() end where name = wanted;
  if not disabled and known.origin <> 'provider' then
    perform rest_decider(actor, wanted, 'Let in again.');
  end if;
  delete from session where person = wanted;
  perform note_access(actor, case when disabled then 'disable-person' else 'enable-person' end,
      'person', wanted, before, standing_of(wanted), origin);
  return null;
end $$;

-- Whether the password that somebody has just proved to know may begin a session. One that another
-- has set may once, within a day.
create function use_password(wanted text) returns boolean
language plpgsql security definer set search_path = airlock, pg_temp as $$
begin
  update person set password_used_at = clock_timestamp()
    where name = wanted and disabled_at is null and must_change and password_used_at is null
      and password_changed_at > clock_timestamp() - interval '24 hours';
  return found
    or exists (select from person
               where name = wanted and disabled_at is null and not must_change);
end $$;

-- Whoever's hand sets somebody else's password: it is a new one, and no token of before is good any
-- more, that of the file as little as others. Who had it could go on in that name.
create function begin_with_another_password() returns trigger
language plpgsql security definer set search_path = airlock, pg_temp as $$
begin
  new.password_used_at := null;
  update api_token set revoked_at = now(), revoked_by = 'a new password'
    where person = new.name and revoked_at is null;
  return new;
end $$;
create trigger begin_with_another_password before update of password_hash on person
  for each row when (new.must_change and new.password_hash is distinct from old.password_hash)
  execute function begin_with_another_password();

-- Ends all of one's own tokens, that of the file too; answers how many.
create function revoke_own_tokens(actor text, origin jsonb) returns int
language plpgsql security definer set search_path = airlock, pg_temp as $$
declare
  known api_token;
  ended int := 0;
begin
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

-- Whoever comes with a token makes none that is good for more, or for longer, than that one.
create or replace function create_token(actor text, new_hash text, new_name text,
                                        new_scopes text[], until timestamptz, origin jsonb)
returns bigint
language plpgsql security definer set search_path = airlock, pg_temp as $$
declare
  by_token text := origin ->> 'token';
  own api_token;
  made bigint;
begin
  -- A reset of the password waits until this is over, or has been: it ends this token, too.
  perform from person where name = actor for key share;
  if by_token is not null then
    select * into own from api_token
      where person = actor and name = by_token and revoked_at is null;
    if not found or own.expires_at <= now() then
      raise exception 'The token % of % is over.', by_token, actor
        using errcode = 'insufficient_privilege';
    end if;
    if own.scopes is not null then
      raise exception 'A token with scopes makes no tokens.'
        using errcode = 'insufficient_privilege';
    end if;
    if own.expires_at is not null and (until is null or until > own.expires_at) then
      raise exception 'A token that ends makes none that lasts longer: at most until %.',
          own.expires_at
        using errcode = 'insufficient_privilege';
    end if;
  end if;
  insert into api_token (hash, person, name, scopes, origin, expires_at)
    values (new_hash, actor, new_name, new_scopes, 'page', until) returning id into made;
  perform note_access(actor, 'create-token', 'token', made::text, null,
      jsonb_build_object('name', new_name, 'scopes', new_scopes, 'expiresAt', until), origin);
  return made;
end $$;

-- Somebody whom the provider vouches for, by now. The name is the provider's word: nobody gets one
-- by which a graph asks for votes.
create or replace function sign_in_from(from_issuer text, from_subject text, wished text,
                                        new_role text, new_teams text[], origin jsonb)
returns text
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
                and not is_asked_by_name(free)
                and not exists (select from person where name = free);
      free := left(wished, 54) || '-' || attempt;
    end loop;
    insert into person (name, role, origin, issuer, subject, role_changed_at, vouched_at)
      values (free, new_role, 'provider', from_issuer, from_subject, now(), now());
    perform replace_teams(free, new_teams, 'provider');
    perform note_access(free, 'create-person', 'person', free, null, standing_of(free), origin);
    return free;
  end if;
  before := standing_of(known.name);
  update person set role = new_role, vouched_at = now() where name = known.name;
  perform replace_teams(known.name, new_teams, 'provider');
  if before <> standing_of(known.name) then
    perform note_access(known.name, 'change-role', 'person', known.name, before,
        standing_of(known.name), origin);
  end if;
  return known.name;
end $$;

revoke all on function is_asked_by_name(text), rest_decider(text, text, text), use_password(text),
  revoke_own_tokens(text, jsonb), begin_with_another_password() from public;
grant execute on function use_password(text), revoke_own_tokens(text, jsonb) to airlock_app;
