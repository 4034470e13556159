import { create } from "@bufbuild/protobuf";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ConsoleSystem, consoleSystem } from "../console-system.ts";
import { requestId } from "../ground/door.ts";
import { EVIL, EVIL_MARKDOWN, writeEverywhere } from "../ground/evil-world.ts";
import { type PageClient, pageClient, type SeenPage, signInPage } from "../ground/page-client.ts";

let system: ConsoleSystem;
let client: PageClient;
beforeAll(async () => {
  system = await consoleSystem();
  client = pageClient(system.url);
  await signInPage(client, "administrator");
});
afterAll(() => system.stop());

const SQUARE = {
  coordinates: [10, 10, 10.1, 10, 10.1, 10.1, 10, 10.1, 10, 10],
  ringLengths: [5],
  polygonLengths: [1],
};
const BROWSER = { accept: "text/html" };

/** Everything on a page that could run or fetch what is not ours. */
function dangersOf({ root }: SeenPage): string[] {
  return root.querySelectorAll("*").flatMap((element) => {
    const attributes = Object.entries(element.attributes);
    const found = attributes
      .filter(
        ([name, value]) =>
          /^(on|hx-on)/i.test(name) ||
          name === "style" ||
          (/^(href|src|action|formaction)$/i.test(name) && /^\s*(javascript|data|vbscript):/i.test(value)) ||
          (/^src$/i.test(name) && !value.startsWith("/")),
      )
      .map(([name, value]) => `${element.rawTagName} ${name}=${value}`);
    const isOwnScript = element.getAttribute("src")?.startsWith("/console/assets/");
    return element.rawTagName === "script" && !isOwnScript ? [...found, element.outerHTML] : found;
  });
}

async function evilProject(): Promise<number> {
  const admin = await system.signIn("administrator");
  const project = {
    name: `Project ${EVIL}`,
    shortDescription: EVIL,
    description: EVIL_MARKDOWN,
    instructions: EVIL_MARKDOWN,
    area: create(MultiPolygonSchema, SQUARE),
  };
  const made = await system.project.createProject({ requestId: requestId(), project }, admin);
  const projectId = Number(made.acknowledgement?.name.split("/")[1]);
  await system.task.createTasks({ requestId: requestId(), projectId, zoom: 12 }, admin);
  await system.task.waitOperation({ projectId, operationId: 1 }, admin);
  return projectId;
}

test("what people wrote is text on every page that shows it", async () => {
  const projectId = await evilProject();
  const admin = await system.signIn("administrator");
  const comment = { projectId, taskId: 1, text: EVIL_MARKDOWN };
  await system.task.createComment({ requestId: requestId(), ...comment }, admin);
  const authorization = new Headers(admin.headers as Record<string, string>).get("authorization") ?? "";
  const made = await writeEverywhere(system.url, authorization);
  const lists = made.map((it) => it.replace(/\/[^/]+$/, ""));
  const paths = [
    "",
    "/tasks",
    "/tasks/1",
    "/tasks/1/comments",
    "/task-events",
    "/project-events",
    "/operations",
  ].map((it) => `/v1/projects/${projectId}${it}`);
  const console = ["settings", "validation", "publish"].map((it) => `/console/projects/${projectId}/${it}`);
  const own = ["/v1/users/me", "/v1/users/me/locks", "/v1/auth-events", "/console/administration"];
  for (const path of ["/", "/v1/projects", ...own, ...paths, ...console, ...made, ...new Set(lists)]) {
    const page = await client.get(path);
    expect([path, page.status, dangersOf(page)]).toEqual([path, 200, []]);
  }
  const page = await client.get(`/v1/projects/${projectId}`);
  expect(page.root.querySelector("h1")?.textContent).toContain("evil()");
});

test("what a query or a form says is text where it is shown again", async () => {
  const names = [
    "q",
    "text",
    "next",
    "order",
    "page_token",
    "status",
    "country",
    "bounding_box",
    "zoom",
    "notice",
    "f",
  ];
  for (const path of ["/", "/v1/projects", "/console/sign-in", "/console/new-project"])
    for (const name of names) {
      const page = await client.get(`${path}?${name}=${encodeURIComponent(EVIL)}`);
      expect([path, name, dangersOf(page)]).toEqual([path, name, []]);
      expect(page.status).toBeLessThan(500);
    }
  const stranger = pageClient(system.url);
  const refused = await signInPage(stranger, EVIL);
  expect([refused.status < 500, dangersOf(refused)]).toEqual([true, []]);
  const file = new File([EVIL], `${EVIL}.geojson`, { type: "application/json" });
  const upload = await client.get("/console/new-project");
  const sent = await client.submit(upload, 'main form[action="/v1/area-uploads"]', { file });
  expect([sent.status < 500, dangersOf(sent)]).toEqual([true, []]);
});

test("no other site can show a page in a frame, and no browser keeps a private one", async () => {
  for (const path of ["/", "/v1/projects", "/v1/users/me", "/console/new-project"]) {
    const { headers } = await client.get(path);
    expect([path, headers.get("x-frame-options"), headers.get("cache-control")]).toEqual([
      path,
      "DENY",
      "private, no-store",
    ]);
    const policy = headers.get("content-security-policy") ?? "";
    for (const rule of [
      "default-src 'none'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'self'",
    ])
      expect(policy).toContain(rule);
    expect(policy).not.toContain("unsafe-");
  }
});

test("a form without this session's token, from another origin, or by GET changes nothing", async () => {
  const other = pageClient(system.url);
  await signInPage(other, "mapper-2");
  const theirs = (await other.get("/")).root.querySelector("input[name=_token]")?.getAttribute("value");
  const home = await client.get("/");
  const leave = 'form[action="/console/sign-out"]';
  for (const _token of [undefined, "", "x", theirs])
    expect((await client.submit(home, leave, { _token })).status).toBe(403);
  for (const headers of [
    { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
    { origin: system.url, "sec-fetch-site": "same-site" },
    { origin: "null", "sec-fetch-site": "cross-site" },
  ] as Record<string, string>[])
    expect((await client.submit(home, leave, {}, headers)).status).toBe(403);
  for (const path of ["/console/sign-out", "/console/language?language=fr", "/console/sign-out?_method=POST"])
    expect((await client.get(path)).headers.getSetCookie().join()).not.toMatch(/tessera-(session|language)/);
  expect((await client.get("/")).root.querySelector(leave)).not.toBeNull();
});

test("the cookie alone can do nothing at the API for programs", async () => {
  const cookie = [...client.cookies].map((it) => it.join("=")).join("; ");
  const headers = { cookie, accept: "application/json", "content-type": "application/json" };
  const read = await fetch(`${system.url}/v1/users/me`, { headers });
  const written = await fetch(`${system.url}/v1/organisations`, {
    method: "POST",
    headers,
    body: '{"name":"x"}',
  });
  expect([read.status, written.status]).toEqual([401, 401]);
});

test("cookies are of this host alone, and one that is planted or comes twice is worth nothing", async () => {
  const fresh = pageClient(system.url);
  const page = await fresh.get("/console/sign-in");
  for (const cookie of page.headers.getSetCookie())
    expect(cookie).toMatch(/^__Host-[^;]+; Max-Age=\d+; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
  const planted = fresh.cookies.get("__Host-tessera-browser");
  await signInPage(fresh, "mapper-3");
  expect(fresh.cookies.get("__Host-tessera-browser")).not.toBe(planted);
  const name = "__Host-tessera-session";
  const own = `${name}=${fresh.cookies.get(name)}`;
  const seen = async (cookie: string) =>
    (await (await fetch(`${system.url}/`, { headers: { ...BROWSER, cookie } })).text()).includes(
      "/console/sign-out",
    );
  expect([await seen(own), await seen(`${own}; ${own}`), await seen(`${name}=forged`)]).toEqual([
    true,
    false,
    false,
  ]);
  const cookie = "__Host-tessera-notice=constructor; __Host-tessera-language=__proto__";
  const text = await (await fetch(`${system.url}/`, { headers: { ...BROWSER, cookie } })).text();
  expect(text).not.toMatch(/native code|\[object/);
});

test("after signing out a page shows nothing private", async () => {
  const leaving = pageClient(system.url);
  await signInPage(leaving, "mapper-4");
  await leaving.submit(await leaving.get("/"), 'form[action="/console/sign-out"]');
  expect((await leaving.get("/v1/users/me/locks")).path).toMatch(/^\/console\/sign-in/);
  expect((await leaving.get("/")).text).not.toContain("mapper-4");
});

test("the language and the way back put nothing into headers", async () => {
  const home = await client.get("/");
  for (const evil of ["en\r\nSet-Cookie: a=b", "en; Domain=evil.example", EVIL]) {
    const form = 'form[action="/console/language"]';
    const done = await client.submit(home, form, { language: evil, next: `/\r\nSet-Cookie: a=b` });
    expect([done.status, done.path]).toEqual([200, "/"]);
    expect([...client.cookies.keys()].filter((it) => !it.startsWith("__Host-tessera-"))).toEqual([]);
  }
});

test("a form that is too large or malformed is refused on a page", async () => {
  const send = (type: string, body: string) =>
    fetch(`${system.url}/console/language`, {
      method: "POST",
      headers: { ...BROWSER, origin: system.url, "sec-fetch-site": "same-origin", "content-type": type },
      body,
    });
  const answers = [
    await send("application/x-www-form-urlencoded", `a=${"x".repeat(1024 * 1024 + 1)}`),
    await send("application/x-www-form-urlencoded", "a=1&".repeat(2_001)),
    await send("multipart/form-data", "no boundary"),
  ];
  expect(answers.map(({ status }) => status)).toEqual([413, 413, 400]);
  for (const it of answers) expect(it.headers.get("content-type")).toMatch(/^text\/html/);
});

/** What a browser might take for a path of this site, and leave it by. */
const WAYS_OUT = [
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/%2f/evil.example/..//evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "http:evil.example",
  "https://evil.example",
  "https://127.0.0.1@evil.example",
  "@evil.example",
  "javascript:evil()",
  "data:text/html,evil",
  "/ok\r\nSet-Cookie: a=b",
];

test("no way back leads to another site, after signing in and after choosing a language", async () => {
  for (const next of WAYS_OUT) {
    const stranger = pageClient(system.url);
    const page = await stranger.get(`/console/sign-in?next=${encodeURIComponent(next)}`);
    const offered = page.root.querySelector("main input[name=next]")?.getAttribute("value") ?? "/";
    const forms = {
      'form[action="/console/language"]': { language: "fr" },
      "main form": { name: "mapper-5" },
    };
    for (const [form, fields] of Object.entries(forms)) {
      const done = await stranger.submit(page, form, { ...fields, next });
      // The client follows only locations that begin with "/"; any other one is in the last answer.
      const { origin } = new URL(done.headers.get("location") ?? done.path, system.url);
      expect([next, offered, origin, done.status < 500]).toEqual([next, offered, system.url, true]);
      expect(new URL(offered, system.url).origin).toBe(system.url);
    }
  }
});

test("an address alone does nothing, whatever method it names", async () => {
  const admin = await system.signIn("administrator");
  const { project } = await system.project.getProject({ projectId: 1 }, admin);
  const acts = [
    "lock",
    "lock?_method=PUT",
    "submissions",
    "comments",
    "assignment?_method=DELETE",
    "subtasks",
  ];
  for (const method of ["DELETE", "PATCH", "PUT", "POST"])
    for (const path of [
      "/v1/projects/1",
      "/v1/users/1",
      "/v1/sessions",
      ...acts.map((it) => `/v1/projects/1/tasks/1/${it}`),
    ]) {
      const mark = path.includes("?") ? "&" : "?";
      const seen = await client.get(`${path}${mark}_method=${method}`, { "x-http-method-override": method });
      expect([path, method, seen.status < 500]).toEqual([path, method, true]);
    }
  expect((await system.project.getProject({ projectId: 1 }, admin)).project).toEqual(project);
  expect((await system.task.getTask({ projectId: 1, taskId: 1 }, admin)).task?.lock).toBeUndefined();
  const home = await client.get("/");
  const token = home.root.querySelector("input[name=_token]")?.getAttribute("value") ?? "";
  for (const _method of ["TRACE", "CONNECT", "constructor", "GET", EVIL]) {
    const body = new URLSearchParams({ _token: token, _method });
    const cookie = [...client.cookies].map((it) => it.join("=")).join("; ");
    const headers = { ...BROWSER, cookie, origin: system.url, "sec-fetch-site": "same-origin" };
    const path = `/v1/projects/1?_method=${encodeURIComponent(_method)}`;
    const answer = await fetch(`${system.url}${path}`, { method: "POST", headers, body });
    expect([_method, answer.status >= 400 && answer.status < 500]).toEqual([_method, true]);
  }
});
