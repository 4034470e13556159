import { mkdtemp, readdir, rm, stat, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbedded } from "@tessera/embedded-postgres/server.ts";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The address of database "postgres" on the server of this test run. */
    adminUrl: string;
  }
}

const PREFIX = "tessera-test-";
/** A run that was killed leaves its folder; no run lasts this long. */
const LEFTOVER_AGE_MS = 6 * 3_600_000;
const REMOVE_RETRIES = 5;
/** A folder in memory, on Linux: what is written there needs no disk, so a commit waits for none. */
const MEMORY_FOLDER = "/dev/shm";
/** What must be free there, and in memory, for the databases of a run and their log. */
const MEMORY_LEAST_BYTES = 4 * 2 ** 30;

/**
 * Starts one PostgreSQL for all test files, with the settings of production, and removes it and its data after them. Its
 * data is in memory where there is room, as no test of this server takes the power away. TEST_DATABASE_URL names database
 * "postgres" of a server to use instead, as a role that may make databases; with TEST_CITUS_WORKERS ("host:port,host:port") it
 * is the coordinator of a Citus cluster of these workers.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await using begun = new AsyncDisposableStack();
  const parent = (await hasRoom(MEMORY_FOLDER)) ? MEMORY_FOLDER : tmpdir();
  await removeLeftovers(parent);
  const ownFolder = async () => {
    const folder = await mkdtemp(join(parent, PREFIX));
    // A process that ends may still be writing into it.
    begun.defer(() => rm(folder, { recursive: true, force: true, maxRetries: REMOVE_RETRIES }));
    return folder;
  };
  // Processes that tests start keep their compiled code for the next ones, which start in half the time.
  process.env.NODE_COMPILE_CACHE ??= await ownFolder();
  const given = process.env.TEST_DATABASE_URL;
  if (given === undefined) {
    const server = await startEmbedded({ folder: await ownFolder() });
    begun.defer(() => server.stop());
    project.provide("adminUrl", server.url("postgres"));
  } else project.provide("adminUrl", given);
  const running = begun.move();
  return () => running.disposeAsync();
}

async function hasRoom(folder: string): Promise<boolean> {
  const found = await statfs(folder).catch(() => undefined);
  const bytes = found ? found.bavail * found.bsize : 0;
  return Math.min(bytes, process.availableMemory()) >= MEMORY_LEAST_BYTES;
}

async function removeLeftovers(parent: string): Promise<void> {
  const names = await readdir(parent);
  for (const name of names.filter((name) => name.startsWith(PREFIX))) {
    const folder = join(parent, name);
    // Another run may be removing it.
    const found = await stat(folder).catch(() => undefined);
    if (found && found.mtimeMs < Date.now() - LEFTOVER_AGE_MS)
      await rm(folder, { recursive: true, force: true });
  }
}
