/**
 * Whether a form comes from a page of ours: the browser says so itself. Sec-Fetch-Site is what current browsers send; Origin
 * is what older ones send. A request that says neither comes from no browser.
 */
export function isFromOurPage(headers: Headers, publicUrl: string): boolean {
  const site = headers.get("sec-fetch-site");
  const origin = headers.get("origin");
  if (site !== null && site !== "same-origin") return false;
  if (origin !== null && origin !== publicUrl) return false;
  return site !== null || origin !== null;
}

/** The address after signing in: a path of ours, or the home page for anything else. */
export function ownPath(text: string | null | undefined): string {
  if (text === null || text === undefined || !/^\/(?![/\\])[!-~]{0,1000}$/.test(text) || text.includes("\\"))
    return "/";
  const base = "http://own.invalid";
  return URL.parse(text, base)?.origin === base ? text : "/";
}
