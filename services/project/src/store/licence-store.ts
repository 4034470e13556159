import type { Sql } from "@tessera/postgres/pool.ts";

/** What is read of licences. */
export function licenceStore(sql: Sql) {
  return {
    /** Whether there is such a licence; 0 stands for none. */
    async has(licenceId: number): Promise<boolean> {
      if (licenceId === 0) return true;
      const rows = await sql`select from licences where licence_id = ${licenceId}`;
      return rows.length === 1;
    },
  };
}
