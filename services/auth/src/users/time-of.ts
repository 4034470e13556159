import type { TransactionSql } from "@tessera/postgres/pool.ts";

/** The database's time, in whole milliseconds. */
export async function timeOf(tx: TransactionSql): Promise<Date> {
  const [row] = await tx<{ now: Date }[]>`select date_trunc('milliseconds', clock_timestamp()) as now`;
  return row?.now as Date;
}
