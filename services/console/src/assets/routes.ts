import { brotliCompressSync, constants } from "node:zlib";
import type { Context, Hono } from "hono";
import { ASSETS_PATH, type Asset, type Assets } from "./assets.ts";

/** A year: what an address names never changes. */
const CACHE = "public, max-age=31536000, immutable";
const QUALITY = 9;

/** Serves the files that pages refer to, compressed once each. */
export function serveAssets(app: Hono, assets: Assets): void {
  const compressed = new Map<Asset, Uint8Array<ArrayBuffer>>();
  app.get(`${ASSETS_PATH}/:version/:name{.+}`, (context: Context) => {
    const asset = assets.find(context.req.param("version") ?? "", context.req.param("name") ?? "");
    if (asset === undefined)
      return context.text("There is nothing here.", 404, { "cache-control": "no-store" });
    const headers = {
      "content-type": asset.contentType,
      "cache-control": CACHE,
      "x-content-type-options": "nosniff",
      "cross-origin-resource-policy": "same-origin",
      vary: "Accept-Encoding",
    };
    if (!/\bbr\b/.test(context.req.header("accept-encoding") ?? ""))
      return context.body(new Uint8Array(asset.bytes), 200, headers);
    let bytes = compressed.get(asset);
    if (bytes === undefined) {
      bytes = new Uint8Array(
        brotliCompressSync(asset.bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY } }),
      );
      compressed.set(asset, bytes);
    }
    return context.body(bytes, 200, { ...headers, "content-encoding": "br" });
  });
}
