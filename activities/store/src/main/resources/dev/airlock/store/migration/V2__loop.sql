-- The loop: rollouts, monitors, alerts, labels. Same owner and same rules as V1.

alter table model_version add column horizon_days int check (horizon_days >= 0);

-- What started a run, beyond a word: {"kind": "monitor", "monitor": …, "rule": …, "figures": {…}}.
alter table run add column trigger_detail jsonb;

-- Rollouts

alter table model_command add column canary jsonb; -- RolloutPlan's steps and conditions; null for all at once

create table rollout (
  id bigint generated always as identity primary key,
  command_id bigint not null unique references model_command,
  model text not null,
  version int not null,
  artifact_digest text not null,
  approval_id bigint not null references approval,
  champion int not null,                         -- the way back
  champion_digest text not null,
  champion_approval_id bigint not null references approval,
  steps jsonb not null,                          -- [{"weight": 5, "hold": "PT30M"}, …]
  promote_while jsonb not null,
  requested_by text not null,
  state text not null default 'progressing'
    check (state in ('progressing', 'paused', 'promoted', 'rolled-back', 'aborted', 'refused')),
  step int not null default 0,
  weight int not null default 0 check (weight between 0 and 100),
  held_until timestamptz,
  because text not null default '',
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  foreign key (model, version) references model_version,
  foreign key (model, champion) references model_version
);
create unique index rollout_one_at_a_time on rollout (model) where state in ('progressing', 'paused');
create index rollout_by_model on rollout (model, id desc);

-- Each change of the split, once. Append-only; written by the functions below alone.
create table rollout_shift (
  rollout_id bigint not null references rollout,
  sequence int not null check (sequence >= 1),
  step int not null,
  weight int not null check (weight between 0 and 100),
  epoch bigint not null,
  reason text not null,
  at timestamptz not null default clock_timestamp(),
  primary key (rollout_id, sequence)
);

create table rollout_analysis (
  rollout_id bigint not null references rollout,
  number int not null check (number >= 1),
  step int not null,
  since timestamptz not null,
  verdict text not null check (verdict in ('success', 'failure', 'inconclusive')),
  findings jsonb not null,
  at timestamptz not null default clock_timestamp(),
  primary key (rollout_id, number)
);

create table rollout_control (
  id bigint generated always as identity primary key,
  rollout_id bigint not null references rollout,
  kind text not null check (kind in ('pause', 'resume', 'promote', 'abort')),
  requested_by text not null,
  reason text not null default '',
  requested_at timestamptz not null default now(),
  taken boolean,
  answer text not null default '',
  settled_at timestamptz
);
create index rollout_control_by_rollout on rollout_control (rollout_id, id);

-- The split. A gateway sends a customer to the candidate where their bucket, 0 to 9999, is below weight * 100.
alter table routing
  add column rollout_id bigint references rollout,
  add column candidate int,
  add column candidate_digest text,
  add column weight int not null default 0 check (weight between 0 and 100),
  add constraint routing_split check ((rollout_id is null) = (candidate is null) and (candidate is null) = (candidate_digest is null)
    and (candidate is not null or weight = 0));

-- Service: what each gateway has counted, in its own seconds and in the days of event time that were asked for.

create table service_sample (
  gateway text not null,
  model text not null,
  version int not null,
  at timestamptz not null,        -- the second, by the gateway's clock
  as_of date not null,            -- event day (UTC)
  requests bigint not null,
  errors bigint not null,
  latency text not null,          -- HdrHistogram of microseconds, compressed V2 encoding, Base64
  primary key (gateway, model, version, at, as_of)
);
create index service_sample_by_time on service_sample (model, version, at);
create index service_sample_by_event on service_sample (model, version, as_of);
create index prediction_by_arrival on prediction (model, version, at);

-- Labels

create table label (
  prediction_id uuid primary key references prediction,
  label double precision not null,
  value double precision,
  at timestamptz not null,        -- when the outcome was known, by event time
  late boolean not null,
  received_at timestamptz not null default now()
);

-- Labels whose prediction is not stored (yet).
create table waiting_label (
  prediction_id uuid primary key,
  label double precision not null,
  value double precision,
  at timestamptz not null,
  received_at timestamptz not null default now(),
  refused text                    -- why, once the prediction was there and the label did not fit it
);

-- Monitors

create table monitor (
  id bigint generated always as identity primary key,
  model text not null references model,
  name text not null,
  pipeline text not null,
  run_id bigint not null,         -- the newest run that has put it in place
  stage text not null,
  spec jsonb not null,            -- Work.Monitor
  every interval not null,
  params jsonb not null,          -- of that run: a retrain takes them
  logical_date timestamptz not null,
  paused boolean not null default false,
  updated_at timestamptz not null default now(),
  unique (model, name),
  foreign key (run_id, stage) references stage
);

create table monitor_check (
  id bigint generated always as identity primary key,
  monitor_id bigint not null references monitor,
  as_of timestamptz not null,
  requested_by text not null,     -- "schedule" or a person
  state text not null default 'queued' check (state in ('queued', 'measured', 'done')),
  requested_at timestamptz not null default now(),
  finished_at timestamptz,
  unique (monitor_id, as_of)
);

create table monitor_window (
  monitor_id bigint not null references monitor,
  version int not null,
  opens timestamptz not null,
  closes timestamptz not null,
  aspect text not null check (aspect in ('drift', 'performance', 'service')),
  sufficient boolean not null,    -- false: insufficient data, which is never a pass
  rows bigint not null,
  figures jsonb not null,         -- by figure: {"psi": 0.31, …}
  detail jsonb not null,          -- drift: by feature; performance: intervals, calibration
  check_id bigint not null references monitor_check,
  at timestamptz not null default now(),
  primary key (monitor_id, version, opens, aspect)
);

-- What a rule knows: how many windows in a row, when it fired last.
create table rule_state (
  monitor_id bigint not null references monitor,
  rule int not null,
  version int not null,
  streak int not null default 0,
  last_window timestamptz,
  fired_as_of timestamptz,
  primary key (monitor_id, rule, version)
);

create table alert (
  id bigint generated always as identity primary key,
  model text not null references model,
  monitor_id bigint references monitor,
  rollout_id bigint references rollout,
  cause text not null,            -- one open alert each
  consequence text not null check (consequence in ('open-ticket', 'retrain', 'roll-back')),
  title text not null,
  figures jsonb not null,
  state text not null default 'open' check (state in ('open', 'acknowledged', 'closed')),
  opened_as_of timestamptz not null,
  opened_at timestamptz not null default now(),
  acknowledged_by text,
  acknowledged_at timestamptz,
  closed_as_of timestamptz,
  closed_at timestamptz,
  closed_because text not null default '',
  run_id bigint references run,          -- the retrain that it has asked for
  command_id bigint references model_command -- the rollback that it has asked for
);
create unique index alert_once_per_cause on alert (cause) where state <> 'closed';
create index alert_by_model on alert (model, id desc);

-- What is to be told to the webhook, once per change of an alert.
create table notification (
  id bigint generated always as identity primary key,
  alert_id bigint not null references alert,
  event text not null check (event in ('opened', 'acknowledged', 'closed')),
  created_at timestamptz not null default now(),
  due_at timestamptz not null default now(),
  attempts int not null default 0,
  delivered_at timestamptz,
  last_error text,
  unique (alert_id, event)
);
create index notification_due on notification (due_at) where delivered_at is null;
