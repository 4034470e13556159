-- Boxes that cross 180° of longitude: their west is greater than their east (RFC 7946 section 5.2).

-- What the index has of a box. One that crosses 180° is found at every longitude; the numbers of its row decide.
create function search_box(west double precision, south double precision, east double precision, north double precision)
  returns box language sql immutable parallel safe
as $$
  select case when west <= east then box(point(west, south), point(east, north))
    else box(point(-180, south), point(180, north)) end
$$;

drop index project_search_by_box;
create index project_search_by_box on project_search using gist (search_box(west, south, east, north));

-- A little-endian float8 at a place in bytes, counted from 0.
create function pg_temp.double_at(bytes bytea, place integer) returns double precision language sql immutable as $$
  select case when exponent = 0 then 0 else sign * (1 + fraction / 2 ^ 52) * 2 ^ (exponent - 1023) end
  from (
    select case when get_byte(bytes, place + 7) > 127 then -1 else 1 end as sign,
      (get_byte(bytes, place + 7) & 127) * 16 + (get_byte(bytes, place + 6) >> 4) as exponent,
      (get_byte(bytes, place + 6) & 15) * 2 ^ 48 + get_byte(bytes, place + 5) * 2 ^ 40
        + get_byte(bytes, place + 4) * 2 ^ 32 + get_byte(bytes, place + 3) * 2 ^ 24
        + get_byte(bytes, place + 2) * 2 ^ 16 + get_byte(bytes, place + 1) * 2 ^ 8
        + get_byte(bytes, place)::float8 as fraction
  ) as parts
$$;

-- Numbers in the variable length of protocol buffers, from one place to before another.
create function pg_temp.numbers_in(bytes bytea, start integer, stop integer) returns integer[]
  language plpgsql immutable as $$
declare
  numbers integer[] := '{}';
  number integer := 0;
  shift integer := 0;
begin
  for place in start .. stop - 1 loop
    number := number | ((get_byte(bytes, place) & 127) << shift);
    shift := shift + 7;
    if get_byte(bytes, place) < 128 then
      numbers := numbers || number;
      number := 0;
      shift := 0;
    end if;
  end loop;
  return numbers;
end
$$;

-- The ends of the narrowest range of longitudes around an area, which is a tessera.geo.v1.MultiPolygon in binary.
create function pg_temp.longitudes_of(area bytea) returns double precision[] language plpgsql immutable as $$
declare
  place integer := 0;
  header integer;
  size integer;
  coordinates integer;
  rings integer[];
  polygons integer[];
  ring integer := 1;
  longitude double precision;
  polygon_west double precision;
  polygon_east double precision;
  wests double precision[] := '{}';
  easts double precision[] := '{}';
  west double precision;
  east double precision;
  widest double precision;
  reached double precision;
  item record;
begin
  -- Three packed fields, each once.
  while place < length(area) loop
    header := get_byte(area, place);
    place := place + 1;
    size := (pg_temp.numbers_in(area, place, least(place + 5, length(area))))[1];
    while get_byte(area, place) > 127 loop place := place + 1; end loop;
    place := place + 1;
    if header = 10 then coordinates := place;
    elsif header = 18 then rings := pg_temp.numbers_in(area, place, place + size);
    elsif header = 26 then polygons := pg_temp.numbers_in(area, place, place + size);
    end if;
    place := place + size;
  end loop;
  foreach size in array polygons loop
    polygon_west := 'infinity';
    polygon_east := '-infinity';
    for number in ring .. ring + size - 1 loop
      for position in 1 .. rings[number] loop
        longitude := pg_temp.double_at(area, coordinates);
        polygon_west := least(polygon_west, longitude);
        polygon_east := greatest(polygon_east, longitude);
        coordinates := coordinates + 16;
      end loop;
    end loop;
    ring := ring + size;
    wests := wests || polygon_west;
    easts := easts || polygon_east;
  end loop;
  select min(a), max(b) into west, east from unnest(wests, easts) as ranges (a, b);
  widest := 360 - (east - west);
  reached := west;
  for item in select a, b from unnest(wests, easts) as ranges (a, b) order by a loop
    if item.a - reached > widest then
      widest := item.a - reached;
      west := item.a;
      east := reached;
    end if;
    reached := greatest(reached, item.b);
  end loop;
  return array[west, east];
end
$$;

-- A narrower box that crosses 180° leaves out more than half of the circle. The trigger of the search follows.
update projects set west = ends[1], east = ends[2]
from (select project_id as id, pg_temp.longitudes_of(area) as ends from projects where east - west > 180) as measured
where project_id = id and ends[1] > ends[2];
