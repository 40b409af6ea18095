-- The named queues that each worker takes, and when it last said so.

create table worker_queue (
  worker text not null,
  queue text not null,
  seen_at timestamptz not null default now(),
  primary key (worker, queue)
);

grant select, insert, delete on worker_queue to airlock_app;
grant update (seen_at) on worker_queue to airlock_app;
