// Brings the database at DATABASE_URL to the schema of this version: `node src/migrate.ts`.
import { migrateCommand } from "@tessera/postgres/migrate-command.ts";
import { MIGRATIONS } from "./migrations.ts";

await migrateCommand("project", MIGRATIONS);
