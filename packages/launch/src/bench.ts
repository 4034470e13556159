// `npm run bench`: measures the whole system, beside the peers where they are. `npm run bench -- --help`.
import { BENCH_USAGE, type BenchArguments, benchArguments, type Part } from "./bench/bench-arguments.ts";
import { benchWatchers } from "./bench/following.ts";
import { benchGrowth } from "./bench/growth.ts";
import { benchIdle } from "./bench/idle.ts";
import { benchPool } from "./bench/pool.ts";
import { postgresPid } from "./bench/processes.ts";
import { type Bench, Report } from "./bench/report.ts";
import { benchSearch } from "./bench/search.ts";
import { settling } from "./bench/settle.ts";
import { benchTasks } from "./bench/tasks.ts";
import { PROCESSES, type System } from "./system.ts";
import { temporarySystem } from "./temporary-system.ts";

/** Limits of sign-in would be what is measured; tokens are valid for as long as the longest part. */
const SETTINGS = { RATE_LIMIT_PERCENT: "0", ACCESS_TOKEN_SECONDS: "3600" };
const PARTS: Record<Part, (bench: Bench) => Promise<void>> = {
  tasks: benchTasks,
  watchers: benchWatchers,
  idle: benchIdle,
  growth: benchGrowth,
  search: benchSearch,
};

const asked = readArguments();
if (asked.help) {
  console.log(BENCH_USAGE);
  process.exit();
}
const report = new Report();
report.say("the system starts");
const { system, ports, folder, end } = await temporarySystem("bench", SETTINGS);
const { settled, close } = settling(system);
const { version, pid } = await postgres();
try {
  const processes = { ...pidsOf(system), ...(pid !== undefined && { postgres: pid }) };
  for (const part of asked.parts)
    await PARTS[part]({ system, ports, folder, asked, processes, settled, report });
} finally {
  await close();
  await end();
}
console.log(report.table());
if (asked.jsonFile !== undefined) report.write(asked.jsonFile, version);

function readArguments(): BenchArguments {
  try {
    return benchArguments(process.argv.slice(2), process.env);
  } catch (error) {
    console.error(`${(error as Error).message}\n${BENCH_USAGE}`);
    return process.exit(2);
  }
}

async function postgres(): Promise<{ version: string; pid: number | undefined }> {
  const sql = benchPool(system.databaseUrl("task"), 1);
  const [row] = await sql<{ version: string }[]>`select current_setting('server_version') as version`;
  const found = await postgresPid(sql);
  await sql.end({ timeout: 5 });
  return { version: row?.version ?? "unknown", pid: found };
}

function pidsOf(of: System): Record<string, number> {
  return Object.fromEntries(PROCESSES.map((name) => [name, of.pid(name)]));
}
