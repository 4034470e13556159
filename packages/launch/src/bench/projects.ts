import type { Sql } from "@tessera/postgres/pool.ts";

/** A project as the bench writes it straight into the project service's database: columns by their names. */
export interface GeneratedProject {
  project_id: number;
  name: string;
  short_description: string;
  description: string;
  instructions: string;
  default_language: string;
  translations: { language: string; name: string; shortDescription: string }[];
  status: number;
  priority: number;
  difficulty: number;
  mapping_types: number[];
  campaigns: string[];
  interests: string[];
  hashtags: string[];
  countries: string[];
  organisation_id: number;
  author_user_id: number;
  is_private: boolean;
  west: number;
  south: number;
  east: number;
  north: number;
  area_square_kilometres: number;
  create_time: Date;
  update_time: Date;
  due_time: Date | null;
}

/** A place of which projects are made: in Latin letters, as it is written there, in which language, where. */
type Location = readonly [
  latin: string,
  local: string,
  language: string,
  lon: number,
  lat: number,
  country: string,
];

const LOCATIONS: readonly Location[] = [
  ["Kathmandu", "काठमाडौं", "ne", 85.32, 27.71, "NP"],
  ["Pokhara", "पोखरा", "ne", 83.98, 28.21, "NP"],
  ["Gorkha", "गोरखा", "ne", 84.63, 28, "NP"],
  ["Varanasi", "वाराणसी", "hi", 82.97, 25.32, "IN"],
  ["Guwahati", "गुवाहाटी", "hi", 91.74, 26.14, "IN"],
  ["Cox's Bazar", "কক্সবাজার", "bn", 91.97, 21.43, "BD"],
  ["Sylhet", "সিলেট", "bn", 91.87, 24.9, "BD"],
  ["Escuintla", "Escuintla", "es", -90.79, 14.3, "GT"],
  ["Quetzaltenango", "Quetzaltenango", "es", -91.52, 14.83, "GT"],
  ["Tegucigalpa", "Tegucigalpa", "es", -87.2, 14.08, "HN"],
  ["Ayacucho", "Ayacucho", "es", -74.22, -13.16, "PE"],
  ["Iquitos", "Iquitos", "es", -73.25, -3.75, "PE"],
  ["Manaus", "Manaus", "pt", -60.02, -3.12, "BR"],
  ["São Luís", "São Luís", "pt", -44.3, -2.53, "BR"],
  ["Quelimane", "Quelimane", "pt", 36.89, -17.88, "MZ"],
  ["Beira", "Beira", "pt", 34.84, -19.84, "MZ"],
  ["N'Djamena", "نجامينا", "ar", 15.04, 12.13, "TD"],
  ["Khartoum", "الخرطوم", "ar", 32.56, 15.5, "SD"],
  ["Aleppo", "حلب", "ar", 37.16, 36.2, "SY"],
  ["Derna", "درنة", "ar", 22.64, 32.77, "LY"],
  ["Taiz", "تعز", "ar", 44.02, 13.58, "YE"],
  ["Mosul", "الموصل", "ar", 43.13, 36.34, "IQ"],
  ["Kharkiv", "Харків", "uk", 36.23, 49.99, "UA"],
  ["Zaporizhzhia", "Запоріжжя", "uk", 35.14, 47.84, "UA"],
  ["Yakutsk", "Якутск", "ru", 129.73, 62.03, "RU"],
  ["Osh", "Ош", "ky", 72.8, 40.53, "KG"],
  ["Chengdu", "成都市", "zh", 104.06, 30.67, "CN"],
  ["Wenchuan", "汶川县", "zh", 103.59, 31.48, "CN"],
  ["Noto", "能登半島", "ja", 137, 37.3, "JP"],
  ["Ishinomaki", "石巻市", "ja", 141.3, 38.43, "JP"],
  ["Mandalay", "မန္တလေး", "my", 96.09, 21.98, "MM"],
  ["Chiang Rai", "เชียงราย", "th", 99.83, 19.91, "TH"],
  ["Tacloban", "Tacloban", "fil", 125, 11.24, "PH"],
  ["Palu", "Palu", "id", 119.87, -0.9, "ID"],
  ["Lombok", "Lombok", "id", 116.32, -8.65, "ID"],
  ["Dodoma", "Dodoma", "sw", 35.74, -6.17, "TZ"],
  ["Zanzibar", "Zanzibar", "sw", 39.2, -6.16, "TZ"],
  ["Kampala", "Kampala", "en", 32.58, 0.35, "UG"],
  ["Turkana", "Turkana", "sw", 35.6, 3.1, "KE"],
  ["Goma", "Goma", "fr", 29.22, -1.68, "CD"],
  ["Mbuji-Mayi", "Mbuji-Mayi", "fr", 23.6, -6.13, "CD"],
  ["Les Cayes", "Les Cayes", "fr", -73.75, 18.2, "HT"],
  ["Port-au-Prince", "Pòtoprens", "ht", -72.34, 18.54, "HT"],
  ["Antakya", "Antakya", "tr", 36.16, 36.2, "TR"],
  ["Kahramanmaraş", "Kahramanmaraş", "tr", 36.94, 37.58, "TR"],
  ["Ouagadougou", "Ouagadougou", "fr", -1.52, 12.37, "BF"],
  ["Niamey", "Niamey", "fr", 2.11, 13.51, "NE"],
  ["Blantyre", "Blantyre", "en", 35, -15.79, "MW"],
  ["Maiduguri", "Maiduguri", "ha", 13.15, 11.85, "NG"],
  ["Antananarivo", "Antananarivo", "mg", 47.52, -18.88, "MG"],
];
const SYLLABLES =
  "ba ka ma na ra ta sa la wa ya do go mo no ro to so lo mbe nga chi tu ku pu li ri ni shi zi pe".split(" ");
const EVENTS = [
  "Earthquake",
  "Cyclone",
  "Flood",
  "Ebola",
  "Malaria elimination",
  "Landslide",
  "Drought",
  "Wildfire",
];
const SUBJECTS = ["buildings", "roads", "waterways", "land use", "health facilities", "settlements"];
const CAMPAIGNS = Array.from(
  { length: 60 },
  (_, at) => `${EVENTS[at % EVENTS.length]} response ${2014 + (at % 12)}`,
);
const INTERESTS = [
  "health",
  "disaster response",
  "climate",
  "gender",
  "water",
  "education",
  "food security",
  "migration",
];
const ORGANISATIONS = 200;
const AUTHORS = 3_000;
const DAY_MS = 86_400_000;
/** When the first was made, and how far apart they are. */
const FIRST = Date.UTC(2014, 0, 1);
const APART_MS = 2 * 3_600_000;
const DESCRIPTION =
  "Mapping here helps those who plan relief to know where people live and how to reach them. ".repeat(12);

/** Numbers in [0, 1) that are the same at each run (mulberry32). */
export function drawn(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Project number `id` of a deployment that is more than ten years old. The same number is always the same project. */
export function generatedProject(id: number): GeneratedProject {
  const random = drawn(id);
  /** The first ones much oftener than the last ones. */
  const skewed = (count: number) => Math.floor(count * random() ** 3);
  const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const some = <T>(list: readonly T[], chance: number): T[] => list.filter(() => random() < chance);
  const [latin, local, language, lon, lat, country] = LOCATIONS[
    Math.floor(LOCATIONS.length * random() ** 2)
  ] as Location;
  const village = capital(Array.from({ length: 2 + skewed(3) }, () => one(SYLLABLES)).join(""));
  const subject = one(SUBJECTS);
  const event = random() < 0.5 ? `${one(EVENTS)}: ` : "";
  const [west, south] = [lon + (random() - 0.5) * 6, Math.max(-85, lat + (random() - 0.5) * 4)];
  const size = 0.02 + random() ** 3;
  const createTime = new Date(FIRST + id * APART_MS);
  const campaigns = [...new Set([CAMPAIGNS[skewed(CAMPAIGNS.length)] as string])].filter(
    () => random() < 0.6,
  );
  return {
    project_id: id,
    name: `${event}${latin}, ${village} ${1 + skewed(40)}`,
    short_description: `Map ${subject} in ${village}, ${latin}, for the ${one(EVENTS).toLowerCase()} response`,
    description: DESCRIPTION,
    instructions: DESCRIPTION,
    default_language: "en",
    translations: [{ language, name: `${local}، ${village}`, shortDescription: local }].filter(
      () => local !== latin,
    ),
    status: random() < 0.05 ? 1 : random() < 0.3 ? 2 : 3,
    priority: 1 + skewed(4),
    difficulty: 1 + skewed(3),
    mapping_types: some([1, 2, 3, 4, 5], 0.35),
    campaigns,
    interests: some(INTERESTS, 0.15),
    hashtags: [`#hotosm-project-${id}`],
    countries: [country],
    organisation_id: 1 + skewed(ORGANISATIONS),
    author_user_id: 1_000 + skewed(AUTHORS),
    is_private: random() < 0.04,
    west,
    south,
    east: Math.min(180, west + size),
    north: Math.min(86, south + size),
    area_square_kilometres: size * size * 12_000,
    create_time: createTime,
    update_time: new Date(createTime.getTime() + random() ** 2 * 400 * DAY_MS),
    due_time: random() < 0.2 ? new Date(createTime.getTime() + 30 * DAY_MS) : null,
  };
}

const BATCH = 1_000;
/** How many projects share a team, and the number of teams. */
const WITH_TEAM = 3;
const TEAMS = 400;

/**
 * Writes a number of generated projects into the project service's database, with numbers above those that are there.
 */
export async function writeProjects(sql: Sql, count: number): Promise<void> {
  const [last] = await sql<{ id: number }[]>`select coalesce(max(project_id), 0) as id from projects`;
  const after = last?.id ?? 0;
  for (let first = 1; first <= count; first += BATCH) {
    const length = Math.min(BATCH, count - first + 1);
    const batch = Array.from({ length }, (_, at) => generatedProject(first + at));
    await writeBatch(
      sql,
      batch.map((it) => ({ ...it, project_id: after + it.project_id })),
    );
  }
  await sql`select setval('project_ids', ${after + count})`;
  await sql`
    insert into project_teams (project_id, team_id, role)
    select project_id, 1 + project_id % ${TEAMS}::integer, 2 + project_id % 3
    from projects where project_id > ${after} and project_id % ${WITH_TEAM}::integer = 0`;
  await sql`analyze`;
}

async function writeBatch(sql: Sql, projects: GeneratedProject[]): Promise<void> {
  await sql`
    insert into projects (project_id, name, short_description, description, instructions, default_language,
      translations, status, priority, difficulty, mapping_types, campaigns, interests, hashtags, countries,
      organisation_id, author_user_id, is_private, west, south, east, north, area_square_kilometres, create_time,
      update_time, due_time, longitude, latitude, area, mapping_permission, mapping_level, validation_permission,
      validation_level, lock_seconds, revision)
    select project_id, name, short_description, description, instructions, default_language,
      translations, status, priority, difficulty, mapping_types, campaigns, interests, hashtags, countries,
      organisation_id, author_user_id, is_private, west, south, east, north, area_square_kilometres, create_time,
      update_time, due_time, (west + east) / 2, (south + north) / 2, ''::bytea, 1, 2, 2, 2, 7200, 1
    from jsonb_to_recordset(${sql.json(projects as never)}) as it (project_id integer, name text,
      short_description text, description text, instructions text, default_language text, translations jsonb,
      status smallint, priority smallint, difficulty smallint, mapping_types smallint[], campaigns text[],
      interests text[], hashtags text[], countries text[], organisation_id integer, author_user_id bigint,
      is_private boolean, west float8, south float8, east float8, north float8, area_square_kilometres float8,
      create_time timestamptz, update_time timestamptz, due_time timestamptz)`;
}

function capital(word: string): string {
  return `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;
}
