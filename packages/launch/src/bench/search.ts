import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { signIn } from "./ground.ts";
import type { Work } from "./load.ts";
import { benchPool } from "./pool.ts";
import { drawn, writeProjects } from "./projects.ts";
import type { Bench } from "./report.ts";
import { mixed, PROJECTS, SEARCHES, type SearchRequest, some } from "./search-requests.ts";
import { wire } from "./wire.ts";

/** Concurrent readers of the mix: one, and enough to keep two cores busy. */
const CALLERS = [1, 4, 16];

/** The search among 50,000 projects: all kinds as often as people ask for them, then each kind alone. */
export async function benchSearch(bench: Bench): Promise<void> {
  const { report, system } = bench;
  report.say(`search: ${PROJECTS} projects are written`);
  const sql = benchPool(system.databaseUrl("project"));
  await writeProjects(sql, PROJECTS);
  await sql.end({ timeout: 5 });
  const token = await signIn(system, "mapper-1");
  const client = wire(system.addresses.project, Math.max(...CALLERS));
  const work = (name: string, of: (random: () => number) => SearchRequest): Work => {
    const random = drawn(1);
    return (_, timed) => timed(name, client.call(ProjectService.method.listProjects, token, of(random)));
  };
  const measure = (name: string, callers: number, of: (random: () => number) => SearchRequest) => {
    const row = { part: "search", door: "Tessera, gRPC", callers, note: `${PROJECTS} projects` };
    return report.measure(bench, row, work(name, of), { settled: async () => {} });
  };
  for (const callers of CALLERS) await measure("search, mixed", callers, mixed);
  for (const [name, [, ask]] of Object.entries(SEARCHES))
    await measure(`search: ${name}`, 1, (random) => ask(some(random), random));
  client.close();
}
