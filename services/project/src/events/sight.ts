import type { HandlerContext } from "@connectrpc/connect";
import { ProjectEventKind } from "@tessera/contracts/tessera/project/v1/project_event_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { forOthersToo } from "@tessera/rpc/deadline.ts";
import { KeptAnswers } from "@tessera/runtime/kept-answers.ts";
import { isService } from "../access/is-service.ts";
import type { Asking } from "../access/store.ts";
import { isAdministrator } from "../access/viewer.ts";
import { ifAuthIsThere } from "../access/viewers.ts";
import type { Deps } from "../deps.ts";
import type { EventRow, Seen } from "./store.ts";

/** How long knowledge about a project is used, at most until the project's access changes. */
const FRESH_MS = 2_500;
/** The longest wait for the identity of a reader. */
const ASK_MOST_MS = 1_000;
/** How many projects are remembered for one stream, and how many readers for all. */
const KEPT_MAX = 10_000;
const ALL: Seen = { visible: true, managed: true };
const NOTHING: Seen = { visible: false, managed: false };

type Context = Pick<HandlerContext, "values" | "signal" | "requestHeader">;

/** What the caller may see of a project now. */
export async function sight({ store, viewers }: Deps, projectId: number, context: Context): Promise<Seen> {
  if (isService(context)) return ALL;
  const asking = await askingOf({ viewers }, context);
  return (await store.events.seenBy(asking, projectId)) ?? NOTHING;
}

/** The same, asked once for all streams of one person about one project, and used again for FRESH_MS. */
export function sharedSight(deps: Deps): (projectId: number, context: Context) => Promise<Seen> {
  const kept = new KeptAnswers<Seen>({
    freshMs: FRESH_MS,
    renewMs: FRESH_MS,
    staleMs: FRESH_MS,
    waitMs: ASK_MOST_MS,
    max: KEPT_MAX,
  });
  return (projectId, context) =>
    isService(context)
      ? Promise.resolve(ALL)
      : kept.get(`${projectId}/${callerOf(context).userId}`, () =>
          sight(deps, projectId, forOthersToo(context)),
        );
}

/** What the reader of a stream may see of each event, as the projects are when it is sent. */
export function sightOfEvents(deps: Deps, context: Context): (row: EventRow) => Promise<Seen> {
  const kept = new Map<number, { seen: Seen; untilMs: number }>();
  return async (row) => {
    if (isService(context)) return ALL;
    if (row.kind === ProjectEventKind.DELETED) return sightOfDeleted(deps, row, context);
    const known = row.access_changed ? undefined : kept.get(row.project_id);
    if (known !== undefined && Date.now() < known.untilMs) return known.seen;
    const untilMs = Date.now() + FRESH_MS;
    const seen = await sight(deps, row.project_id, context);
    if (kept.size >= KEPT_MAX) kept.clear();
    kept.set(row.project_id, { seen, untilMs });
    return seen;
  };
}

async function sightOfDeleted({ viewers }: Deps, row: EventRow, context: Context): Promise<Seen> {
  const asking = await askingOf({ viewers }, context);
  if (asking === undefined) return { visible: row.was_public, managed: false };
  const managed = asking.userId === row.actor || ("teams" in asking && isAdministrator(asking));
  return { visible: row.was_public || managed, managed };
}

/** The reader. While auth is unavailable, everybody still sees public projects and their own. */
async function askingOf({ viewers }: Pick<Deps, "viewers">, context: Context): Promise<Asking> {
  const { userId } = callerOf(context);
  if (userId === 0n) return undefined;
  return (await ifAuthIsThere(viewers.of(context, { mostMs: ASK_MOST_MS }))) ?? { userId };
}
