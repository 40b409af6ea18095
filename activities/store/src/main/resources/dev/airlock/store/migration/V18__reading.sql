-- What lists are read by: an index behind each order and filter that pages and the API offer, so that
-- a page of a list costs the same among ten rows and among a million.

create index run_by_state on run (state, id desc);
create index run_by_pipeline_and_state on run (pipeline, state, id desc);
create index approval_by_state on approval (state, id desc);
create index approval_by_version on approval (model, version, id desc);
create index alert_by_state on alert (state, id desc);
create index event_by_name on event (name, id desc);
create index monitor_check_by_monitor on monitor_check (monitor_id, id desc);
create index model_command_by_model on model_command (model, id desc);

-- Lists that change seldom tell so, by the table's name, once for each statement; pages that show
-- them ask anew.

create function tell_list() returns trigger language plpgsql as $$
begin
  perform pg_notify('airlock_list', tg_table_name);
  return null;
end $$;
create trigger tell_list after insert or update on pipeline
  for each statement execute function tell_list();
create trigger tell_list after insert or update on publication
  for each statement execute function tell_list();
create trigger tell_list after insert or update on pool
  for each statement execute function tell_list();
create trigger tell_list after insert on dataset_version
  for each statement execute function tell_list();
create trigger tell_list after insert on model_version
  for each statement execute function tell_list();
create trigger tell_list after insert or update on monitor
  for each statement execute function tell_list();
create trigger tell_list after insert or update on monitor_check
  for each statement execute function tell_list();
create trigger tell_list after insert or update on monitor_window
  for each statement execute function tell_list();

-- A run's note and tags are part of its page, and so is that somebody has cancelled it.

drop trigger tell on run;
create trigger tell after update of state, note, tags, cancel_requested_by on run
  for each row
  when ((old.state, old.note, old.tags, old.cancel_requested_by)
        is distinct from (new.state, new.note, new.tags, new.cancel_requested_by))
  execute function tell_run_row();
create trigger tell_new after insert on run
  for each row execute function tell_run_row();
