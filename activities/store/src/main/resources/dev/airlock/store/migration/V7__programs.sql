-- The names of secrets and connections that each worker has. Values are known to workers alone.

create table vault_entry (
  worker text not null,
  kind text not null check (kind in ('secret', 'connection')),
  name text not null,
  source text not null,
  fault text,
  seen_at timestamptz not null default now(),
  primary key (worker, kind, name)
);

grant select, insert, delete on vault_entry to airlock_app;
