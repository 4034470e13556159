import { parseArgs } from "node:util";

/** The parts, in the order in which they run. */
export const PARTS = ["tasks", "watchers", "idle", "growth", "search"] as const;
export type Part = (typeof PARTS)[number];

/** What `npm run bench` was asked for. */
export interface BenchArguments {
  parts: readonly Part[];
  /** How many callers there are at once, in turn. */
  callers: readonly number[];
  /** How long each row is measured. */
  seconds: number;
  /** Where the peers and their binaries are. */
  peers: { folder: string; binaries: string } | undefined;
  /** The file for the rows as JSON. */
  jsonFile: string | undefined;
  help: boolean;
}

export const BENCH_USAGE = `
npm run bench -- [--only PART,PART] [--callers N,N] [--seconds N] [--peers DIR] [--json FILE] [--help]

Starts the whole system on free ports with a data folder of its own, measures it, prints a Markdown table on stdout and removes
everything; progress goes to stderr. Ctrl-C ends it, and leaves nothing behind.

  --only PARTS     of: tasks      lock and submit (W1), one task (W2), a list of 1,000 tasks as GeoJSON (W3), a race for one
                                  task (W4); over gRPC and REST, in one project and over a hundred, beside the peers
                       watchers   a lock while 0, 100 and 1,000 people watch the project
                       idle       CPU a second while nobody works
                       growth     progress, contributors and a point in a project of 100,000 tasks
                       search     the search among 50,000 projects
                   (all without it)
  --callers N,N    how many callers there are at once, in turn (16,64)
  --seconds N      how long each row is measured, after a warm-up (5)
  --peers DIR      measure the Go servers of DIR as well: DIR/sql/schema.sql and so on make their database, and DIR/bin/server
                   serves it (PEERS; binaries from PEERS_SCRATCH/bin where that is set)
  --json FILE      write the rows to FILE as well, with commit, date, machine and versions

What stands in brackets is the same as an environment variable, or what holds without. docs/bench.md says how to read the table.
`;

const CALLERS_MAX = 1_000;
/** Every row has enough tasks. */
const SECONDS_MAX = 60;

/** Reads what stands on the command line, then in the environment. Throws an Error with a sentence for people. */
export function benchArguments(args: string[], env: NodeJS.ProcessEnv): BenchArguments {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args,
    options: {
      only: text,
      callers: { ...text, default: "16,64" },
      seconds: { ...text, default: "5" },
      peers: text,
      json: text,
      help: { type: "boolean", short: "h" },
    },
  });
  const folder = values.peers ?? (env.PEERS || undefined);
  return {
    parts: partsOf(values.only),
    callers: values.callers.split(",").map((it) => numberOf("--callers", it, CALLERS_MAX)),
    seconds: numberOf("--seconds", values.seconds, SECONDS_MAX),
    peers: folder === undefined ? undefined : { folder, binaries: `${env.PEERS_SCRATCH || folder}/bin` },
    jsonFile: values.json,
    help: values.help ?? false,
  };
}

function partsOf(only: string | undefined): readonly Part[] {
  if (only === undefined) return PARTS;
  const asked = only.split(",");
  const unknown = asked.find((it) => !PARTS.includes(it as Part));
  if (unknown !== undefined) throw new Error(`--only knows no ${unknown}: it takes ${PARTS.join(", ")}`);
  return PARTS.filter((it) => asked.includes(it));
}

function numberOf(option: string, text: string, most: number): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > most)
    throw new Error(`${option} takes numbers from 1 to ${most}`);
  return number;
}
