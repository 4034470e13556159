-- What else differs where the tables are distributed over several servers. The same functions run on one.

-- Uses up one of what a person may write: each costs p_step, and p_window may be used up. Returns null, or, with nothing used
-- up, how long the person has to wait. Distributed by person: the time is that of the server where the person is.
create function spend_rate(p_user bigint, p_kind text, p_step interval, p_window interval) returns interval
language plpgsql as $$
declare
  v_now constant timestamptz := clock_timestamp();
  v_used timestamptz;
begin
  insert into person_rates as p (user_id, kind, used_until) values (p_user, p_kind, v_now + p_step)
  on conflict (user_id, kind) do update set used_until = greatest(p.used_until, v_now) + p_step
    where p.used_until <= v_now + p_window - p_step;
  if found then
    return null;
  end if;
  select used_until into v_used from person_rates where user_id = p_user and kind = p_kind;
  return v_used - v_now - p_window + p_step;
end $$;

-- Where events are on several servers, a commit reaches these one after the other: a reader could see a position before one
-- that is lower. So positions are given in one transaction, up to `given`, and published in the next, up to `position`, when
-- all of them are there. Nobody reads beyond that.
alter table feed_head add column given bigint;

-- As stamp_task_events, but the positions are not published. Gives none while others are not published.
create function give_task_events(p_most integer) returns integer language plpgsql as $$
declare
  v_head bigint;
  v_given bigint;
  v_count integer;
  v_projects integer[];
  v_tasks integer[];
  v_revisions bigint[];
  v_positions bigint[];
begin
  select position, coalesce(given, position) into v_head, v_given from feed_head where feed = 'task_events'
    for update skip locked;
  if not found or v_given > v_head then
    return 0;
  end if;
  select array_agg(project_id), array_agg(task_id), array_agg(revision), array_agg(v_head + place)
    into v_projects, v_tasks, v_revisions, v_positions
  from (
    select project_id, task_id, revision,
      row_number() over (order by settled, project_id, task_id, revision) as place
    from (
      select project_id, task_id, revision,
        max(commit_time) over (partition by project_id, task_id order by revision) as settled
      from task_events where position is null
      order by settled, project_id, task_id, revision limit p_most
    ) settled
  ) placed;
  if v_projects is null then
    return 0;
  end if;
  update task_events e set position = n.position
  from unnest(v_projects, v_tasks, v_revisions, v_positions) as n (project_id, task_id, revision, position)
  where e.project_id = n.project_id and e.task_id = n.task_id and e.revision = n.revision and e.position is null;
  get diagnostics v_count = row_count;
  if v_count <> cardinality(v_projects) then
    raise exception 'an event got a position from somebody else' using errcode = 'serialization_failure';
  end if;
  update feed_head set given = v_head + v_count where feed = 'task_events';
  return v_count;
end $$;

-- Publishes the positions that were given, if all of them are there; returns how many.
create function publish_task_events() returns integer language plpgsql as $$
declare
  v_head bigint;
  v_given bigint;
  v_there bigint;
begin
  select position, coalesce(given, position) into v_head, v_given from feed_head where feed = 'task_events'
    for update skip locked;
  if not found or v_given <= v_head then
    return 0;
  end if;
  select count(*) into v_there from task_events where position > v_head and position <= v_given;
  if v_there < v_given - v_head then
    return 0;
  end if;
  update feed_head set position = v_given where feed = 'task_events';
  return v_there;
end $$;
