import { hash } from "node:crypto";
import type { MethodImpl } from "@connectrpc/connect";
import type { ProjectTileService } from "@tessera/contracts/tessera/project/v1/project_tile_service_pb.ts";
import { boxOf, type Frame, frameOf } from "@tessera/geometry/tiles/frame.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { refuseOutside } from "@tessera/rpc/validation/tile-numbers.ts";
import { withFields } from "@tessera/rpc/validation/validation.ts";
import { LRUCache } from "lru-cache";
import { ifAuthIsThere } from "../access/viewers.ts";
import type { Deps } from "../deps.ts";
import type { Search } from "../search/condition-store.ts";
import { drawProjects, outlined } from "./draw-projects.ts";
import { type KeptOutlines, keptOutlines } from "./kept-outlines.ts";

/** A tile waits no longer than this to learn what its reader is in. */
const ASK_MOST_MS = 1_000;
/** Tiles are kept up to this size together, each at most this long: what a reader may see changes elsewhere, too. */
const KEPT_TILES_BYTES = 32 * 1024 * 1024;
const KEPT_MS = 5_000;
const TAG_LENGTH = 32;

/** A tile as it was drawn last. */
interface Drawn {
  etag: string;
  tile: Buffer;
}

/** Implements tessera.project.v1.ProjectTileService.GetProjectTile. */
export function getProjectTile({
  store,
  viewers,
}: Deps): MethodImpl<typeof ProjectTileService.method.getProjectTile> {
  const outlines = keptOutlines(store.tiles);
  const kept = new LRUCache<string, Drawn>({
    maxSize: KEPT_TILES_BYTES,
    ttl: KEPT_MS,
    sizeCalculation: ({ tile }, key) => tile.length + key.length + TAG_LENGTH,
  });
  /** What is drawn now: once for all who ask for it at the same time. */
  const drawing = new Map<string, Promise<Drawn>>();
  const drawOnce = (key: string, frame: Frame, viewer: Search["viewer"]): Promise<Drawn> => {
    const begun = drawing.get(key);
    if (begun !== undefined) return begun;
    const drawn = draw(store.tiles, outlines, frame, viewer)
      .then((it) => {
        kept.set(key, it);
        return it;
      })
      .finally(() => drawing.delete(key));
    drawing.set(key, drawn);
    return drawn;
  };
  return async (request, context) => {
    const { zoom, x, y } = withFields(request, "zoom", "x", "y");
    refuseOutside({ zoom, x, y });
    const { userId } = callerOf(context);
    // While auth is unavailable, everybody still sees public projects and their own.
    const known = await ifAuthIsThere(viewers.of(context, { mostMs: ASK_MOST_MS }));
    const viewer = known ?? (userId === 0n ? undefined : { userId });
    const version = await store.tiles.version();
    const key = `${version} ${zoom}/${x}/${y} ${nameOf(viewer)}`;
    const { etag, tile } = kept.get(key) ?? (await drawOnce(key, frameOf({ zoom, x, y }), viewer));
    return request.knownEtag === etag ? { etag, unchanged: true } : { etag, tile };
  };
}

async function draw(
  tiles: Deps["store"]["tiles"],
  outlines: KeptOutlines,
  frame: Frame,
  viewer: Search["viewer"],
): Promise<Drawn> {
  const projects = await tiles.inBox(boxOf(frame), viewer);
  const shapes = await outlines.of(outlined(projects, frame));
  const tile = drawProjects(projects, shapes, frame);
  return { tile, etag: hash("sha256", tile, "hex").slice(0, TAG_LENGTH) };
}

/** What two readers have in common who see the same projects. */
function nameOf(viewer: Search["viewer"]): string {
  return JSON.stringify(viewer ?? null, (_, value) => {
    if (typeof value === "bigint") return String(value);
    if (value instanceof Map || value instanceof Set) return [...value];
    return value;
  });
}
