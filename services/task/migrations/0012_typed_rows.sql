-- What commands write comes as rows of these types, in arrays: PostgreSQL reads such a row in a quarter of the time that the
-- same row takes as JSON. Each row says by its place of which command it is. Times are milliseconds since 1970, and bytes are
-- in base64: neither needs quotes. The functions of 0008, which take JSON, stay for processes of the version before.
create type request_write as (command integer, project_id integer, caller text, request_id text, digest text, name text,
  revision bigint, response text);
create type task_write as (command integer, project_id integer, task_id integer, state smallint, mapped_by bigint,
  validated_by bigint, submission_count integer, priority smallint, state_revision bigint, state_by bigint,
  assigned_to bigint, assigned_until double precision, comment_count integer, report_count integer, outside boolean,
  lock_holder bigint, lock_purpose smallint, lock_token bigint, lock_time double precision,
  lock_expire_time double precision, lock_ended boolean, revision bigint);
-- Without a time, the event happens when it is committed.
create type event_write as (command integer, project_id integer, task_id integer, revision bigint, kind smallint,
  actor bigint, event_time double precision, from_state smallint, to_state smallint, lock_holder bigint, lock_purpose smallint,
  lock_token bigint, lock_time double precision, lock_expire_time double precision, submission_id integer,
  assigned_to bigint,
  comment_id integer, report_id integer, priority smallint, operation_id integer, before_state_revision bigint,
  before_state_by bigint, before_mapped_by bigint, before_validated_by bigint);
create type submission_write as (command integer, project_id integer, task_id integer, submission_id integer,
  user_id bigint, outcome smallint, comment text, lock_token bigint, issues jsonb);
create type comment_write as (command integer, project_id integer, task_id integer, comment_id integer, user_id bigint,
  text text);
create type report_write as (command integer, project_id integer, task_id integer, report_id integer, user_id bigint,
  longitude double precision, latitude double precision, category text, description text, source text, external_id text,
  invalidated boolean);
-- A slot with a number is taken; without one, its end is moved or, without a time, it is freed.
create type slot_write as (command integer, holder bigint, purpose smallint, slot smallint, project_id integer,
  task_id integer, token bigint, expire_time double precision);

-- Writes commands on tasks, each whole or not at all: if all its tasks are as they were read, and its own locks still
-- hold. p_write has each kind of rows as the text of an array. Returns the commands that are written, and their time; with
-- p_skips also those that would be, but for another transaction that has one of their tasks. Fails, and writes nothing, if
-- a twin of one of them has taken effect.
--
-- The time is read once, when all rows are locked: a lock that expired during the wait for its row counts as expired.
create function write_rows(p_project integer, p_write jsonb, p_refused integer[], p_skips boolean,
  out written integer[], out held integer[], out written_time timestamptz) language plpgsql as $$
declare
  -- What was read, and until when that holds.
  v_commands constant integer[] := p_write ->> 'commands';
  v_projects constant integer[] := p_write ->> 'project_ids';
  v_tasks constant integer[] := p_write ->> 'task_ids';
  v_revisions constant bigint[] := p_write ->> 'revisions';
  v_ends constant double precision[] := p_write ->> 'ends';
  v_written_ms double precision;
  v_count constant integer := cardinality(v_tasks);
  v_revision bigint;
  v_waits boolean;
  v_lost integer[] := p_refused;
begin
  held := '{}';
  for i in 1 .. v_count loop
    v_waits := false;
    if p_skips then
      select revision into v_revision from tasks where project_id = v_projects[i] and task_id = v_tasks[i]
        for update skip locked;
      if not found then
        v_waits := true;
        select revision into v_revision from tasks
          where project_id = v_projects[i] and task_id = v_tasks[i];
      end if;
    else
      select revision into v_revision from tasks
        where project_id = v_projects[i] and task_id = v_tasks[i] for update;
    end if;
    if v_revision is distinct from v_revisions[i] then
      v_lost := v_lost || v_commands[i];
    elsif v_waits then
      held := held || v_commands[i];
    end if;
  end loop;
  written_time := date_trunc('milliseconds', clock_timestamp());
  v_written_ms := extract(epoch from written_time) * 1000;
  if v_written_ms >= any (v_ends) then
    for i in 1 .. v_count loop
      if v_written_ms >= v_ends[i] then
        v_lost := v_lost || v_commands[i];
      end if;
    end loop;
  end if;
  if held <> '{}' then
    held := array(select distinct unnest(held) except select unnest(v_lost));
    v_lost := v_lost || held;
  end if;
  written := v_commands;
  if v_lost <> '{}' then
    written := array(select distinct unnest(v_commands) except select unnest(v_lost));
    if written = '{}' then
      return;
    end if;
  end if;

  if p_write ? 'requests' then
    insert into remembered_requests (project_id, caller, request_id, digest, name, revision, commit_time, response)
      select w.project_id, w.caller, w.request_id, decode(w.digest, 'base64'), w.name, w.revision, written_time,
        decode(w.response, 'base64')
      from unnest((p_write ->> 'requests')::request_write[]) as w where w.command <> all (v_lost);
  end if;
  if p_write ? 'tasks' then
    -- All of them are there: this finds each by its key, however the planner takes the table to be.
    insert into tasks (project_id, task_id, state, mapped_by, validated_by, submission_count, priority, state_revision,
        state_by, assigned_to, assigned_until, comment_count, report_count, outside, lock_holder, lock_purpose,
        lock_token, lock_time, lock_expire_time, lock_ended, revision, create_time, update_time)
      select w.project_id, w.task_id, w.state, w.mapped_by, w.validated_by, w.submission_count, w.priority,
        w.state_revision, w.state_by, w.assigned_to, to_timestamp(w.assigned_until / 1000), w.comment_count, w.report_count, w.outside,
        w.lock_holder, w.lock_purpose, w.lock_token, to_timestamp(w.lock_time / 1000),
        to_timestamp(w.lock_expire_time / 1000), w.lock_ended, w.revision,
        written_time, written_time
      from unnest((p_write ->> 'tasks')::task_write[]) as w where w.command <> all (v_lost)
      on conflict (project_id, task_id) do update set state = excluded.state, mapped_by = excluded.mapped_by,
        validated_by = excluded.validated_by, submission_count = excluded.submission_count,
        priority = excluded.priority, state_revision = excluded.state_revision, state_by = excluded.state_by,
        assigned_to = excluded.assigned_to, assigned_until = excluded.assigned_until,
        comment_count = excluded.comment_count, report_count = excluded.report_count, outside = excluded.outside,
        lock_holder = excluded.lock_holder, lock_purpose = excluded.lock_purpose, lock_token = excluded.lock_token,
        lock_time = excluded.lock_time, lock_expire_time = excluded.lock_expire_time,
        lock_ended = excluded.lock_ended, revision = excluded.revision, update_time = excluded.update_time;
  end if;
  if p_write ? 'events' then
    insert into task_events (project_id, task_id, revision, kind, actor, event_time, commit_time, from_state, to_state,
        lock_holder, lock_purpose, lock_token, lock_time, lock_expire_time, submission_id, assigned_to, comment_id,
        report_id, priority, operation_id, before_state_revision, before_state_by, before_mapped_by,
        before_validated_by)
      select w.project_id, w.task_id, w.revision, w.kind, w.actor, coalesce(to_timestamp(w.event_time / 1000), written_time),
        written_time, w.from_state, w.to_state, w.lock_holder, w.lock_purpose, w.lock_token,
        to_timestamp(w.lock_time / 1000), to_timestamp(w.lock_expire_time / 1000),
        w.submission_id, w.assigned_to, w.comment_id, w.report_id, w.priority, w.operation_id,
        w.before_state_revision, w.before_state_by, w.before_mapped_by, w.before_validated_by
      from unnest((p_write ->> 'events')::event_write[]) as w where w.command <> all (v_lost);
  end if;
  if p_write ? 'submissions' then
    insert into submissions (project_id, task_id, submission_id, user_id, outcome, comment, lock_token, issues,
        create_time)
      select w.project_id, w.task_id, w.submission_id, w.user_id, w.outcome, w.comment, w.lock_token, w.issues,
        written_time
      from unnest((p_write ->> 'submissions')::submission_write[]) as w where w.command <> all (v_lost);
  end if;
  if p_write ? 'comments' then
    insert into comments (project_id, task_id, comment_id, user_id, text, create_time)
      select w.project_id, w.task_id, w.comment_id, w.user_id, w.text, written_time
      from unnest((p_write ->> 'comments')::comment_write[]) as w where w.command <> all (v_lost);
  end if;
  if p_write ? 'reports' then
    insert into reports (project_id, task_id, report_id, user_id, longitude, latitude, category, description, source,
        external_id, invalidated, create_time)
      select w.project_id, w.task_id, w.report_id, w.user_id, w.longitude, w.latitude, w.category, w.description,
        w.source, w.external_id, w.invalidated, written_time
      from unnest((p_write ->> 'reports')::report_write[]) as w where w.command <> all (v_lost);
  end if;
end $$;

-- Writes all commands that wait, group by group, and the slots of those that are written. With p_wait_ms, a task that
-- another transaction has is not waited for, and nothing else longer than that. Returns the commands that are written, and
-- without a time those that have to wait for a task. Fails, and writes nothing, if a slot goes to another transaction
-- meanwhile; a slot that was taken before costs only the command that wants it.
create function write_command_rows(p_groups jsonb, p_slots slot_write[], p_wait_ms integer default null)
returns table (command_no integer, written_time timestamptz) language plpgsql as $$
declare
  v_now timestamptz := clock_timestamp();
  v_slot slot_write;
  v_group jsonb;
  v_project integer;
  v_skips constant boolean := p_wait_ms is not null;
  v_result record;
  v_refused integer[] := '{}';
  v_written integer[] := '{}';
begin
  if p_wait_ms is not null then
    perform set_config('lock_timeout', p_wait_ms::text, true);
    foreach v_slot in array p_slots loop
      if v_slot.slot is not null and exists (select from lock_slots s where s.holder = v_slot.holder
        and s.purpose = v_slot.purpose and s.slot = v_slot.slot and s.expire_time > v_now)
      then
        v_refused := v_refused || v_slot.command;
      end if;
    end loop;
  end if;
  for i in 0 .. jsonb_array_length(p_groups) - 1 loop
    v_group := p_groups -> i;
    v_project := (v_group ->> 'project_id')::integer;
    -- With variables and from a FROM clause: so Citus can send the call to the server of the project.
    select * into v_result from write_rows(v_project, v_group, v_refused, v_skips);
    v_written := v_written || v_result.written;
    return query select unnest(v_result.written), v_result.written_time;
    if v_result.held <> '{}' then
      return query select unnest(v_result.held), null::timestamptz;
    end if;
  end loop;
  v_now := clock_timestamp();
  foreach v_slot in array p_slots loop
    if v_slot.command = any (v_written) and not write_slot(v_slot.holder, v_slot.purpose, v_slot.slot,
      v_slot.project_id, v_slot.task_id, v_slot.token, to_timestamp(v_slot.expire_time / 1000), v_now)
    then
      raise exception 'a slot was taken' using errcode = 'serialization_failure';
    end if;
  end loop;
end $$;

-- What commands read, each by its place.
create type wanted_row as (place integer, project_id integer, task_id integer, caller text, request_id text,
  holder bigint, purpose smallint);

-- Gives the tables that are read by key some pages (see 0010) where they have none: after a restore, which brings no empty
-- pages. Each process calls it when it starts.
create function lay_page_floor() returns void language plpgsql as $$
declare
  -- Above the pages that a plan takes for fewer than an index.
  v_least constant bigint := 100000;
begin
  if pg_relation_size('tasks') < v_least then
    insert into tasks (project_id, task_id, state, create_time, update_time, revision)
      select -1, place, 1, now(), now(), 1 from generate_series(1, 1500) as place on conflict do nothing;
    delete from tasks where project_id = -1;
  end if;
  if pg_relation_size('task_areas') < v_least then
    insert into task_areas (project_id, task_id, area, west, south, east, north, cell)
      select -1, place, sha512(place::text::bytea), 0, 0, 0, 0, 0 from generate_series(1, 1500) as place
      on conflict do nothing;
    delete from task_areas where project_id = -1;
  end if;
  if pg_relation_size('task_events') < v_least then
    insert into task_events (project_id, task_id, revision, kind, actor, event_time, commit_time, position)
      select -1, place, 1, 0, 0, now(), now(), 0 from generate_series(1, 1500) as place on conflict do nothing;
    delete from task_events where project_id = -1;
  end if;
  if pg_relation_size('lock_slots') < v_least then
    insert into lock_slots (holder, purpose, slot, project_id, task_id, token, expire_time)
      select -1, 0, place, -1, 0, 0, now() from generate_series(1, 3000) as place on conflict do nothing;
    delete from lock_slots where holder = -1;
  end if;
  if pg_relation_size('remembered_requests') < v_least then
    insert into remembered_requests (project_id, caller, request_id, digest, name, revision, commit_time, response)
      select -1, '', place, sha256(''), '', 0, now(), sha256('') from generate_series(1, 1500) as place
      on conflict do nothing;
    delete from remembered_requests where project_id = -1;
  end if;
end $$;
