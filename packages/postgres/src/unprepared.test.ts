import { testDatabase } from "@tessera/testing/database.ts";
import { expect, test } from "vitest";
import { connectPool } from "./pool.ts";
import { unprepared } from "./unprepared.ts";

test("a statement that is not prepared is kept nowhere, and answers as others do", async () => {
  const database = await testDatabase();
  const sql = connectPool(database.url, { applicationName: "test", max: 1 });
  try {
    for (let times = 0; times < 3; times++) {
      const [row] = await unprepared(sql`select ${times}::integer + 1 as kept_nowhere`);
      expect(row?.kept_nowhere).toBe(times + 1);
      await sql`select ${times}::integer as kept_here`;
    }
    const kept = await sql<{ statement: string }[]>`
      select statement from pg_prepared_statements where statement ~ '^select \\$1::integer'`;
    expect(kept.map(({ statement }) => statement)).toEqual(["select $1::integer as kept_here"]);
  } finally {
    await sql.end({ timeout: 5 });
    await database.drop();
  }
});
