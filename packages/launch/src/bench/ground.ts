import { type RestClient, restClient } from "../rest-client.ts";
import type { System } from "../system.ts";
import { runOperation } from "./operation.ts";
import { benchPool } from "./pool.ts";

/** Access tokens live ten minutes: long enough for one part of the bench. */
export async function signInAll(system: System, count: number): Promise<string[]> {
  const tokens: string[] = [];
  for (let index = 1; index <= count; index++) tokens.push(await signIn(system, `mapper-${index}`));
  return tokens;
}

export async function signIn(system: System, name: string): Promise<string> {
  const { body } = await restClient(system.url)<{ access_token: string }>("POST", "sessions", { name });
  return body.access_token;
}

/**
 * A published square project at the equator, `side` squares of zoom 18 wide; returns its id and how long cutting
 * took.
 */
export async function squareProject(
  system: System,
  side: number,
): Promise<{ projectId: number; cuttingMs: number }> {
  const administrator: RestClient = restClient(system.url, await signIn(system, "administrator"));
  const degrees = ((side - 0.5) * 360) / 2 ** 18;
  const ring = [
    [0, 0],
    [degrees, 0],
    [degrees, degrees],
    [0, degrees],
    [0, 0],
  ];
  const project = { name: "Bench", area: { type: "Polygon", coordinates: [ring] } };
  const created = await administrator<{ project_id: number }>("POST", "projects", project);
  const { project_id: projectId } = created.body;
  const started = performance.now();
  await runOperation(administrator, `projects/${projectId}/tasks`, { zoom: 18 });
  const cuttingMs = performance.now() - started;
  const published = { status: "PROJECT_STATUS_PUBLISHED" };
  await administrator("PATCH", `projects/${projectId}`, published, { "if-match": created.etag ?? "" });
  return { projectId, cuttingMs };
}

/** All tasks are to be mapped, as if nobody had worked on them. By SQL: a bulk change of a hundred projects takes minutes. */
export async function resetTasks(system: System): Promise<void> {
  const sql = benchPool(system.databaseUrl("task"), 1);
  await sql`delete from lock_slots`;
  await sql`
    update tasks set state = 1, mapped_by = 0, validated_by = 0, lock_holder = null, lock_purpose = null,
      lock_token = null, lock_time = null, lock_expire_time = null, state_revision = 0, state_by = 0, lock_ended = false
    where state <> 1 or lock_holder is not null`;
  await sql.end({ timeout: 5 });
}

/** Hands out tasks in turn. Throws when all were. */
export function supply<T>(places: readonly T[]): () => T {
  let next = 0;
  return () => {
    const place = places[next++];
    if (place === undefined)
      throw new Error(`all ${places.length} tasks were worked on: ask for fewer --seconds`);
    return place;
  };
}
