-- As before, with statements that Citus takes: what it writes is known before it is sent.
create or replace function spend_rate(p_user bigint, p_kind text, p_step interval, p_window interval) returns interval
language plpgsql as $$
declare
  v_now constant timestamptz := clock_timestamp();
  v_most constant timestamptz := v_now + p_window - p_step;
  v_used timestamptz := v_now + p_step;
begin
  insert into person_rates (user_id, kind, used_until) values (p_user, p_kind, v_used) on conflict do nothing;
  if found then
    return null;
  end if;
  select used_until into v_used from person_rates where user_id = p_user and kind = p_kind for update;
  if v_used > v_most then
    return v_used - v_most;
  end if;
  v_used := greatest(v_used, v_now) + p_step;
  update person_rates set used_until = v_used where user_id = p_user and kind = p_kind;
  return null;
end $$;
