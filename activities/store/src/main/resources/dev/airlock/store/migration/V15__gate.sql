-- The gate in full: several who are asked, escalation, reminders, votes taken back, evidence that
-- changes while people look at it, and policies that vote in their signer's name.

alter table approval
  add column also_asked text[] not null default '{}',
  add column escalated_to text,
  add column escalated_at timestamptz,
  add column digest text; -- what is to be looked at now: of the newest revision of the evidence
update approval set digest = evidence_digest;
alter table approval alter column digest set not null;

-- What was to be looked at, revision by revision. Append-only; written by the functions below alone.
create table approval_evidence (
  approval_id bigint not null references approval,
  revision int not null check (revision >= 1),
  digest text not null,
  champion int, -- the live version, which it is held against; null for none
  because text not null,
  at timestamptz not null default clock_timestamp(),
  primary key (approval_id, revision)
);
insert into approval_evidence (approval_id, revision, digest, because, at)
  select id, 1, evidence_digest, 'As it was judged.', opened_at from approval;
create trigger append_only before update or delete or truncate on approval_evidence
  for each statement execute function refuse_change();

-- A person's word in advance: this code, these params, these bounds, until then.
create table approval_policy (
  id bigint generated always as identity primary key,
  pipeline text not null,
  version int not null,
  stage text not null,
  graph_digest text not null,
  code_digest text not null,
  params jsonb not null,
  bounds jsonb not null check (jsonb_typeof(bounds) = 'array' and jsonb_array_length(bounds) >= 1),
  minimum_rows bigint not null check (minimum_rows >= 1), -- of the holdout
  signed_by text not null references person,
  reason text not null check (btrim(reason) <> ''),
  signed_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  revoked_by text,
  revoked_because text,
  foreign key (pipeline, version) references pipeline_version,
  check (expires_at > signed_at and expires_at <= signed_at + interval '92 days')
);
create index approval_policy_by_stage on approval_policy (pipeline, stage, id);
create trigger append_only before delete or truncate on approval_policy
  for each statement execute function refuse_change();

create function revoke_policy_once() returns trigger language plpgsql as $$
begin
  if old.revoked_at is not null then
    raise exception 'Policy % was revoked before', old.id using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger revoke_once before update on approval_policy
  for each row execute function revoke_policy_once();

-- What a policy made of an approval, once.
create table policy_look (
  approval_id bigint not null references approval,
  policy_id bigint not null references approval_policy,
  voted boolean not null,
  because text not null,
  at timestamptz not null default clock_timestamp(),
  primary key (approval_id, policy_id)
);
create trigger append_only before update or delete or truncate on policy_look
  for each statement execute function refuse_change();

-- A vote may be taken back while the approval is open, and is given anew on new evidence.
alter table decision
  add column policy_id bigint references approval_policy,
  add column withdrawn_at timestamptz,
  add column withdrawn_by text,
  add column withdrawn_because text;
drop index decision_one_vote;
create unique index decision_one_vote on decision (approval_id, person, digest)
  where outcome is distinct from 'refused' and withdrawn_at is null;

create or replace function settle_once() returns trigger
language plpgsql set search_path = airlock, pg_temp as $$
begin
  if old.outcome is not null
     and (new.outcome, new.outcome_reason, new.settled_at)
         is distinct from (old.outcome, old.outcome_reason, old.settled_at) then
    raise exception 'Decision % was settled before', old.id using errcode = 'insufficient_privilege';
  end if;
  if (new.withdrawn_at, new.withdrawn_by, new.withdrawn_because)
     is distinct from (old.withdrawn_at, old.withdrawn_by, old.withdrawn_because) then
    if old.withdrawn_at is not null then
      raise exception 'Decision % was withdrawn before', old.id
        using errcode = 'insufficient_privilege';
    end if;
    if not exists (select from approval where id = old.approval_id and state = 'open') then
      raise exception 'Approval % is closed: its votes stay', old.approval_id
        using errcode = 'insufficient_privilege';
    end if;
  end if;
  return new;
end $$;

-- Words to people that fall due: they are raised by the clock, and settled by whoever sends them.
create table approval_call (
  id bigint generated always as identity primary key,
  approval_id bigint not null references approval,
  kind text not null check (kind in ('asked', 'reminder', 'escalated', 'renewed', 'decided')),
  due_at timestamptz not null,
  raised_at timestamptz,  -- null while it lies ahead, or where the approval's end came first
  settled_at timestamptz  -- nothing more will come of it
);
create index approval_call_ahead on approval_call (due_at)
  where raised_at is null and settled_at is null;
create index approval_call_raised on approval_call (id)
  where raised_at is not null and settled_at is null;
create index approval_call_by_approval on approval_call (approval_id, id);
create trigger append_only before delete or truncate on approval_call
  for each statement execute function refuse_change();

-- The stage of the run's own graph that asks.
create function question(of_run bigint, of_stage text) returns jsonb
language sql stable set search_path = airlock, pg_temp as $$
  select graph_stage -> 'work'
  from run
  join pipeline_version using (pipeline, version)
  cross join lateral jsonb_array_elements(pipeline_version.graph -> 'stages') as graph_stage
  where run.id = of_run and graph_stage ->> 'name' = of_stage
    and graph_stage -> 'work' ->> 'kind' = 'approval'
$$;

-- The one law of who may vote: somebody whom the approval asks, by now, and who has not asked.

create function is_asked_for(voter text, asked approval) returns boolean
language sql stable set search_path = airlock, pg_temp as $$
  select exists (
    select from unnest(array[asked.asked_of, asked.escalated_to] || asked.also_asked) as named
    where is_entitled(voter, named))
$$;

-- Whoever asked for the run, for one that it resumes, or for one that called it.
create function has_asked(voter text, asked approval) returns boolean
language sql stable set search_path = airlock, pg_temp as $$
  with recursive behind as (
    select id, requested_by, parent, called_by from run where id = asked.run_id
    union
    select run.id, run.requested_by, run.parent, run.called_by
    from run join behind on run.id in (behind.parent, behind.called_by))
  select voter = asked.requested_by
    or exists (select from behind where behind.requested_by = voter)
$$;

create function may_vote(voter text, asked approval) returns boolean
language sql stable set search_path = airlock, pg_temp as $$
  select is_asked_for(voter, asked) and not has_asked(voter, asked)
$$;

-- Why a vote that a policy gave does not count; null where it does. Its figures were held against
-- the bounds when it voted; this is what binds it.
create function policy_objection(vote decision, asked approval) returns text
language plpgsql stable set search_path = airlock, pg_temp as $$
declare
  policy approval_policy;
  asking run;
  published pipeline_version;
begin
  select * into policy from approval_policy where id = vote.policy_id;
  if not found then
    return format('There is no policy %s.', vote.policy_id);
  end if;
  if policy.signed_by <> vote.person then
    return format('Policy %s was signed by %s, not by %s.', policy.id, policy.signed_by,
                  vote.person);
  end if;
  if vote.decided_at < policy.signed_at or vote.decided_at >= policy.expires_at then
    return format('Policy %s expired at %s.', policy.id, policy.expires_at);
  end if;
  if policy.revoked_at <= vote.decided_at then
    return format('Policy %s was revoked by %s: %s', policy.id, policy.revoked_by,
                  policy.revoked_because);
  end if;
  select * into strict asking from run where id = asked.run_id;
  select * into strict published from pipeline_version
    where pipeline = asking.pipeline and version = asking.version;
  if policy.pipeline <> asking.pipeline or policy.stage <> asked.stage
     or policy.graph_digest <> published.graph_digest
     or policy.code_digest <> published.code_digest then
    return format('Policy %s was signed for other code than run %s ran.', policy.id, asking.id);
  end if;
  if policy.params <> asking.params then
    return format('Policy %s was signed for other params than those of run %s.', policy.id,
                  asking.id);
  end if;
  if (question(asked.run_id, asked.stage) ->> 'policyAllowed')::boolean is distinct from true then
    return format('Stage %s of run %s takes no policies.', asked.stage, asking.id);
  end if;
  if vote.digest <> asked.evidence_digest then
    return format('Policy %s votes on evidence as it was judged; it has changed since.', policy.id);
  end if;
  return null;
end $$;

-- The votes for an approval that count now: of people who may vote, not taken back, on the evidence
-- as it is, and those of policies in force.
create function standing_votes(wanted bigint) returns setof decision
language sql stable set search_path = airlock, pg_temp as $$
  select vote.*
  from decision as vote join approval as asked on asked.id = vote.approval_id
  where asked.id = wanted
    and vote.outcome = 'counted'
    and vote.verdict = 'approve'
    and vote.withdrawn_at is null
    and vote.digest = asked.digest
    and may_vote(vote.person, asked)
    and (vote.policy_id is null or policy_objection(vote, asked) is null)
$$;

-- Why an approval does not let this version of the model pass; null if it does.

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
  return null;
end $$;

-- A new revision of the evidence: the same figures, held against another champion. Votes on
-- revisions of before fall, since none of them names this digest.
create function renew_evidence(of_approval bigint, live_version int, live_artifact text,
                               because text) returns void
language plpgsql set search_path = airlock, pg_temp as $$
declare
  next int;
  renewed text;
begin
  select max(revision) + 1 into strict next from approval_evidence
    where approval_id = of_approval;
  select encode(sha256(convert_to(
           format('evidence %s champion %s revision %s', evidence_digest,
                  coalesce(live_artifact, 'none'), next), 'UTF8')), 'hex')
    into strict renewed from approval where id = of_approval;
  insert into approval_evidence (approval_id, revision, digest, champion, because)
    values (of_approval, next, renewed, live_version, because);
  update approval set digest = renewed where id = of_approval;
  insert into approval_call (approval_id, kind, due_at, raised_at)
    values (of_approval, 'renewed', clock_timestamp(), clock_timestamp());
  perform audit('run-' || run_id, 'renew-evidence', 'approval', id::text, null,
                json_build_object('digest', digest, 'reason', because)::text,
                'rule', null, null, null)
    from (select approval.id, approval.run_id, approval.digest from approval
          where approval.id = of_approval) as asked;
end $$;

-- Traffic has moved to another version for good: whoever decides now must know. Runs where the
-- model's routing is locked; everyone locks approvals after that.
create function tell_open_approvals() returns trigger
language plpgsql security definer set search_path = airlock, pg_temp as $$
declare
  waiting bigint;
begin
  for waiting in
    select id from approval where model = new.model and state = 'open' order by id for update
  loop
    perform renew_evidence(waiting, new.version, new.artifact_digest,
                           format('Version %s is live since.', new.version));
  end loop;
  return null;
end $$;
create trigger renew_evidence_first after insert on routing
  for each row execute function tell_open_approvals();
create trigger renew_evidence_moved after update of artifact_digest on routing
  for each row when (old.artifact_digest is distinct from new.artifact_digest)
  execute function tell_open_approvals();

-- Between the judgement and the question the champion may have moved as well.
create function note_champion(of_approval bigint, judged_beside text) returns void
language plpgsql security definer set search_path = airlock, pg_temp as $$
declare
  asked approval;
  live routing;
begin
  select * into asked from approval where id = of_approval;
  if not found then
    return;
  end if;
  perform from model where name = asked.model for share;
  select * into live from routing where model = asked.model;
  select * into strict asked from approval where id = of_approval for update;
  if asked.state = 'open'
     and asked.digest = asked.evidence_digest
     and live.artifact_digest is distinct from judged_beside
     and live.artifact_digest is not null then
    perform renew_evidence(of_approval, live.version, live.artifact_digest,
                           format('It was judged before version %s went live.', live.version));
  end if;
end $$;

-- What an approval begins with: its first evidence, and the words that will fall due.

create function begin_approval() returns trigger language plpgsql as $$
begin
  new.digest := new.evidence_digest;
  return new;
end $$;
create trigger begin_approval before insert on approval
  for each row execute function begin_approval();

create function plan_approval() returns trigger
language plpgsql security definer set search_path = airlock, pg_temp as $$
declare
  asks jsonb := question(new.run_id, new.stage);
begin
  insert into approval_evidence (approval_id, revision, digest, champion, because)
    values (new.id, 1, new.digest, (select version from routing where model = new.model),
            'As it was judged.');
  insert into approval_call (approval_id, kind, due_at, raised_at)
    values (new.id, 'asked', new.opened_at, clock_timestamp());
  if asks ->> 'remindEvery' is not null then
    insert into approval_call (approval_id, kind, due_at)
      values (new.id, 'reminder', new.opened_at + (asks ->> 'remindEvery')::interval);
  end if;
  if asks -> 'escalation' ->> 'after' is not null then
    insert into approval_call (approval_id, kind, due_at)
      values (new.id, 'escalated',
              new.opened_at + (asks -> 'escalation' ->> 'after')::interval);
  end if;
  return null;
end $$;
create trigger plan_approval after insert on approval
  for each row execute function plan_approval();

create function end_calls() returns trigger
language plpgsql security definer set search_path = airlock, pg_temp as $$
begin
  update approval_call set settled_at = clock_timestamp()
    where approval_id = new.id and raised_at is null and settled_at is null;
  insert into approval_call (approval_id, kind, due_at, raised_at)
    values (new.id, 'decided', clock_timestamp(), clock_timestamp());
  return null;
end $$;
create trigger end_calls after update of state on approval
  for each row when (old.state = 'open' and new.state <> 'open') execute function end_calls();

-- Raises what has fallen due, by the graph's words and the clock alone: an escalation lets those
-- vote whom the graph names. Several may look at the same time. Answers how many it has raised.
create function raise_calls() returns int
language plpgsql security definer set search_path = airlock, pg_temp as $$
declare
  due approval_call;
  asked approval;
  asks jsonb;
  every interval;
  raised int := 0;
begin
  for due in
    select * from approval_call
    where raised_at is null and settled_at is null and due_at <= clock_timestamp()
    order by due_at, id limit 100
  loop
    select * into asked from approval where id = due.approval_id for update skip locked;
    continue when not found;
    if asked.expires_at <= clock_timestamp() then
      update approval_call set settled_at = clock_timestamp()
        where id = due.id and raised_at is null and settled_at is null;
      continue;
    end if;
    update approval_call set raised_at = clock_timestamp()
      where id = due.id and raised_at is null and settled_at is null;
    continue when not found;
    raised := raised + 1;
    asks := question(asked.run_id, asked.stage);
    if due.kind = 'escalated' then
      update approval
        set escalated_to = asks -> 'escalation' ->> 'to', escalated_at = clock_timestamp()
        where id = asked.id and escalated_to is null;
      perform audit('run-' || asked.run_id, 'escalate-approval', 'approval', asked.id::text, null,
                    json_build_object('to', asks -> 'escalation' ->> 'to')::text,
                    'rule', null, null, null);
    elsif due.kind = 'reminder' then
      -- Those that nobody looked for in time are one reminder, not many.
      every := (asks ->> 'remindEvery')::interval;
      insert into approval_call (approval_id, kind, due_at)
        select asked.id, 'reminder', next_at
        from (select asked.opened_at + every * (floor(
                extract(epoch from clock_timestamp() - asked.opened_at)
                / extract(epoch from every)) + 1)::float8 as next_at) as planned
        where next_at < asked.expires_at;
    end if;
  end loop;
  return raised;
end $$;

-- Whoever listens hears of each approval that changes: the word is its id.

create function tell_approval() returns trigger language plpgsql as $$
begin
  perform pg_notify('airlock_approval',
                    case tg_table_name when 'approval' then to_jsonb(new) ->> 'id'
                                       else to_jsonb(new) ->> 'approval_id' end);
  return null;
end $$;
create trigger tell after insert or update on approval
  for each row execute function tell_approval();
create trigger tell after insert or update on decision
  for each row execute function tell_approval();
create trigger tell after insert or update of raised_at on approval_call
  for each row execute function tell_approval();

-- Grants: what the application may do, and nothing else.

revoke all on all functions in schema airlock from public;
grant execute on function question(bigint, text) to airlock_app;
grant execute on function is_asked_for(text, approval) to airlock_app;
grant execute on function has_asked(text, approval) to airlock_app;
grant execute on function may_vote(text, approval) to airlock_app;
grant execute on function policy_objection(decision, approval) to airlock_app;
grant execute on function standing_votes(bigint) to airlock_app;
grant execute on function note_champion(bigint, text) to airlock_app;
grant execute on function raise_calls() to airlock_app;

grant select on approval_evidence, approval_policy, policy_look, approval_call to airlock_app;
grant insert (also_asked) on approval to airlock_app;
grant insert (policy_id) on decision to airlock_app;
grant update (withdrawn_at, withdrawn_by, withdrawn_because) on decision to airlock_app;
grant insert (pipeline, version, stage, graph_digest, code_digest, params, bounds, minimum_rows,
  signed_by, reason, expires_at) on approval_policy to airlock_app;
grant update (revoked_at, revoked_by, revoked_because) on approval_policy to airlock_app;
grant insert (approval_id, policy_id, voted, because) on policy_look to airlock_app;
grant update (settled_at) on approval_call to airlock_app;
