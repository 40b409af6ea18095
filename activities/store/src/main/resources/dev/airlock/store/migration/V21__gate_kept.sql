-- The gate's law, kept against whoever writes past the application's doors: acts leave their row of
-- the audit by themselves, one person is not two by a second account, an approval ends with the
-- champion that it was given beside, and no question stays open for longer than its graph says.

-- Acts of the gate, in the audit

alter table audit_event drop constraint audit_event_channel_check;
alter table audit_event add constraint audit_event_channel_check
  check (channel in ('web', 'api', 'cli', 'link', 'policy', 'schedule', 'rule', 'workflow',
                     'migration', 'database'));

-- From where an act comes: the application says so for its transaction, as airlock.acting, before it
-- writes. Rows that are written without that word came straight into the database.
create function audit_act(actor text, action text, entity text, entity_id text, before json,
                          after json) returns void
language plpgsql set search_path = airlock, pg_temp as $$
declare
  said jsonb := nullif(current_setting('airlock.acting', true), '')::jsonb;
begin
  perform audit(coalesce(actor, said ->> 'actor', session_user), action, entity, entity_id,
                before::text, after::text, coalesce(lower(said ->> 'channel'), 'database'),
                said ->> 'address', said ->> 'token', said ->> 'requestId');
end $$;

create function audit_opening() returns trigger
language plpgsql security definer set search_path = airlock, pg_temp as $$
begin
  perform audit_act(new.requested_by, 'open-approval', 'approval', new.id::text, null,
    json_build_object(
      'askedOf', array_to_string(new.asked_of || new.also_asked, ' or '), 'digest', new.digest,
      'model', new.model, 'quorum', new.quorum, 'run', new.run_id, 'version', new.version));
  return null;
end $$;
create trigger audit_opening after insert on approval
  for each row execute function audit_opening();

-- No column says who closes: whoever the application names, else the role that wrote it.
create function audit_closing() returns trigger
language plpgsql security definer set search_path = airlock, pg_temp as $$
begin
  perform audit_act(null, 'close-approval', 'approval', new.id::text,
    json_build_object('state', old.state),
    json_build_object('reason', new.because, 'state', new.state));
  return null;
end $$;
create trigger audit_closing after update of state on approval
  for each row when (old.state is distinct from new.state) execute function audit_closing();

create function audit_revocation() returns trigger
language plpgsql security definer set search_path = airlock, pg_temp as $$
begin
  perform audit_act(new.revoked_by, 'revoke-approval', 'approval', new.id::text,
    json_build_object('state', new.state),
    json_build_object('reason', new.revoked_because, 'state', 'revoked'));
  return null;
end $$;
create trigger audit_revocation after update of revoked_at on approval
  for each row when (old.revoked_at is null and new.revoked_at is not null)
  execute function audit_revocation();

create function audit_vote() returns trigger
language plpgsql security definer set search_path = airlock, pg_temp as $$
begin
  perform audit_act(new.person, 'decide', 'approval', new.approval_id::text, null,
    case when new.policy_id is null then json_build_object(
      'decision', new.id, 'digest', new.digest, 'reason', new.reason, 'verdict', new.verdict)
    else json_build_object(
      'decision', new.id, 'digest', new.digest, 'policy', new.policy_id, 'reason', new.reason,
      'verdict', new.verdict) end);
  return null;
end $$;
create trigger audit_vote after insert on decision
  for each row execute function audit_vote();

-- A vote that is taken back before its run has heard of it is refused by that, not once more.
create function audit_refusal() returns trigger
language plpgsql security definer set search_path = airlock, pg_temp as $$
begin
  perform audit_act(new.person, 'refuse-decision', 'approval', new.approval_id::text, null,
    json_build_object('decision', new.id, 'refused', new.outcome_reason));
  return null;
end $$;
create trigger audit_refusal after update of outcome on decision
  for each row when (old.outcome is null and new.outcome = 'refused'
                     and new.withdrawn_at is not distinct from old.withdrawn_at)
  execute function audit_refusal();

create function audit_withdrawal() returns trigger
language plpgsql security definer set search_path = airlock, pg_temp as $$
begin
  perform audit_act(new.withdrawn_by, 'withdraw-vote', 'approval', new.approval_id::text,
    json_build_object('decision', new.id, 'person', new.person, 'verdict', new.verdict),
    json_build_object('reason', new.withdrawn_because));
  return null;
end $$;
create trigger audit_withdrawal after update of withdrawn_at on decision
  for each row when (old.withdrawn_at is null and new.withdrawn_at is not null)
  execute function audit_withdrawal();

create function audit_policy() returns trigger
language plpgsql security definer set search_path = airlock, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    perform audit_act(new.signed_by, 'sign-policy', 'policy', new.id::text, null,
      json_build_object(
        'pipeline', new.pipeline, 'version', new.version, 'stage', new.stage,
        'graphDigest', new.graph_digest, 'codeDigest', new.code_digest, 'params', new.params,
        'bounds', new.bounds, 'minimumRows', new.minimum_rows, 'reason', new.reason,
        'expiresAt', to_char(new.expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')));
  else
    perform audit_act(new.revoked_by, 'revoke-policy', 'policy', new.id::text, null,
      json_build_object('reason', new.revoked_because));
  end if;
  return null;
end $$;
create trigger audit_signature after insert on approval_policy
  for each row execute function audit_policy();
create trigger audit_revocation after update of revoked_at on approval_policy
  for each row when (old.revoked_at is null and new.revoked_at is not null)
  execute function audit_policy();

-- What was done once is whole, and stays as it was said.

alter table approval add constraint approval_revoked_whole
  check (num_nonnulls(revoked_at, revoked_by, revoked_because) in (0, 3));
alter table decision add constraint decision_withdrawn_whole
  check (num_nonnulls(withdrawn_at, withdrawn_by, withdrawn_because) in (0, 3));
alter table approval_policy add constraint approval_policy_revoked_whole
  check (num_nonnulls(revoked_at, revoked_by, revoked_because) in (0, 3));

create or replace function close_once() returns trigger
language plpgsql set search_path = airlock, pg_temp as $$
begin
  if old.state <> 'open'
     and (new.state, new.because, new.closed_at)
         is distinct from (old.state, old.because, old.closed_at) then
    raise exception 'Approval % was closed before', old.id using errcode = 'insufficient_privilege';
  end if;
  if old.revoked_at is not null
     and (new.revoked_at, new.revoked_by, new.revoked_because)
         is distinct from (old.revoked_at, old.revoked_by, old.revoked_because) then
    raise exception 'Approval % was revoked before', old.id using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;

-- 92 days, as hours: a day is longer or shorter by the clock of the session's time zone. One hour
-- more for policies of before, which were reckoned by such a clock.
alter table approval_policy drop constraint approval_policy_check;
alter table approval_policy add constraint approval_policy_check
  check (expires_at > signed_at and expires_at <= signed_at + interval '2209 hours');

-- No question for longer than its graph says

create or replace function begin_approval() returns trigger
language plpgsql set search_path = airlock, pg_temp as $$
begin
  new.digest := new.evidence_digest;
  -- Whoever asks by a hand-made task may ask for less, and so for a rejection, but not for more.
  new.expires_at := least(new.expires_at,
    new.opened_at + (question(new.run_id, new.stage) ->> 'within')::interval);
  return new;
end $$;

-- One person by two accounts

create index audit_event_account on audit_event (entity_id, sequence desc)
  where entity = 'person' and action in ('create-person', 'reset-password');

-- Who had somebody's account in their hands at a moment: whoever had last made it or set its
-- password by then. The account's own name where that was the provider; null where it was a file.
-- A reset ends all sessions and tokens, and so hands the account over.
create function account_holder(account text, as_of timestamptz) returns text
language sql stable set search_path = airlock, pg_temp as $$
  select actor from audit_event
  where entity = 'person' and entity_id = account
    and action in ('create-person', 'reset-password') and at <= as_of
  order by sequence desc limit 1
$$;

-- As whom somebody has asked: by their own name for the run, for one that it resumes or for one that
-- called it; or by an account that was in their hands when it asked. Scheduled runs were asked for
-- when their pipeline was published. Null where they have not asked.
create function asked_as(voter text, asked approval) returns text
language sql stable set search_path = airlock, pg_temp as $$
  with recursive behind as (
    select id, requested_by, triggered_by, pipeline, version, created_at, parent, called_by
    from run where id = asked.run_id
    union
    select run.id, run.requested_by, run.triggered_by, run.pipeline, run.version, run.created_at,
           run.parent, run.called_by
    from run join behind on run.id in (behind.parent, behind.called_by))
  select name from (
    select asked.requested_by as name where asked.requested_by = voter
    union all
    select requested_by from behind
    where voter = requested_by
       -- Nobody's hand is in what starts by itself, but for who published it.
       or (triggered_by not in ('schedule', 'monitor', 'dataset', 'webhook', 'code')
           and account_holder(requested_by, created_at) = voter)
    union all
    select behind.requested_by
    from behind join pipeline_version as published using (pipeline, version)
    where behind.triggered_by <> behind.requested_by
      and published.published_by = behind.requested_by
      and account_holder(published.published_by, published.published_at) = voter) as askers
  order by name <> voter
  limit 1
$$;

create or replace function has_asked(voter text, asked approval) returns boolean
language sql stable set search_path = airlock, pg_temp as $$
  select asked_as(voter, asked) is not null
$$;

-- An approval is given beside a champion

-- Revisions of before V15 say of no champion, since nobody had noted one.
alter table approval_evidence disable trigger append_only;
update approval_evidence as first set champion = (
    select history.version from alias_history as history
    where history.model = asked.model and history.at <= first.at
    order by history.epoch desc limit 1)
  from approval as asked
  where asked.id = first.approval_id and first.revision = 1 and first.champion is null;
alter table approval_evidence enable trigger append_only;

-- Why an approval no longer fits what is live: another version than the one that voters saw it held
-- against, or what is asked about itself, has taken the traffic since. Null where it fits.
create function champion_objection(asked approval) returns text
language plpgsql stable set search_path = airlock, pg_temp as $$
declare
  live routing;
  seen int;
  seen_digest text;
begin
  select * into live from routing where model = asked.model;
  if not found or live.artifact_digest = asked.artifact_digest then
    return null;
  end if;
  select champion into seen from approval_evidence
    where approval_id = asked.id order by revision desc limit 1;
  select artifact_digest into seen_digest from model_version
    where model = asked.model and version = seen;
  if live.artifact_digest is not distinct from seen_digest then
    return null;
  end if;
  return format('Approval %s was given beside %s, but version %s of %s is live since %s UTC: a new run asks anew, beside that.',
                asked.id, coalesce('version ' || seen, 'nothing that was live'), live.version, asked.model,
                to_char(live.since at time zone 'UTC', 'YYYY-MM-DD HH24:MI'));
end $$;

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
    return format('Approval %s holds %s votes of people who may open it; it needs %s.', wanted,
                  votes, asked.quorum);
  end if;
  return champion_objection(asked);
end $$;

-- Grants: what the application may do, and nothing else.

revoke all on all functions in schema airlock from public;
grant execute on function account_holder(text, timestamptz) to airlock_app;
grant execute on function asked_as(text, approval) to airlock_app;
grant execute on function champion_objection(approval) to airlock_app;
