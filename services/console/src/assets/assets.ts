import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire, stripTypeScriptTypes } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { borders } from "./borders.ts";

/** A file that pages refer to. */
export interface Asset {
  contentType: string;
  bytes: Buffer;
}

/** All files that pages refer to, under addresses that change whenever one of them does. */
export interface Assets {
  /** The address of a file. */
  url(name: string): string;
  /** The addresses of the style sheets of every page, in their order. */
  styles: readonly string[];
  /** The address of a script of the browser folder: "task-map". */
  script(name: string): string;
  /** The file at a path of ours; undefined for none. */
  find(version: string, name: string): Asset | undefined;
}

export const ASSETS_PATH = "/console/assets";

const JAVASCRIPT = "text/javascript; charset=utf-8";
const HASH_LENGTH = 16;
/** The style sheets of this folder, in the order in which every page links them: the common one, then those of rooms. */
const STYLES = ["console", "maps", "projects", "project", "making", "people", "tasks", "work"] as const;

/** Reads the files from the packages and folders that they come with. */
export function loadAssets(): Assets {
  const files = new Map<string, Asset>();
  const own = (path: string) => readFileSync(fileURLToPath(new URL(path, import.meta.url)));
  for (const name of STYLES)
    files.set(`${name}.css`, { contentType: "text/css; charset=utf-8", bytes: own(`./${name}.css`) });
  files.set("icon.svg", { contentType: "image/svg+xml", bytes: own("./icon.svg") });
  files.set("htmx.js", { contentType: JAVASCRIPT, bytes: packaged("htmx.org", "htmx.min.js") });
  for (const name of ["maplibre-gl.mjs", "maplibre-gl-shared.mjs", "maplibre-gl-worker.mjs"])
    files.set(`map/${name}`, { contentType: JAVASCRIPT, bytes: packaged("maplibre-gl", name) });
  files.set("map/maplibre-gl.css", {
    contentType: "text/css; charset=utf-8",
    bytes: packaged("maplibre-gl", "maplibre-gl.css"),
  });
  files.set("borders.json", {
    contentType: "application/geo+json",
    bytes: Buffer.from(JSON.stringify(borders())),
  });
  // Node runs our TypeScript by leaving its types away; browsers are sent the same.
  for (const name of scripts()) {
    const text = stripTypeScriptTypes(own(`../browser/${name}.ts`).toString());
    files.set(`browser/${name}.ts`, { contentType: JAVASCRIPT, bytes: Buffer.from(text) });
  }
  const version = versionOf(files);
  const url = (name: string) => {
    if (!files.has(name)) throw new Error(`There is no asset ${name}`);
    return `${ASSETS_PATH}/${version}/${name}`;
  };
  return {
    url,
    styles: STYLES.map((name) => url(`${name}.css`)),
    script: (name) => url(`browser/${name}.ts`),
    find: (asked, name) => (asked === version ? files.get(name) : undefined),
  };
}

/** The names of the scripts in the browser folder. They import each other by these. */
function scripts(): string[] {
  const folder = readdirSync(fileURLToPath(new URL("../browser/", import.meta.url)));
  return folder
    .filter((it) => /^[a-z-]+\.ts$/.test(it))
    .map((it) => it.slice(0, -".ts".length))
    .sort();
}

/** A file of a package's dist folder. */
function packaged(name: string, file: string): Buffer {
  const entry = createRequire(import.meta.url).resolve(
    name === "maplibre-gl" ? "maplibre-gl/dist/maplibre-gl.css" : name,
  );
  return readFileSync(join(dirname(entry), file));
}

function versionOf(files: ReadonlyMap<string, Asset>): string {
  const hash = createHash("sha256");
  for (const [name, { bytes }] of files) hash.update(`${name} ${bytes.length} `).update(bytes);
  return hash.digest("base64url").slice(0, HASH_LENGTH);
}
