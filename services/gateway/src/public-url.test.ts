import type { IncomingMessage } from "node:http";
import { BlockList } from "node:net";
import { expect, test } from "vitest";
import { publicUrl } from "./public-url.ts";

const proxies = new BlockList();
proxies.addAddress("10.0.0.1");

const FORWARDED = {
  host: "gateway:8080",
  "x-forwarded-proto": "https",
  "x-forwarded-host": "map.example.org",
};

function urlOf(headers: Record<string, string>, peer = "10.0.0.1", setting?: string): string {
  const request = { headers, socket: { remoteAddress: peer } } as unknown as IncomingMessage;
  return publicUrl({ request, site: { publicUrl: setting, trustedProxies: proxies } });
}

test("the setting says where the gateway is reached, whatever a request says", () => {
  expect(urlOf(FORWARDED, "10.0.0.1", "https://tessera.example.org")).toBe("https://tessera.example.org");
});

test("without the setting it is the host of the request", () => {
  expect(urlOf({ host: "127.0.0.1:8080" })).toBe("http://127.0.0.1:8080");
  expect(urlOf({ host: "[::1]:8080" })).toBe("http://[::1]:8080");
});

test("a trusted proxy says it, also one that is seen as an IPv4 address in IPv6", () => {
  expect(urlOf(FORWARDED)).toBe("https://map.example.org");
  expect(urlOf(FORWARDED, "::ffff:10.0.0.1")).toBe("https://map.example.org");
  const two = { ...FORWARDED, "x-forwarded-host": "evil.example, map.example.org" };
  expect(urlOf(two)).toBe("https://map.example.org");
});

test("nobody else can say it", () => {
  expect(urlOf(FORWARDED, "192.0.2.7")).toBe("http://gateway:8080");
});

test.each([`evil.example/"><script>`, "a b", "user@host", "host:123456", ""])(
  "what is no host does not become part of a link: %s",
  (host) => {
    expect(urlOf({ host })).toBe("http://localhost");
  },
);
