import { BlockList, isIP, isIPv6 } from "node:net";
import { z } from "zod";

/** More hops than this are nobody's. */
const HOPS_MAX = 20;
const MAPPED = /^::ffff:(?=[0-9]+\.)/i;

/** A setting: the proxies whose X-Forwarded-For is believed, addresses and networks, by commas. None by default. */
export const trustedProxies = z
  .string()
  .transform((text, context) => {
    const list = proxyList(text);
    if (list !== undefined) return list;
    context.addIssue("must be addresses and networks, by commas");
    return z.NEVER;
  })
  .default(new BlockList());

/** The proxies whose word is taken: addresses and networks, parted by commas. Undefined where one is neither. */
export function proxyList(text: string): BlockList | undefined {
  const list = new BlockList();
  for (const entry of text.split(",").map((it) => it.trim())) {
    if (entry === "") continue;
    const [address = "", prefix, ...rest] = entry.split("/");
    const family = isIP(address);
    const longest = family === 6 ? 128 : 32;
    const length = prefix === undefined ? longest : Number(/^[0-9]{1,3}$/.test(prefix) ? prefix : Number.NaN);
    if (family === 0 || rest.length > 0 || !(length <= longest)) return undefined;
    list.addSubnet(address, length, family === 6 ? "ipv6" : "ipv4");
  }
  return list;
}

/**
 * The address that limits are kept by. X-Forwarded-For is read from its right end as long as who wrote it is trusted;
 * whatever stands further left anybody could have sent. Of IPv6 it is the network (/64), which is one customer's.
 */
export function clientAddress(
  trusted: BlockList,
  peer: string | undefined,
  forwardedFor: string | undefined,
): string {
  let address = plain(peer ?? "");
  const hops = forwardedFor === undefined ? [] : forwardedFor.split(",").map((it) => plain(it.trim()));
  for (const hop of hops.reverse().slice(0, HOPS_MAX)) {
    if (!isTrusted(trusted, address) || isIP(hop) === 0) break;
    address = hop;
  }
  return address.includes(":") && isIPv6(address) ? networkOf(address) : address;
}

function isTrusted(trusted: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && trusted.check(address, family === 6 ? "ipv6" : "ipv4");
}

/** As IPv4 where it is that, and without the zone of a link, which is this machine's own word. */
function plain(address: string): string {
  return address.includes(":") ? (address.replace(MAPPED, "").split("%", 1)[0] as string) : address;
}

function networkOf(address: string): string {
  // A URL writes an address in its shortest form, whatever form it had.
  const host = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = "", tail = ""] = host.split("::");
  const left = head.split(":").filter(Boolean);
  const right = tail.split(":").filter(Boolean);
  const middle = host.includes("::") ? Array<string>(8 - left.length - right.length).fill("0") : [];
  return `${[...left, ...middle, ...right].slice(0, 4).join(":")}::/64`;
}
