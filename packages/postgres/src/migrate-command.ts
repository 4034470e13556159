import { readEnvironment, url } from "@tessera/runtime/environment.ts";
import { z } from "zod";
import { migrate } from "./migrate.ts";
import { connectPool } from "./pool.ts";

/** Brings the database at DATABASE_URL to the schema in `folder`, says what it did, and ends. */
export async function migrateCommand(service: string, folder: URL): Promise<void> {
  const { DATABASE_URL } = readEnvironment(z.object({ DATABASE_URL: url }));
  const sql = connectPool(DATABASE_URL, { applicationName: `${service}-migrate`, max: 2 });
  try {
    const ran = await migrate(sql, folder);
    console.log(
      ran.length === 0 ? `${service}: the schema is up to date` : `${service}: ran ${ran.join(", ")}`,
    );
  } finally {
    await sql.end({ timeout: 5 });
  }
}
