import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
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

/** Starts one PostgreSQL for all test files, durable as in production, and removes it and its data after them. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeLeftovers();
  const folder = await mkdtemp(join(tmpdir(), PREFIX));
  const remove = () => rm(folder, { recursive: true, force: true });
  const server = await startEmbedded({ folder }).catch(async (error) => {
    await remove();
    throw error;
  });
  project.provide("adminUrl", server.url("postgres"));
  return async () => {
    await server.stop();
    await remove();
  };
}

async function removeLeftovers(): Promise<void> {
  const names = await readdir(tmpdir());
  for (const name of names.filter((name) => name.startsWith(PREFIX))) {
    const folder = join(tmpdir(), name);
    // Another run may be removing it.
    const found = await stat(folder).catch(() => undefined);
    if (found && found.mtimeMs < Date.now() - LEFTOVER_AGE_MS)
      await rm(folder, { recursive: true, force: true });
  }
}
