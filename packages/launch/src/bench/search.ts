import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { signIn } from "./ground.ts";
import { measure } from "./load.ts";
import { benchPool } from "./pool.ts";
import { drawn, writeProjects } from "./projects.ts";
import { line, type Setting, WARM_UP_MS } from "./report.ts";
import { mixed, PROJECTS, SEARCHES, type SearchRequest, some } from "./search-requests.ts";
import { wire } from "./wire.ts";

/** Concurrent readers: one, and enough to keep two cores busy. */
const CALLERS = [1, 4, 16];

/** The search among 50,000 projects, by kind and in a mix, through gRPC. */
export async function benchSearch({ system, forMs }: Setting): Promise<void> {
  const sql = benchPool(system.databaseUrl("project"));
  await writeProjects(sql, PROJECTS);
  await sql.end({ timeout: 5 });
  const token = await signIn(system, "mapper-1");
  const client = wire(system.addresses.project, Math.max(...CALLERS));
  const work = (of: (random: () => number) => SearchRequest) => {
    const random = drawn(1);
    return async () => {
      await client.call(ProjectService.method.listProjects, token, of(random));
      return 1;
    };
  };
  console.log(
    `\nsearch among ${PROJECTS} projects, gRPC: searches a second (p50, p99 in ms; CPU of the service)`,
  );
  const pids = [system.pid("project")];
  let first = 0;
  for (const workers of CALLERS) {
    const options = { workers, warmUpMs: WARM_UP_MS, forMs, pids };
    const measured = await measure(work(mixed), options);
    first ||= measured.perSecond;
    console.log(line(`mix, ${workers} callers`, measured, first));
  }
  for (const [name, [, ask]] of Object.entries(SEARCHES)) {
    const options = { workers: 1, warmUpMs: WARM_UP_MS / 4, forMs: forMs / 3, pids };
    const measured = await measure(
      work((random) => ask(some(random), random)),
      options,
    );
    console.log(line(`${name}, 1 caller`, measured, first));
  }
  client.close();
}
