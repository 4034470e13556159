import { hash, randomBytes } from "node:crypto";

/** A browser: it keeps cookies, and follows no redirect by itself. */
export interface TestBrowser {
  get(url: string, headers?: Record<string, string>): Promise<Visit>;
  /** Sends a form. */
  post(url: string, form: Record<string, string>): Promise<Visit>;
  cookies: Map<string, string>;
}

export interface Visit {
  status: number;
  headers: Headers;
  /** Where it is sent; undefined where it is not. */
  location: URL | undefined;
  text: string;
}

export function testBrowser(): TestBrowser {
  const cookies = new Map<string, string>();
  const visit = async (url: string, headers: Record<string, string>, body?: URLSearchParams) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, {
      redirect: "manual",
      headers: { ...(cookie && { cookie }), ...headers },
      ...(body && { method: "POST", body }),
    });
    for (const set of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get("location");
    return {
      status: response.status,
      headers: response.headers,
      location: location === null ? undefined : new URL(location, url),
      text: await response.text(),
    };
  };
  return {
    cookies,
    get: (url, headers = {}) => visit(url, headers),
    post: (url, form) => visit(url, {}, new URLSearchParams(form)),
  };
}

/** What a client makes for one sign-in. */
export function proofKey(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: hash("sha256", verifier, "base64url") };
}
