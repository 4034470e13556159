-- Gives committed events their positions, at most p_most; returns how many. One transaction works at a time: it holds the
-- feed's row in feed_head, and others return 0. Events are read without a lock, by a statement that begins when the row is
-- held, and written by key.
create function stamp_project_events(p_most integer) returns integer language plpgsql as $$
declare
  v_head bigint;
  v_next bigint;
  v_event record;
begin
  select position into v_head from feed_head where feed = 'project_events' for update skip locked;
  if not found then
    return 0;
  end if;
  v_next := v_head;
  -- Those of one project keep the order of their revisions, even should the clock step back.
  for v_event in
    select project_id, revision, max(commit_time) over (partition by project_id order by revision) as settled
    from project_events where position is null
    order by settled, project_id, revision limit p_most
  loop
    v_next := v_next + 1;
    update project_events set position = v_next
    where project_id = v_event.project_id and revision = v_event.revision;
  end loop;
  if v_next > v_head then
    update feed_head set position = v_next where feed = 'project_events';
  end if;
  return v_next - v_head;
end $$;
