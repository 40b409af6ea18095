-- Runs that other runs have asked for.

alter table run
  add column called_by bigint references run,
  add column called_by_stage text,
  add constraint run_called_by_a_stage check ((called_by is null) = (called_by_stage is null));
create unique index run_called on run (called_by, called_by_stage) where called_by is not null;

alter table outbox drop constraint outbox_kind_check;
alter table outbox add constraint outbox_kind_check
  check (kind in ('start-run', 'cancel-run', 'decision', 'model-command', 'rollout-control',
                  'check', 'run-ended'));

grant update (called_by, called_by_stage) on run to airlock_app;
