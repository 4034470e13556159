/**
 * The names of our cookies. With this prefix a browser takes them only from this very host over https (or from this
 * machine), so that no sibling domain can set or replace them.
 */
export const COOKIES = {
  session: "__Host-tessera-session",
  signIn: "__Host-tessera-console-sign-in",
  /** What ties forms to this browser. */
  browser: "__Host-tessera-browser",
  /** A form that was sent after its session had ended, until somebody signs in again. */
  kept: "__Host-tessera-kept-form",
  notice: "__Host-tessera-notice",
  language: "__Host-tessera-language",
} as const;

/** The values of our cookies in a request. One that comes twice is none of ours. */
export function readCookies(header: string | undefined): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const twice = new Set<string>();
  for (const pair of (header ?? "").split(";")) {
    const at = pair.indexOf("=");
    const name = pair.slice(0, at).trim();
    if (at === -1 || !Object.values(COOKIES).some((it) => it === name)) continue;
    if (found.has(name)) twice.add(name);
    found.set(name, pair.slice(at + 1).trim());
  }
  for (const name of twice) found.delete(name);
  return found;
}

/** Sets a cookie that scripts cannot read, and that comes along when somebody follows a link to here. */
export function setCookie(name: string, value: string, maxAgeSeconds: number): string {
  return `${name}=${value}; Max-Age=${maxAgeSeconds}; Path=/; Secure; HttpOnly; SameSite=Lax`;
}

/** Takes a cookie away. */
export function endCookie(name: string): string {
  return setCookie(name, "", 0);
}
