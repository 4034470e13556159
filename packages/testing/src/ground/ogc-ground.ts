import { randomUUID } from "node:crypto";
import type { TestSystem } from "../system.ts";

type Json = Record<string, unknown>;

/** A collection of features as a test reads it. */
export interface Features {
  numberMatched?: number;
  numberReturned: number;
  timeStamp: string;
  links: Link[];
  features: Feature[];
}

export interface Feature {
  type: string;
  id: number;
  geometry: { type: string; coordinates: number[][][][] };
  properties: Json;
  links?: Link[];
}

export interface Link {
  href: string;
  rel: string;
  type: string;
}

const square = (west: number, south: number, size: number) => [
  [
    [west, south],
    [west + size, south],
    [west + size, south + size],
    [west, south + size],
    [west, south],
  ],
];
/** Half a degree, and two halves of an island on either side of 180°. */
const LAND = { type: "MultiPolygon", coordinates: [square(10, 10, 0.5)] };
const ISLAND = { type: "MultiPolygon", coordinates: [square(179.75, -17, 0.25), square(-180, -17, 0.25)] };

export type OgcGround = Awaited<ReturnType<typeof ogcGround>>;

/** Projects for programs for maps: one with squares, one on both sides of 180°, and a draft. */
export async function ogcGround(system: TestSystem) {
  const { headers: admin } = await system.signIn("administrator");
  const { headers: mapper } = await system.signIn("mapper-1");
  const send = async (method: string, path: string, body: Json, who: Json = admin): Promise<Json> => {
    const headers = { ...who, "content-type": "application/json", prefer: "wait=20" } as Record<
      string,
      string
    >;
    if (method === "PATCH") headers["if-match"] = '"1"';
    const key = { "idempotency-key": `"${randomUUID()}"` };
    const response = await fetch(`${system.url}/v1/${path}`, {
      method,
      headers: { ...headers, ...key },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Json;
  };
  const newProject = async (name: string, area: Json, cut: Json, isPublished = true): Promise<number> => {
    const { project_id: id } = await send("POST", "projects", { name, area });
    await send("POST", `projects/${id}/tasks`, cut);
    if (isPublished) await send("PATCH", `projects/${id}`, { status: "PROJECT_STATUS_PUBLISHED" });
    return id as number;
  };
  const land = await newProject("Land", LAND, { zoom: 12 });
  const island = await newProject("Island", ISLAND, {
    areas: ISLAND.coordinates.map((coordinates) => ({ type: "Polygon", coordinates })),
  });
  const draft = await newProject("Draft", LAND, { zoom: 8 }, false);
  await send("PUT", `projects/${land}/tasks/3/lock`, { purpose: "LOCK_PURPOSE_MAPPING" }, mapper);
  return { system, admin, mapper, land, island, draft, send };
}

/** Reads a path under /ogc. */
export async function read(
  { system }: OgcGround,
  path: string,
  headers: Record<string, string> = {},
  method = "GET",
) {
  const url = path.startsWith("http") ? path : `${system.url}/ogc${path}`;
  const response = await fetch(url, { method, headers });
  const text = await response.text();
  const isJson = /[/+]json/.test(response.headers.get("content-type") ?? "") && text !== "";
  return {
    status: response.status,
    headers: response.headers,
    text,
    // biome-ignore lint/suspicious/noExplicitAny: what a test reads out of JSON is for the test to say
    json: (isJson ? JSON.parse(text) : undefined) as any,
  };
}

/** Reads all pages of items, as a program for maps does: by their links. */
export async function readAll(ground: OgcGround, path: string): Promise<Feature[]> {
  const all: Feature[] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const page = (await read(ground, next)).json as Features;
    all.push(...page.features);
    next = page.links.find(({ rel }) => rel === "next")?.href;
  }
  return all;
}
