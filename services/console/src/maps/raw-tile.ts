import type { Raw } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/** Which tile is asked for, and the tag of the one that the browser has. */
interface Asked {
  zoom: number;
  x: number;
  y: number;
  knownEtag: string;
}

interface Found {
  tile: Uint8Array;
  etag: string;
  unchanged: boolean;
}

const TAG = /^(?:W\/)?"([!#-~]{1,100})"$/;

/** Answers with a tile; with 304 if the browser has it. */
export async function rawTile(
  { params, ifNoneMatch }: Visit,
  read: (asked: Asked) => Promise<Found>,
): Promise<Raw> {
  const knownEtag = TAG.exec(ifNoneMatch ?? "")?.[1] ?? "";
  const at = { zoom: Number(params.zoom), x: Number(params.x), y: Number(params.y) };
  const { tile, etag, unchanged } = await read({ ...at, knownEtag });
  return {
    contentType: "application/vnd.mapbox-vector-tile",
    bytes: new Uint8Array(tile),
    status: unchanged ? 304 : 200,
    headers: { etag: `"${etag}"`, "cache-control": "private, no-cache", vary: "Cookie" },
  };
}
