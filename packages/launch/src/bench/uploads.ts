import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { signIn } from "./ground.ts";
import type { Setting } from "./report.ts";

const MEBIBYTE = 1024 * 1024;
const FILE_BYTES = 50 * MEBIBYTE;
const PART_BYTES = 256 * 1024;
const VERTICES = 20_000;
/** How often each file is uploaded; the median counts. */
const TIMES = 3;

/** Uploads of 50 MB through the gateway: how long each takes, and how far the memory of the processes rises. */
export async function benchUploads({ system }: Setting): Promise<void> {
  const token = await signIn(system, "mapper-1");
  const pids = { gateway: system.pid("gateway"), project: system.pid("project") };
  console.log("\na file of 50 MB with 20,000 vertices is uploaded (by REST; memory before, and its peak)");
  for (const [name, file] of Object.entries({ GeoJSON: geoJson(), KML: kml() })) {
    const before = Object.values(pids).map((pid) => megabytes(pid, "VmRSS"));
    Object.values(pids).forEach(forgetPeak);
    const times: number[] = [];
    for (let time = 0; time < TIMES; time++) {
      const started = performance.now();
      await upload(system.url, token, file);
      times.push(performance.now() - started);
    }
    const middle = times.sort((one, other) => one - other)[Math.floor(TIMES / 2)] ?? 0;
    const memory = Object.entries(pids).map(
      ([process, pid], i) => `${process} ${before[i]} -> ${megabytes(pid, "VmHWM")} MB`,
    );
    console.log(`  ${name.padEnd(8)} ${middle.toFixed(0)} ms; ${memory.join(", ")}`);
  }
}

async function upload(url: string, token: string, file: Buffer): Promise<void> {
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(file.subarray(at, at + PART_BYTES));
      at += PART_BYTES;
      if (at >= file.length) controller.close();
    },
  });
  const response = await fetch(`${url}/v1/area-uploads`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/octet-stream",
      "idempotency-key": `"${randomUUID()}"`,
    },
    body,
    duplex: "half",
  });
  const document = (await response.json()) as { vertex_count?: number; faults?: unknown[] };
  if (response.status !== 201 || document.vertex_count !== VERTICES || document.faults?.length !== 0) {
    throw new Error(`the upload came to ${response.status}: ${JSON.stringify(document).slice(0, 500)}`);
  }
}

function ring(): [number, number][] {
  const angle = (2 * Math.PI) / VERTICES;
  const positions = Array.from({ length: VERTICES }, (_, i): [number, number] => [
    10 + 0.2 * Math.cos(i * angle),
    20 + 0.2 * Math.sin(i * angle),
  ]);
  return [...positions, positions[0] as [number, number]];
}

function geoJson(): Buffer {
  const geometry = { type: "Polygon", coordinates: [ring()] };
  const feature = (properties: object) => JSON.stringify({ type: "Feature", properties, geometry });
  const empty = feature({ notes: "" }).length;
  return Buffer.from(feature({ notes: "x".repeat(FILE_BYTES - empty) }));
}

function kml(): Buffer {
  const coordinates = ring().map((it) => it.join(","));
  const boundary = `<outerBoundaryIs><LinearRing><coordinates>${coordinates.join(" ")}</coordinates></LinearRing></outerBoundaryIs>`;
  const placemark = `<Placemark><Polygon>${boundary}</Polygon></Placemark>`;
  const comment = "<Folder><name>one of many</name></Folder>";
  const count = Math.floor((FILE_BYTES - placemark.length) / comment.length);
  return Buffer.from(`<kml><Document>${comment.repeat(count)}${placemark}</Document></kml>`);
}

/** The kernel counts the peak of a process anew. */
function forgetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, "5");
  } catch {
    // Without /proc there is no peak to report.
  }
}

function megabytes(pid: number, name: "VmRSS" | "VmHWM"): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024);
  } catch {
    return 0;
  }
}
