import type { TestDatabase } from "@tessera/testing/database.ts";

/** A project as a test writes it straight into the database: columns by their names. */
export interface ProjectColumns {
  project_id: number;
  name: string;
  short_description: string;
  translations: { language: string; name: string; shortDescription?: string }[];
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
  create_time: Date;
  update_time: Date;
  due_time: Date | null;
}

const DEFAULTS: Omit<ProjectColumns, "project_id"> = {
  name: "Nameless",
  short_description: "",
  translations: [],
  status: 2,
  priority: 2,
  difficulty: 1,
  mapping_types: [],
  campaigns: [],
  interests: [],
  hashtags: [],
  countries: [],
  organisation_id: 0,
  author_user_id: 1,
  is_private: false,
  west: 10,
  south: 20,
  east: 10.1,
  north: 20.1,
  create_time: new Date("2024-01-01T00:00:00Z"),
  update_time: new Date("2024-01-01T00:00:00Z"),
  due_time: null,
};

/** Writes projects, published and public unless something else is said; those created later get higher numbers. */
export async function writeProjects(
  { sql }: TestDatabase,
  projects: readonly (Partial<ProjectColumns> & { project_id: number })[],
): Promise<void> {
  const rows = projects.map((it) => ({ ...DEFAULTS, ...it }));
  await sql`
    insert into projects (project_id, name, short_description, translations, status, priority, difficulty,
      mapping_types, campaigns, interests, hashtags, countries, organisation_id, author_user_id, is_private, west,
      south, east, north, create_time, update_time, due_time, description, instructions, area_square_kilometres, area,
      mapping_permission, mapping_level, validation_permission, validation_level, lock_seconds, revision)
    select it.*, '', '', 1, '', 1, 1, 1, 1, 7200, 1
    from jsonb_to_recordset(${sql.json(rows as never)}) as it (project_id integer, name text, short_description text,
      translations jsonb, status smallint, priority smallint, difficulty smallint, mapping_types smallint[],
      campaigns text[], interests text[], hashtags text[], countries text[], organisation_id integer,
      author_user_id bigint, is_private boolean, west float8, south float8, east float8, north float8,
      create_time timestamptz, update_time timestamptz, due_time timestamptz)`;
  await sql`select setval('project_ids', (select max(project_id) from projects))`;
}
