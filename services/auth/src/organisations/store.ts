import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  type Organisation,
  type OrganisationManager,
  OrganisationManagerSchema,
  OrganisationSchema,
} from "@tessera/contracts/tessera/auth/v1/organisation_pb.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import type { Viewer } from "../memberships/store.ts";
import { nameKey } from "../names.ts";
import { administers } from "../users/store.ts";
import type { KnownOrganisation, OrganisationSettings } from "./organisation.ts";

/** What is stored of organisations. */
export function organisationStore(sql: Sql) {
  return {
    /** Undefined for an organisation that is not there. */
    async find(organisationId: number): Promise<Organisation | undefined> {
      const [row] = await sql<OrganisationRow[]>`
        select ${organisationColumns(sql)} from organisations where organisation_id = ${organisationId}`;
      return row && organisationOf(row);
    },

    /** In the order of the ids; those that are not there are left out. */
    async findMany(organisationIds: readonly number[]): Promise<Organisation[]> {
      const rows = await sql<OrganisationRow[]>`
        select ${organisationColumns(sql)}
        from unnest(${[...organisationIds]}::integer[]) with ordinality as asked (id, place)
        join organisations on organisation_id = asked.id
        order by asked.place`;
      return rows.map(organisationOf);
    },

    /** By name, those that come after one of them. */
    async list(page: { query: string; after: number; most: number }): Promise<Organisation[]> {
      const rows = await sql<OrganisationRow[]>`
        select ${organisationColumns(sql)} from organisations
        where (${page.after} = 0 or name_key > (
            select name_key from organisations where organisation_id = ${page.after}))
          and strpos(name_key, ${nameKey(page.query)}) > 0
        order by name_key limit ${page.most}`;
      return rows.map(organisationOf);
    },

    async findManager(organisationId: number, userId: bigint): Promise<OrganisationManager | undefined> {
      const [row] = await sql<ManagerRow[]>`
        select organisation_id, user_id, create_time from organisation_managers
        where organisation_id = ${organisationId} and user_id = ${userId}`;
      return row && managerOf(row);
    },

    /** By user, those that come after one of them. */
    async listManagers(
      organisationId: number,
      page: { after: bigint; most: number },
    ): Promise<OrganisationManager[]> {
      const rows = await sql<ManagerRow[]>`
        select organisation_id, user_id, create_time from organisation_managers
        where organisation_id = ${organisationId} and user_id > ${page.after}
        order by user_id limit ${page.most}`;
      return rows.map(managerOf);
    },
  };
}

/** Keeps out who else would give an organisation a name. Before any lock of an organisation. */
export async function lockOrganisationNames(tx: TransactionSql): Promise<void> {
  await tx`lock table organisations in share row exclusive mode`;
}

/** Locks an organisation, and says what the caller is to it. Undefined where there is none. */
export async function lockOrganisation(
  tx: TransactionSql,
  organisationId: number,
  caller: Viewer,
): Promise<KnownOrganisation | undefined> {
  const [row] = await tx<OrganisationRow[]>`
    select ${organisationColumns(tx)} from organisations where organisation_id = ${organisationId} for update`;
  const [standing] = await tx<{ administrator: boolean; manager: boolean }[]>`
    select ${administers(tx, caller)} as administrator, ${manages(tx, organisationId, caller.userId)} as manager`;
  return row && { organisation: organisationOf(row), administrator: false, manager: false, ...standing };
}

/** Which of the two another organisation has, as it is compared; the name before the slug. */
export async function findNamesake(
  tx: TransactionSql,
  { name, slug }: OrganisationSettings,
  except = 0,
): Promise<"name" | "slug" | undefined> {
  const [row] = await tx<{ named: boolean }[]>`
    select name_key = ${nameKey(name)} as named from organisations
    where (name_key = ${nameKey(name)} or slug = ${slug}) and organisation_id <> ${except}
    order by 1 desc limit 1`;
  return row && (row.named ? "name" : "slug");
}

/** Adds an organisation. Returns its number. */
export async function insertOrganisation(
  tx: TransactionSql,
  { name, slug, description, url, logoUrl }: OrganisationSettings,
  now: Date,
): Promise<number> {
  const [row] = await tx<{ organisation_id: number }[]>`
    insert into organisations (name, name_key, slug, description, url, logo_url, create_time, update_time)
    values (${name}, ${nameKey(name)}, ${slug}, ${description}, ${url}, ${logoUrl}, ${now}, ${now})
    returning organisation_id`;
  return (row as { organisation_id: number }).organisation_id;
}

/** Writes the settings of a locked organisation. Returns the new revision. */
export async function updateOrganisationRow(
  tx: TransactionSql,
  organisationId: number,
  { name, slug, description, url, logoUrl }: OrganisationSettings,
  now: Date,
): Promise<bigint> {
  const [row] = await tx<{ revision: bigint }[]>`
    update organisations set name = ${name}, name_key = ${nameKey(name)}, slug = ${slug},
      description = ${description}, url = ${url}, logo_url = ${logoUrl}, update_time = ${now}, revision = revision + 1
    where organisation_id = ${organisationId} returning revision`;
  return (row as { revision: bigint }).revision;
}

/** Deletes an organisation that has no teams. Returns the users who managed it. */
export async function deleteOrganisationRow(tx: TransactionSql, organisationId: number): Promise<bigint[]> {
  const managers = await tx<{ user_id: bigint }[]>`
    delete from organisation_managers where organisation_id = ${organisationId} returning user_id`;
  await tx`delete from organisations where organisation_id = ${organisationId}`;
  return managers.map((it) => it.user_id);
}

/** Of a locked organisation: how many manage it, and whether this person does. */
export async function readManagers(
  tx: TransactionSql,
  organisationId: number,
  userId: bigint,
): Promise<{ managers: number; manages: boolean }> {
  const [row] = await tx<{ managers: number; manages: boolean }[]>`
    select count(*)::integer as managers, count(*) filter (where user_id = ${userId}) > 0 as manages
    from organisation_managers where organisation_id = ${organisationId}`;
  return row as { managers: number; manages: boolean };
}

export async function insertManager(
  tx: TransactionSql,
  organisationId: number,
  userId: bigint,
  now: Date,
): Promise<void> {
  await tx`
    insert into organisation_managers (organisation_id, user_id, create_time)
    values (${organisationId}, ${userId}, ${now})`;
}

export async function deleteManager(
  tx: TransactionSql,
  organisationId: number,
  userId: bigint,
): Promise<void> {
  await tx`
    delete from organisation_managers where organisation_id = ${organisationId} and user_id = ${userId}`;
}

function manages(sql: Sql | TransactionSql, organisationId: number, userId: bigint) {
  return sql`exists (
    select from organisation_managers where organisation_id = ${organisationId} and user_id = ${userId})`;
}

interface OrganisationRow extends OrganisationSettings {
  organisationId: number;
  createTime: Date;
  updateTime: Date;
  revision: bigint;
}

interface ManagerRow {
  organisation_id: number;
  user_id: bigint;
  create_time: Date;
}

function organisationColumns(sql: Sql | TransactionSql) {
  return sql`
    organisation_id as "organisationId", name, slug, description, url, logo_url as "logoUrl",
    create_time as "createTime", update_time as "updateTime", revision`;
}

function organisationOf(stored: OrganisationRow): Organisation {
  const { url, logoUrl, createTime, updateTime, ...row } = stored;
  return create(OrganisationSchema, {
    ...row,
    ...(url !== "" && { url }),
    ...(logoUrl !== "" && { logoUrl }),
    createTime: timestampFromDate(createTime),
    updateTime: timestampFromDate(updateTime),
  });
}

function managerOf({ organisation_id: organisationId, user_id: userId, create_time }: ManagerRow) {
  const createTime = timestampFromDate(create_time);
  return create(OrganisationManagerSchema, { organisationId, userId, createTime, revision: 1n });
}

/** Of a locked organisation: how many teams it has, and whether one but this has the name. */
export async function readTeamNames(
  tx: TransactionSql,
  organisationId: number,
  name: string,
  except = 0,
): Promise<{ teams: number; taken: boolean }> {
  const [row] = await tx<{ teams: number; taken: boolean }[]>`
    select count(*)::integer as teams,
      count(*) filter (where name_key = ${nameKey(name)} and team_id <> ${except}) > 0 as taken
    from teams where organisation_id = ${organisationId}`;
  return row as { teams: number; taken: boolean };
}
