import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  type Licence,
  type LicenceAcceptance,
  LicenceAcceptanceSchema,
  LicenceSchema,
} from "@tessera/contracts/tessera/project/v1/licence_pb.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import type { LicenceSettings } from "./licence.ts";

type LicenceRow = Pick<LicenceSettings, "name"> &
  Partial<LicenceSettings> &
  Pick<Licence, "licenceId" | "revision"> & { createTime: Date; updateTime: Date };

/** What is read of licences. */
export function licenceStore(sql: Sql) {
  return {
    /** Whether there is such a licence; 0 stands for none. */
    async has(licenceId: number): Promise<boolean> {
      if (licenceId === 0) return true;
      const rows = await sql`select from licences where licence_id = ${licenceId}`;
      return rows.length === 1;
    },

    /** Undefined for a licence that is not there. */
    async find(licenceId: number): Promise<Licence | undefined> {
      const [row] = await sql<LicenceRow[]>`
        select ${columns(sql)} from licences where licence_id = ${licenceId}`;
      return row && licenceOf(row);
    },

    /** Without their texts, in the order of the ids; those that are not there are left out. */
    async findMany(licenceIds: readonly number[]): Promise<Licence[]> {
      const rows = await sql<LicenceRow[]>`
        select ${listedColumns(sql)}
        from unnest(${[...licenceIds]}::integer[]) with ordinality as asked (id, place)
        join licences on licence_id = asked.id
        order by asked.place`;
      return rows.map(licenceOf);
    },

    /** By number, those that come after one of them, with their texts or without. */
    async list({
      after,
      most,
      withTexts,
    }: {
      after: number;
      most: number;
      withTexts: boolean;
    }): Promise<Licence[]> {
      const rows = await sql<LicenceRow[]>`
        select ${withTexts ? columns(sql) : listedColumns(sql)} from licences where licence_id > ${after} order by licence_id limit ${most}`;
      return rows.map(licenceOf);
    },

    /** Undefined for a licence that this person has not accepted. */
    async findAcceptance(licenceId: number, userId: bigint): Promise<LicenceAcceptance | undefined> {
      const [row] = await sql<{ accept_time: Date }[]>`
        select accept_time from licence_acceptances where licence_id = ${licenceId} and user_id = ${userId}`;
      if (row === undefined) return undefined;
      const acceptTime = timestampFromDate(row.accept_time);
      return create(LicenceAcceptanceSchema, { licenceId, userId, acceptTime, revision: 1n });
    },
  };
}

/** Makes other commands that name a licence wait. Taken before any lock of a licence. */
export async function lockLicenceNames(tx: TransactionSql): Promise<void> {
  await tx`lock table licences in share row exclusive mode`;
}

/** Locks a licence: projects that would take it wait. Undefined where there is none. */
export async function lockLicence(tx: TransactionSql, licenceId: number): Promise<Licence | undefined> {
  const [row] = await tx<LicenceRow[]>`
    select ${columns(tx)} from licences where licence_id = ${licenceId} for update`;
  return row && licenceOf(row);
}

/** Whether another licence has this name. */
export async function isNameTaken(tx: TransactionSql, name: string, except = 0): Promise<boolean> {
  const rows = await tx`select from licences where name = ${name} and licence_id <> ${except}`;
  return rows.length > 0;
}

/** Whether a project has this licence, which is locked. */
export async function isInUse(tx: TransactionSql, licenceId: number): Promise<boolean> {
  const rows = await tx`select from projects where licence_id = ${licenceId} and licence_id > 0 limit 1`;
  return rows.length > 0;
}

/** Adds a licence; returns its number. */
export async function insertLicence(
  tx: TransactionSql,
  { name, description, plainText }: LicenceSettings,
  now: Date,
): Promise<number> {
  const [row] = await tx<{ licence_id: number }[]>`
    insert into licences (name, description, plain_text, create_time, update_time)
    values (${name}, ${description}, ${plainText}, ${now}, ${now})
    returning licence_id`;
  return (row as { licence_id: number }).licence_id;
}

/** Changes a locked licence; returns its new revision. */
export async function updateLicenceRow(
  tx: TransactionSql,
  licenceId: number,
  { name, description, plainText }: LicenceSettings,
  now: Date,
): Promise<bigint> {
  const [row] = await tx<{ revision: bigint }[]>`
    update licences set name = ${name}, description = ${description}, plain_text = ${plainText},
      update_time = ${now}, revision = revision + 1
    where licence_id = ${licenceId} returning revision`;
  return (row as { revision: bigint }).revision;
}

/** Deletes a locked licence and its acceptances. */
export async function deleteLicenceRow(tx: TransactionSql, licenceId: number): Promise<void> {
  await tx`delete from licence_acceptances where licence_id = ${licenceId}`;
  await tx`delete from licences where licence_id = ${licenceId}`;
}

/** Records that a user accepts a licence; returns whether it was not accepted before. Undefined if there is no such licence. */
export async function insertAcceptance(
  tx: TransactionSql,
  licenceId: number,
  userId: bigint,
  now: Date,
): Promise<boolean | undefined> {
  const found = await tx`select from licences where licence_id = ${licenceId} for key share`;
  if (found.length === 0) return undefined;
  const { count } = await tx`
    insert into licence_acceptances (user_id, licence_id, accept_time) values (${userId}, ${licenceId}, ${now})
    on conflict do nothing`;
  return count === 1;
}

function listedColumns(sql: Sql) {
  return sql`licence_id as "licenceId", name, create_time as "createTime", update_time as "updateTime", revision`;
}

function columns(sql: Sql | TransactionSql) {
  return sql`
    licence_id as "licenceId", name, description, plain_text as "plainText", create_time as "createTime",
    update_time as "updateTime", revision`;
}

function licenceOf({ createTime, updateTime, ...fields }: LicenceRow): Licence {
  return create(LicenceSchema, {
    ...fields,
    createTime: timestampFromDate(createTime),
    updateTime: timestampFromDate(updateTime),
  });
}
