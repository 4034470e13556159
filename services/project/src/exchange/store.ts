import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { areaBytes, type ProjectRow, projectOf } from "../projects/project-row.ts";
import { type NewProject, projectColumns, surveyRow } from "../projects/store.ts";

/** Where a project was imported from. */
export interface Origin {
  source: string;
  externalId: string;
}

const UNIQUE_VIOLATION = "23505";

/** What is read of imported projects. */
export function importStore(sql: Sql) {
  return {
    /** The project that was made of another tool's; undefined where there is none. */
    async find({ source, externalId }: Origin): Promise<Project | undefined> {
      const [row] = await sql<ProjectRow[]>`
        select ${projectColumns(sql, "whole", 0n)} from projects
        where source = ${source} and external_id = ${externalId} and source <> ''`;
      return row && projectOf(row);
    },

    /** The number of the licence of this name. */
    async licence(name: string): Promise<number | undefined> {
      if (name === "") return undefined;
      const [row] = await sql<{ licence_id: number }[]>`select licence_id from licences where name = ${name}`;
      return row?.licence_id;
    },
  };
}

/** Says where a new project is from. Returns false, with the transaction failed, if another project is from there already. */
export async function setOrigin(
  tx: TransactionSql,
  projectId: number,
  { source, externalId }: Origin,
): Promise<boolean> {
  try {
    await tx`
      update projects set source = ${source}, external_id = ${externalId} where project_id = ${projectId}`;
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === UNIQUE_VIOLATION) return false;
    throw error;
  }
}

/** Gives a project that this transaction changes another area. */
export async function setAreaOf(
  tx: TransactionSql,
  projectId: number,
  { area, survey }: Pick<NewProject, "area" | "survey">,
): Promise<void> {
  const row = { ...surveyRow(survey), area: areaBytes(area) };
  await tx`update projects set ${tx(row as never)} where project_id = ${projectId}`;
}

/** Locks a project; returns whether it is still as it was read. */
export async function lockAsRead(tx: TransactionSql, { projectId, revision }: Project): Promise<boolean> {
  const { count } = await tx`
    select from projects where project_id = ${projectId} and revision = ${revision} for update`;
  return count === 1;
}
