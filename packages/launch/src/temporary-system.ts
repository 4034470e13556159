import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "./ports.ts";
import { type Ports, type System, startSystem } from "./system.ts";

/** The rest of it when it is stopped. */
const EXIT_CODE = { SIGINT: 130, SIGTERM: 143 } as const;

const SAME_MS = 1_000;

/** A system on free ports in a folder of its own, for as long as a command runs. */
export interface TemporarySystem {
  system: System;
  ports: Ports;
  folder: string;
  /** Stops it, and removes its folder unless that is to be kept. */
  end(keep?: boolean): Promise<void>;
}

/** Starts one. Ctrl-C ends the command, and leaves nothing behind; a second one does not wait. */
export async function temporarySystem(
  name: string,
  settings: Record<string, string> = {},
): Promise<TemporarySystem> {
  const folder = mkdtempSync(join(tmpdir(), `tessera-${name}-`));
  // The user of PostgreSQL can enter it: started by root, the database would lie elsewhere and stay.
  chmodSync(folder, 0o755);
  const ports = await freePorts();
  const starting = startSystem(folder, ports, settings);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  let isEnding = false;
  let endingAt = 0;
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      // One Ctrl-C comes twice through npm: from the terminal, and passed on.
      if (isEnding && Date.now() - endingAt > SAME_MS) process.exit(EXIT_CODE[signal]);
      if (isEnding) return;
      isEnding = true;
      endingAt = Date.now();
      console.error("\nStopping …");
      // What runs meanwhile fails, since its system goes: that is no news.
      process.on("uncaughtException", () => {}).on("unhandledRejection", () => {});
      const stopped = starting.then((system) => system.stop()).catch(() => {});
      void stopped.then(() => {
        remove();
        process.exit(EXIT_CODE[signal]);
      });
    });
  const system = await starting.catch((error) => {
    if (!isEnding) remove();
    throw error;
  });
  const end = async (keep = false) => {
    // The signal's own ending is under way.
    if (isEnding) return new Promise<void>(() => {});
    await system.stop();
    if (!keep) remove();
  };
  return { system, ports, folder, end };
}
