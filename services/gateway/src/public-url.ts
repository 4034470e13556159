import { type BlockList, isIP } from "node:net";
import type { Exchange } from "./exchange.ts";

/** What says under which address clients reach the gateway. */
export interface Site {
  /** The setting: "https://map.example.org", with no slash at its end. Without it the request says it. */
  publicUrl: string | undefined;
  /** The proxies whose X-Forwarded-Proto and X-Forwarded-Host are believed. */
  trustedProxies: BlockList;
}

const HOST = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?$/i;

/**
 * The URL of the gateway as this client reaches it, with no slash at its end, for links that must be absolute: the setting
 * PUBLIC_URL, else what a trusted proxy says, else what the request itself says.
 */
export function publicUrl({ site, request }: Pick<Exchange, "site" | "request">): string {
  if (site.publicUrl !== undefined) return site.publicUrl;
  const { headers, socket } = request;
  const forwarded = isTrusted(site.trustedProxies, socket.remoteAddress);
  const scheme = forwarded && lastOf(headers["x-forwarded-proto"]) === "https" ? "https" : "http";
  const host = (forwarded && lastOf(headers["x-forwarded-host"])) || headers.host || "";
  // What is no host cannot become part of a link.
  return `${scheme}://${HOST.test(host) ? host : "localhost"}`;
}

function isTrusted(trusted: BlockList, peer = ""): boolean {
  const address = peer.replace(/^::ffff:(?=[0-9]+\.)/i, "");
  const family = isIP(address);
  return family !== 0 && trusted.check(address, family === 6 ? "ipv6" : "ipv4");
}

/** The value that the nearest proxy wrote: those before it anybody could have sent. */
function lastOf(value: string | string[] | undefined): string | undefined {
  return value?.toString().split(",").at(-1)?.trim();
}
