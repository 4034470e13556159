import type { BlockList } from "node:net";
import { expect, test } from "vitest";
import { clientAddress, proxyList } from "./client-address.ts";

const PROXIES = proxyList("10.0.0.0/8, 192.0.2.1,2001:db8::/32") as BlockList;

test.each<[string, string, string | undefined, string]>([
  ["nobody in between", "203.0.113.7", undefined, "203.0.113.7"],
  ["a stranger who says to be another", "203.0.113.7", "198.51.100.1", "203.0.113.7"],
  ["behind one proxy", "10.1.2.3", "203.0.113.7", "203.0.113.7"],
  ["behind two proxies", "10.1.2.3", "203.0.113.7, 192.0.2.1", "203.0.113.7"],
  ["behind a proxy, and saying to be another", "10.1.2.3", "198.51.100.1, 203.0.113.7", "203.0.113.7"],
  ["saying to be a proxy of ours", "10.1.2.3", "198.51.100.1, 10.9.9.9, 203.0.113.7", "203.0.113.7"],
  ["a proxy that says nothing", "10.1.2.3", undefined, "10.1.2.3"],
  ["a proxy that says nonsense", "10.1.2.3", "203.0.113.7, unknown", "10.1.2.3"],
  ["IPv4 in the clothes of IPv6", "::ffff:10.1.2.3", "::ffff:203.0.113.7", "203.0.113.7"],
  ["IPv6: its network", "2001:db9:1:2:3:4:5:6", undefined, "2001:db9:1:2::/64"],
  ["IPv6 with zeros left out", "2001:db9::1", undefined, "2001:db9:0:0::/64"],
  ["IPv6 of this machine", "::1", undefined, "0:0:0:0::/64"],
  ["IPv6 with a zone", "fe80::1%eth0", undefined, "fe80:0:0:0::/64"],
  ["behind a proxy of IPv6", "2001:db8::5", "2001:DB9:0:0:ffff::1", "2001:db9:0:0::/64"],
  ["no peer at all", "", "203.0.113.7", ""],
])("%s", (_, peer, forwardedFor, expected) => {
  expect(clientAddress(PROXIES, peer, forwardedFor)).toBe(expected);
});

test("two addresses of one network of IPv6 count as one, and a long chain is not walked", () => {
  const [one, other] = ["2001:db9:1:2:aaaa::1", "2001:db9:1:2:bbbb::2"].map((it) =>
    clientAddress(PROXIES, it, undefined),
  );
  expect(one).toBe(other);
  expect(clientAddress(PROXIES, "10.0.0.1", `203.0.113.7${", 10.0.0.2".repeat(10_000)}`)).toBe("10.0.0.2");
});

test.each(["x", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "1.2.3", "::1/129", "10.0.0.0/-1"])(
  "%s is no list of proxies",
  (text) => {
    expect(proxyList(text)).toBeUndefined();
  },
);
