import { migrate } from "./migrate.ts";
import { onDatabase } from "./open-database.ts";

/** Brings the database of the environment to the schema in `folder`, says what it did, and ends. */
export async function migrateCommand(service: string, folder: URL): Promise<void> {
  await onDatabase(`${service}-migrate`, async (sql) => {
    const ran = await migrate(sql, folder);
    console.log(
      ran.length === 0 ? `${service}: the schema is up to date` : `${service}: ran ${ran.join(", ")}`,
    );
  });
}
