import { directionOf } from "../texts/languages.ts";
import type { Visit } from "../visits/visit.ts";

/** What a page varies by, beside what the gateway says. */
const VARY = "Accept, Accept-Language, Cookie, HX-Request-Type, HX-Target";

/** The headers of every page. */
export function pageHeaders({ deps, person, language }: Visit): Headers {
  const headers = new Headers({
    "content-type": "text/html; charset=utf-8",
    "content-language": directionOf(language) === "rtl" ? "ar" : language.slice(0, 2),
    "content-security-policy": contentSecurityPolicy(deps.baseMap?.url),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), payment=(), usb=(), geolocation=(self)",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    vary: VARY,
    // What a signed-in person saw is gone when they have signed out.
    "cache-control": person === undefined ? "private, no-cache" : "private, no-store",
  });
  return headers;
}

/** Everything comes from here, but for the pictures of the base map. */
function contentSecurityPolicy(baseMapUrl: string | undefined): string {
  const tiles = baseMapUrl === undefined ? "" : ` ${new URL(baseMapUrl.replaceAll(/[{}]/g, "")).origin}`;
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' data: blob:${tiles}`,
    `connect-src 'self'${tiles}`,
    "worker-src 'self'",
    "font-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
