import { requestId } from "./door.ts";

/** A script in every way in which a text could become one. */
export const EVIL = `"'><script>evil()</script><img src=x onerror=evil()><svg onload=evil()>`;

/** The same in Markdown, and what its own links and pictures could do. */
export const EVIL_MARKDOWN = `${EVIL}
[click](javascript:evil()) [data](data:text/html,<script>evil()</script>) ![picture](https://evil.example/x.png)
[tab](java\tscript:evil()) [entity](javascript&colon;evil()) [upper](JAVASCRIPT:evil()) [vb](vbscript:evil())
<javascript:evil()> [reference][1] ![local](/console/sign-out) <https://evil.example/"onmouseover="evil()>
<a href="javascript:evil()" onclick="evil()">here</a> <iframe src="https://evil.example"></iframe> <style>*{}</style>

[1]: javascript:evil()`;

interface Wanted {
  path: string;
  method?: "POST" | "PATCH";
  body: Record<string, unknown>;
}

const name = EVIL.slice(0, 64);
/** Every text that people write, besides those of a project: by the REST resource that takes it. */
const TEXTS: readonly Wanted[] = [
  { path: "/v1/organisations", body: { name, slug: "evil", description: EVIL } },
  { path: "/v1/teams", body: { name, description: EVIL, visibility: 1, join_method: 1, organisation_id: 1 } },
  { path: "/v1/licences", body: { name, description: EVIL, plain_text: EVIL_MARKDOWN } },
  {
    path: "/v1/personal-access-tokens",
    body: { name, scopes: ["projects:read"], lifetime: "86400s" },
  },
  { path: "/v1/users/me", method: "PATCH", body: { description: EVIL } },
];

/** Writes an evil text everywhere through the REST API. Returns the paths of what was made. */
export async function writeEverywhere(url: string, authorization: string): Promise<string[]> {
  const made: string[] = [];
  const me = await fetch(`${url}/v1/users/me`, { headers: { authorization } });
  const { user_id } = (await me.json()) as { user_id: number };
  for (const { path: wanted, method = "POST", body } of TEXTS) {
    const path = wanted.replace(/me$/, String(user_id));
    const headers: Record<string, string> = { authorization, "idempotency-key": requestId() };
    headers["content-type"] = method === "POST" ? "application/json" : "application/merge-patch+json";
    if (method === "PATCH")
      headers["if-match"] =
        (await fetch(`${url}${path}`, { headers: { authorization } })).headers.get("etag") ?? "";
    const answer = await fetch(`${url}${path}`, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    const location = answer.headers.get("location");
    made.push(location === null ? path : new URL(location, url).pathname);
  }
  return made;
}
