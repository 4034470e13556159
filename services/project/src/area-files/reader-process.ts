import { fork } from "node:child_process";
import type { AreaFileAnswer, FromWorker, ToWorker } from "./area-file-worker.ts";
import type { AreaFileLimits } from "./file-reading.ts";
import type { OpenFile } from "./read-range.ts";

/** Half of the memory for short-lived values, in mebibytes. */
const SEMI_SPACE_MEBIBYTES = 16;
/** How a process ends whose fault lies in its program, not in the file. */
const EXIT_OF_BUG = 1;

/** The process ended while it read a file: it met its limit of memory. */
export class ReaderEnded extends Error {
  override readonly name = "ReaderEnded";
}

/** A process that reads files, one at a time. */
export interface ReaderProcess {
  /**
   * Reads a file. The process is ended if the signal aborts.
   *
   * @throws ReaderEnded, and the signal's reason once it aborts
   */
  read(file: OpenFile, limits: AreaFileLimits, stop: AbortSignal): Promise<AreaFileAnswer>;
  /** Whether it can read another file. */
  readonly alive: boolean;
  end(): void;
}

/** Starts a process that reads files within a limit of memory. It inherits neither settings nor secrets. */
export function startReader(memoryMebibytes: number): ReaderProcess {
  const child = fork(new URL("./area-file-worker.ts", import.meta.url), [], {
    execArgv: [`--max-old-space-size=${memoryMebibytes}`, `--max-semi-space-size=${SEMI_SPACE_MEBIBYTES}`],
    env: {},
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  let alive = true;
  let fail: (error: Error) => void = () => {};
  const ended = (error: Error) => {
    alive = false;
    fail(error);
  };
  child.on("error", ended);
  child.on("exit", (code) => {
    ended(code === EXIT_OF_BUG ? new Error("the process that reads files failed") : new ReaderEnded());
  });
  const send = (message: ToWorker) => {
    // A process that has ended says so by its exit.
    if (child.connected) child.send(message, () => {});
  };
  const end = () => {
    alive = false;
    child.kill("SIGKILL");
  };
  const keepAwake = (awake: boolean) => {
    const method = awake ? "ref" : "unref";
    child[method]();
    child.channel?.[method]();
  };
  return {
    get alive() {
      return alive;
    },
    end,
    async read(file, limits, stop) {
      stop.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<AreaFileAnswer>();
      fail = reject;
      const giveUp = () => {
        end();
        reject(stop.reason);
      };
      const receive = (message: FromWorker) => {
        if ("answer" in message) resolve(message.answer);
        else if ("bug" in message) reject(new Error("a file could not be read", { cause: message.bug }));
        else file.read(message.position, message.length).then((bytes) => send({ bytes }), reject);
      };
      stop.addEventListener("abort", giveUp, { once: true });
      child.on("message", receive);
      keepAwake(true);
      try {
        send({ sizeBytes: file.sizeBytes, limits });
        if (!alive) throw new ReaderEnded();
        return await promise;
      } catch (error) {
        // What it was doing is not known.
        end();
        throw error;
      } finally {
        keepAwake(false);
        child.off("message", receive);
        stop.removeEventListener("abort", giveUp);
      }
    },
  };
}
