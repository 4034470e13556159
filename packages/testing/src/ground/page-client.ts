import { type HTMLElement, parse } from "node-html-parser";

/** A page as a browser without scripts has it. */
export interface SeenPage {
  status: number;
  headers: Headers;
  /** Where it was found, after all redirects. */
  path: string;
  text: string;
  root: HTMLElement;
}

/** A browser without scripts: it keeps cookies, follows redirects, and sends forms with all that they hold. */
export interface PageClient {
  get(path: string, headers?: Record<string, string>): Promise<SeenPage>;
  /** Sends the form that a selector finds, with these fields instead of its own; undefined leaves one out. */
  submit(
    page: SeenPage,
    selector: string,
    fields?: Fields,
    headers?: Record<string, string>,
  ): Promise<SeenPage>;
  cookies: Map<string, string>;
}

/** What a form is filled in with: texts, several of one name, or a file. */
type Fields = Record<string, string | undefined | File | readonly string[]>;

const REDIRECTS_MAX = 5;
const BROWSER = {
  accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
  "accept-encoding": "identity",
};

/** Makes a browser without scripts for the pages of one origin. */
export function pageClient(url: string): PageClient {
  const cookies = new Map<string, string>();
  const visit = async (path: string, init: RequestInit, left = REDIRECTS_MAX): Promise<SeenPage> => {
    const headers = new Headers(init.headers);
    if (cookies.size > 0) headers.set("cookie", [...cookies].map((it) => it.join("=")).join("; "));
    const response = await fetch(`${url}${path}`, { ...init, headers, redirect: "manual" });
    for (const cookie of response.headers.getSetCookie()) keep(cookies, cookie);
    const location = response.headers.get("location");
    if (response.status === 303 && location?.startsWith("/") && left > 0)
      return visit(location, { headers: BROWSER }, left - 1);
    const text = await response.text();
    if (response.headers.get("content-type")?.startsWith("text/html")) refuseNestedForms(path, text);
    return { status: response.status, headers: response.headers, path, text, root: parse(text) };
  };
  return {
    cookies,
    get: (path, headers = {}) => visit(path, { headers: { ...BROWSER, ...headers } }),
    submit(page, selector, fields = {}, headers = {}) {
      const form = page.root.querySelector(selector);
      if (form === null) throw new Error(`There is no form ${selector} on ${page.path}:\n${page.text}`);
      const sent = valuesOf(form);
      const files: (readonly [string, File])[] = [];
      for (const [name, value] of Object.entries(fields)) {
        sent.delete(name);
        if (value instanceof File) files.push([name, value]);
        else if (value !== undefined) for (const one of [value].flat()) sent.append(name, one as string);
      }
      const action = form.getAttribute("action") ?? page.path;
      const own = {
        ...BROWSER,
        origin: url,
        "sec-fetch-site": "same-origin",
        referer: `${url}${page.path}`,
        ...headers,
      };
      if (form.getAttribute("method")?.toLowerCase() !== "post")
        return visit(`${action}?${sent}`, { headers: own });
      const isMultipart = form.getAttribute("enctype") === "multipart/form-data";
      return visit(action, {
        method: "POST",
        headers: own,
        body: isMultipart ? multipart(sent, files) : sent,
      });
    },
  };
}

/** A browser ends the outer form where an inner one ends, and leaves the buttons after it without a form. Our parser does not. */
function refuseNestedForms(path: string, text: string): void {
  let depth = 0;
  for (const [tag] of text.matchAll(/<form\b|<\/form>/g)) {
    depth += tag === "</form>" ? -1 : 1;
    if (depth > 1) throw new Error(`A form stands in a form on ${path}:\n${text}`);
  }
}

function keep(cookies: Map<string, string>, cookie: string): void {
  const [pair = "", ...rest] = cookie.split(";");
  const at = pair.indexOf("=");
  if (rest.some((it) => it.trim() === "Max-Age=0")) cookies.delete(pair.slice(0, at));
  else cookies.set(pair.slice(0, at), pair.slice(at + 1));
}

/** What a form holds as its page came. */
function valuesOf(form: HTMLElement): URLSearchParams {
  const values = new URLSearchParams();
  for (const input of form.querySelectorAll("input[name]")) {
    if (input.getAttribute("type") === "file") continue;
    const isChoice = ["checkbox", "radio"].includes(input.getAttribute("type") ?? "");
    if (isChoice && !input.hasAttribute("checked")) continue;
    values.append(input.getAttribute("name") as string, decoded(input.getAttribute("value") ?? ""));
  }
  for (const area of form.querySelectorAll("textarea[name]"))
    values.append(area.getAttribute("name") as string, decoded(area.innerHTML));
  for (const select of form.querySelectorAll("select[name]")) {
    const chosen = select.querySelector("option[selected]") ?? select.querySelector("option");
    if (chosen) values.append(select.getAttribute("name") as string, chosen.getAttribute("value") ?? "");
  }
  return values;
}

/** Files come after all fields, as in the order of our forms. */
function multipart(sent: URLSearchParams, files: readonly (readonly [string, File])[]): FormData {
  const body = new FormData();
  for (const [name, value] of sent) body.append(name, value);
  for (const [name, file] of files) body.append(name, file, file.name);
  return body;
}

function decoded(text: string): string {
  return parse(`<p>${text}</p>`).textContent;
}

/** Signs somebody in through the page for it. */
export async function signInPage(client: PageClient, name: string): Promise<SeenPage> {
  const page = await client.get("/console/sign-in");
  return client.submit(page, 'main form[action="/console/sign-in"]', { name });
}
