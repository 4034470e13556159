import { hash, randomBytes } from "node:crypto";

/** A browser: it keeps cookies, and follows no redirect by itself. */
export interface TestBrowser {
  get(url: string, headers?: Record<string, string>): Promise<Visit>;
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
  return {
    cookies,
    async get(url, headers = {}) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const response = await fetch(url, {
        redirect: "manual",
        headers: { ...(cookie && { cookie }), ...headers },
      });
      for (const set of response.headers.getSetCookie()) {
        const [name = "", value = ""] = (set.split(";")[0] ?? "").split("=");
        cookies.set(name, value);
      }
      const location = response.headers.get("location");
      return {
        status: response.status,
        headers: response.headers,
        location: location === null ? undefined : new URL(location),
        text: await response.text(),
      };
    },
  };
}

/** What a client makes for one sign-in. */
export function proofKey(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: hash("sha256", verifier, "base64url") };
}
