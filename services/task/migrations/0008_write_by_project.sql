-- The write of commands: one function for all waiting commands of a project, of simple statements that name the project.
-- Where tables are distributed by project_id, it is called for each project, and runs on the node that has p_project; one
-- server takes the commands of several projects in one call. The slots per person are distributed by person and written
-- apart, in the same transaction.

-- Writes commands on tasks, each whole or not at all: if all its tasks are as they were read, and its own
-- locks still hold. Each row of p_write says of which command it is. Returns the commands that are written, and their
-- time; with p_skips also those that would be, but for another transaction that has one of their tasks. Fails, and writes
-- nothing, if a twin of one of them has taken effect.
--
-- The time is read once, when all rows are locked: a lock that expired during the wait for its row counts as expired.
create function write_tasks(p_project integer, p_write jsonb, p_refused integer[], p_skips boolean,
  out written integer[], out held integer[], out written_time timestamptz) language plpgsql as $$
declare
  -- What was read, and until when that holds.
  v_commands constant integer[] := p_write ->> 'commands';
  v_projects constant integer[] := p_write ->> 'project_ids';
  v_tasks constant integer[] := p_write ->> 'task_ids';
  v_revisions constant bigint[] := p_write ->> 'revisions';
  v_ends constant timestamptz[] := p_write ->> 'ends';
  v_count constant integer := cardinality(v_tasks);
  v_revision bigint;
  v_waits boolean;
  v_lost integer[] := p_refused;
  v_write jsonb := p_write;
  v_task tasks;
  v_event task_events;
  v_request remembered_requests;
  v_submission submissions;
  v_comment comments;
  v_report reports;
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
  if written_time >= any (v_ends) then
    for i in 1 .. v_count loop
      if written_time >= v_ends[i] then
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
    v_write := (select jsonb_object_agg(part.key, (select coalesce(jsonb_agg(one), '[]') from
        jsonb_array_elements(part.value) one where (one ->> 'command')::integer <> all (v_lost)))
      from jsonb_each(p_write) part where jsonb_typeof(part.value) = 'array');
  end if;

  if v_write ? 'requests' then
    v_request.commit_time := written_time;
    insert into remembered_requests select * from jsonb_populate_recordset(v_request, v_write -> 'requests');
  end if;
  if v_write ? 'tasks' then
    -- All of them are there: this finds each by its key, however the planner takes the table to be.
    v_task.parent_id := 0;
    v_task.create_time := written_time;
    v_task.update_time := written_time;
    insert into tasks select * from jsonb_populate_recordset(v_task, v_write -> 'tasks')
      on conflict (project_id, task_id) do update set state = excluded.state, mapped_by = excluded.mapped_by,
        validated_by = excluded.validated_by, submission_count = excluded.submission_count,
        priority = excluded.priority, state_revision = excluded.state_revision, state_by = excluded.state_by,
        assigned_to = excluded.assigned_to, assigned_until = excluded.assigned_until,
        comment_count = excluded.comment_count, report_count = excluded.report_count, outside = excluded.outside,
        lock_holder = excluded.lock_holder, lock_purpose = excluded.lock_purpose, lock_token = excluded.lock_token,
        lock_time = excluded.lock_time, lock_expire_time = excluded.lock_expire_time,
        lock_ended = excluded.lock_ended, revision = excluded.revision, update_time = excluded.update_time;
  end if;
  if v_write ? 'events' then
    -- What an event has unless it says otherwise.
    v_event := jsonb_populate_record(null::task_events, '{"from_state": 0, "to_state": 0, "submission_id": 0,
      "task_count": 0, "assigned_to": 0, "comment_id": 0, "report_id": 0, "operation_id": 0, "parent_id": 0,
      "priority": 0, "before_state_revision": 0, "before_state_by": 0, "before_mapped_by": 0,
      "before_validated_by": 0}');
    v_event.event_time := written_time;
    v_event.commit_time := written_time;
    insert into task_events select * from jsonb_populate_recordset(v_event, v_write -> 'events');
  end if;
  if v_write ? 'submissions' then
    v_submission.create_time := written_time;
    insert into submissions select * from jsonb_populate_recordset(v_submission, v_write -> 'submissions');
  end if;
  if v_write ? 'comments' then
    v_comment.create_time := written_time;
    insert into comments select * from jsonb_populate_recordset(v_comment, v_write -> 'comments');
  end if;
  if v_write ? 'reports' then
    v_report.create_time := written_time;
    insert into reports select * from jsonb_populate_recordset(v_report, v_write -> 'reports');
  end if;
end $$;

-- Takes a slot for a lock; without a number, moves the end of the slot that a lock has, or frees it for null. False if
-- another lock holds the slot.
create function write_slot(p_holder bigint, p_purpose smallint, p_slot smallint, p_project integer, p_task integer,
  p_token bigint, p_expire_time timestamptz, p_now timestamptz) returns boolean language plpgsql as $$
begin
  if p_slot is not null then
    insert into lock_slots as s (holder, purpose, slot, project_id, task_id, token, expire_time)
      values (p_holder, p_purpose, p_slot, p_project, p_task, p_token, p_expire_time)
      on conflict (holder, purpose, slot) do update set project_id = excluded.project_id, task_id = excluded.task_id,
        token = excluded.token, expire_time = excluded.expire_time
      where s.expire_time <= p_now;
    return found;
  elsif p_expire_time is null then
    delete from lock_slots where holder = p_holder and purpose = p_purpose and project_id = p_project
      and task_id = p_task and token = p_token;
  else
    update lock_slots set expire_time = p_expire_time where holder = p_holder and purpose = p_purpose
      and project_id = p_project and task_id = p_task and token = p_token;
  end if;
  return true;
end $$;

-- Writes all commands that wait, group by group, and the slots of those that are written. With p_wait_ms, a task that
-- another transaction has is not waited for, and nothing else longer than that. Returns the commands that are written, and
-- without a time those that have to wait for a task. Fails, and writes nothing, if a slot goes to another transaction
-- meanwhile; a slot that was taken before costs only the command that wants it.
create function write_commands(p_groups jsonb, p_slots jsonb, p_wait_ms integer default null)
returns table (command_no integer, written_time timestamptz) language plpgsql as $$
declare
  v_now timestamptz := clock_timestamp();
  v_slot record;
  v_group jsonb;
  v_result record;
  v_refused integer[] := '{}';
  v_written integer[] := '{}';
begin
  if p_wait_ms is not null then
    perform set_config('lock_timeout', p_wait_ms::text, true);
  end if;
  if p_wait_ms is not null and p_slots <> '[]' then
    for v_slot in select * from jsonb_to_recordset(p_slots)
      as s (command integer, holder bigint, purpose smallint, slot smallint) where s.slot is not null
    loop
      if exists (select from lock_slots s where s.holder = v_slot.holder and s.purpose = v_slot.purpose
        and s.slot = v_slot.slot and s.expire_time > v_now)
      then
        v_refused := v_refused || v_slot.command;
      end if;
    end loop;
  end if;
  for i in 0 .. jsonb_array_length(p_groups) - 1 loop
    v_group := p_groups -> i;
    v_result := write_tasks((v_group ->> 'project_id')::integer, v_group, v_refused, p_wait_ms is not null);
    v_written := v_written || v_result.written;
    return query select unnest(v_result.written), v_result.written_time;
    if v_result.held <> '{}' then
      return query select unnest(v_result.held), null::timestamptz;
    end if;
  end loop;
  if p_slots <> '[]' then
    v_now := clock_timestamp();
    for v_slot in select * from jsonb_to_recordset(p_slots) as s (command integer, holder bigint, purpose smallint,
      slot smallint, project_id integer, task_id integer, token bigint, expire_time timestamptz)
      where s.command = any (v_written)
    loop
      if not write_slot(v_slot.holder, v_slot.purpose, v_slot.slot, v_slot.project_id, v_slot.task_id, v_slot.token,
        v_slot.expire_time, v_now)
      then
        raise exception 'a slot was taken' using errcode = 'serialization_failure';
      end if;
    end loop;
  end if;
end $$;
