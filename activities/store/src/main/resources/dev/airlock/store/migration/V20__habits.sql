-- Whoever asks where a thing went looks from the maker to the takers.
create index event_wait_by_version on event_wait (dataset_version_id) where dataset_version_id is not null;
create index stage_reuse_by_maker on stage_reuse (made_by) where made_by is not null;
create index run_by_trigger on run using gin (trigger_detail jsonb_path_ops) where trigger_detail is not null;
create index dataset_version_by_snapshot on dataset_version (dataset, snapshot_id);
