import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { dirname } from "node:path";
import type { Page } from "playwright-core";

const DIST = dirname(createRequire(import.meta.url).resolve("maplibre-gl/dist/maplibre-gl.css"));
const PAGE = `<!doctype html><link rel="stylesheet" href="/maplibre-gl.css">
  <style>body { margin: 0 } #map { width: 640px; height: 480px }</style><div id="map"></div>`;

/** Pages of an origin of their own, which have maplibre-gl beside them. */
export interface MapPages {
  /** Opens a map with a style as `map`, and waits until it is drawn. */
  show(page: Page, style: string, view: { center?: [number, number]; zoom?: number }): Promise<void>;
  stop(): void;
}

export async function mapPages(): Promise<MapPages> {
  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    show: async (page, style, view) => {
      await page.goto(`${origin}/`);
      const options = JSON.stringify({ container: "map", fadeDuration: 0, style, ...view });
      await page.evaluate(
        `import("/maplibre-gl.mjs").then((maplibre) => new Promise((resolve, reject) => {
          window.map = new maplibre.Map(${options});
          map.on("error", ({ error }) => reject(error));
          map.once("idle", resolve);
        }))`,
      );
    },
    stop: () => void server.close(),
  };
}

async function serve({ url = "/" }: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, name] = /^\/(maplibre-gl[a-z-]*\.(?:mjs|css))/.exec(url) ?? [];
  const type = name?.split(".").at(-1) ?? "html";
  response.setHeader("Content-Type", type === "mjs" ? "text/javascript" : `text/${type}`);
  response.end(name === undefined ? PAGE : await readFile(`${DIST}/${name}`));
}

/** A feature that a map shows. */
interface Rendered {
  id: number;
  properties: Record<string, unknown>;
  state: object;
}

/** What a map shows in a layer of its style. */
export function rendered(page: Page, layer: string): Promise<Rendered[]> {
  return page.evaluate(
    `map.queryRenderedFeatures({ layers: ["${layer}"] }).map(({ id, properties, state }) => ({ id, properties, state }))`,
  );
}
