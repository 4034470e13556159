import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { restClient } from "../rest-client.ts";
import type { System } from "../system.ts";
import { signIn } from "./ground.ts";
import { measure } from "./load.ts";
import { runOperation } from "./operation.ts";
import { line, type Setting, WARM_UP_MS } from "./report.ts";
import { wire } from "./wire.ts";

/** How many vertices the areas have. */
const VERTICES = [100, 1_000, 20_000];
/** How often each area is made into a project; the median counts. */
const TIMES = 5;
/** In degrees: some 9,600 squares of zoom 16 lie in it. */
const RADIUS = 0.3;
const ZOOM = 16;

/** Areas of interest of several sizes, and what others ask the project service all the time. */
export async function benchAreas(setting: Setting, projectId: number): Promise<void> {
  const administrator = await signIn(setting.system, "administrator");
  console.log(
    "\nan area is checked and made into a project; its squares at zoom 16 are cut (median ms, by REST)",
  );
  for (const vertices of VERTICES) {
    const took: Awaited<ReturnType<typeof makeAndCut>>[] = [];
    for (let time = 0; time < TIMES; time++)
      took.push(await makeAndCut(setting.system, administrator, vertices));
    const median = (of: "createMs" | "cutMs") =>
      took.map((it) => it[of]).sort((one, other) => one - other)[Math.floor(TIMES / 2)] ?? 0;
    const [create, cut] = [median("createMs").toFixed(0), median("cutMs").toFixed(0)];
    console.log(
      `  ${String(vertices).padStart(6)} vertices: ${create} ms; ${took[0]?.tasks} tasks: ${cut} ms`,
    );
  }
  await access(setting, projectId);
}

async function access({ system, callers, forMs }: Setting, projectId: number): Promise<void> {
  const workers = Math.max(...callers);
  const client = wire(system.addresses.project, workers);
  const token = await signIn(system, "mapper-1");
  const { getAccess } = ProjectService.method;
  const ask = () => client.call(getAccess, token, { projectId }).then(() => 1);
  const options = { workers, warmUpMs: WARM_UP_MS, forMs: forMs / 2, pids: [system.pid("project")] };
  const measured = await measure(ask, options);
  console.log(line(`GetAccess, ${workers} callers`, measured, measured.perSecond));
  client.close();
}

/** How long it takes to make a project of an area, and to cut it. */
async function makeAndCut(system: System, token: string, vertices: number) {
  const administrator = restClient(system.url, token);
  const area = { type: "Polygon", coordinates: [coast(vertices)] };
  const started = performance.now();
  const created = await administrator<{ project_id: number }>("POST", "projects", { name: "Coast", area });
  const createMs = performance.now() - started;
  const path = `projects/${created.body.project_id}/tasks`;
  const begun = performance.now();
  const cut = await runOperation(administrator, path, { zoom: ZOOM });
  return { createMs, cutMs: performance.now() - begun, tasks: cut.done_count };
}

/** A ring that winds as coasts do and never crosses itself: its distance from the middle is a sum of waves. */
function coast(vertices: number): number[][] {
  const ring = Array.from({ length: vertices }, (_, index) => {
    const angle = (2 * Math.PI * index) / vertices;
    const waves = [3, 7, 17, 41].map((count) => Math.sin(count * angle + count) / count);
    const distance = RADIUS * (1 + waves.reduce((sum, wave) => sum + wave, 0) / 2);
    return [20 + distance * Math.cos(angle), distance * Math.sin(angle)];
  });
  return [...ring, ring[0] as number[]];
}
