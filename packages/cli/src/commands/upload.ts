import { randomUUID } from "node:crypto";
import { openAsBlob } from "node:fs";
import { basename } from "node:path";
import { Command } from "commander";
import { Failure } from "../failure.ts";
import { printFacts, printTable, squareKilometres } from "../print.ts";
import { type Tool, toolOf } from "../tool.ts";

/** The document of an upload, as far as this tool shows it. */
export interface AreaUpload {
  area_upload_id: string;
  format?: string;
  polygon_count: number;
  vertex_count: number;
  area_square_kilometres?: number;
  countries?: readonly string[];
  notes?: readonly string[];
  faults?: readonly {
    rule: string;
    description: string;
    path: string;
    place?: { longitude: number; latitude: number };
  }[];
}

/** `tessera upload` */
export function uploadCommand(): Command {
  return new Command("upload")
    .description(
      "read an area from a file (GeoJSON, KML, KMZ, GPX, OSM XML, shapefile) and show what was found",
    )
    .argument("<file>")
    .action(async (file: string, _, command: Command) => {
      const tool = toolOf(command);
      const upload = await uploadArea(tool, file);
      if (tool.json) console.log(JSON.stringify(upload));
      else show(upload);
      if (upload.faults?.length) throw new Failure(`No project can be made of ${basename(file)}`);
    });
}

/** Uploads a file with an area. It is kept for 24 hours. */
export async function uploadArea(tool: Tool, file: string): Promise<AreaUpload> {
  const body = await openAsBlob(file).catch(() => {
    throw new Failure(`${file} cannot be read`);
  });
  const name = encodeURIComponent(basename(file));
  const response = await tool.request("/v1/area-uploads", {
    method: "POST",
    body,
    headers: {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename*=UTF-8''${name}`,
      "idempotency-key": `"${randomUUID()}"`,
    },
  });
  return (await response.json()) as AreaUpload;
}

/** Writes what is wrong with a file. */
export function printFaults({ faults = [] }: AreaUpload): void {
  printTable(
    ["Fault", "Where", "What is wrong"],
    faults.map(({ rule, path, place, description }) => [
      rule,
      [path, place && `${place.longitude}, ${place.latitude}`].filter(Boolean).join(" at "),
      description,
    ]),
  );
}

function show(upload: AreaUpload): void {
  printFacts({
    upload: upload.area_upload_id,
    format: upload.format?.replace("AREA_FORMAT_", ""),
    size: squareKilometres(upload.area_square_kilometres),
    polygons: upload.polygon_count,
    vertices: upload.vertex_count,
    countries: upload.countries?.join(", ") || undefined,
    notes: upload.notes?.join(", ") || undefined,
  });
  if (upload.faults?.length) printFaults(upload);
}
