import { randomBytes } from "node:crypto";
import { ConnectError } from "@connectrpc/connect";
import { Refusal } from "@tessera/rpc/refusal.ts";
import type { Deps } from "../deps.ts";
import { refusalAlert } from "../forms/refusal-alert.ts";
import { identified } from "../forms/request-id.ts";
import { html } from "../html/html.ts";
import { COOKIES, endCookie, readCookies, setCookie } from "../session/cookies.ts";
import { formToken, isFormToken } from "../session/form-token.ts";
import { isFromOurPage } from "../session/same-origin.ts";
import { type OpenSession, openSession } from "../session/session.ts";
import { languageFor, readerLanguages } from "../texts/languages.ts";
import { type FormData, NO_FORM } from "../visits/form-data.ts";
import type { Done, Page, Raw } from "../visits/page.ts";
import { PageFault } from "../visits/page-fault.ts";
import type { ActRoute } from "../visits/routes.ts";
import type { Give, Show, Visit } from "../visits/visit.ts";
import { asker, refusalOf } from "./ask.ts";
import { documentOf, partOf } from "./document.ts";
import { keepForm, keptForm, pageOf, signInChanged } from "./kept-form.ts";
import { readForm } from "./read-form.ts";
import { failurePage, needsSignIn } from "./refused-page.ts";
import { pageHeaders } from "./security-headers.ts";

/** What a request is answered by. */
export type Answerer = { show: Show } | { act: ActRoute } | { give: Give };

const BROWSER_MAX_AGE_SECONDS = 400 * 86_400;
const NOTICE_MAX_AGE_SECONDS = 30;
/** What is sent there is not kept for after the sign-in. */
const ABOUT_SIGN_IN = /^\/console\/(?:sign-in|sign-out|language)/;
const BROWSER_ID_BYTES = 16;
const BROWSER_ID = /^[A-Za-z0-9_-]{22}$/;

/** Answers one request: finds its person, shows or does what it asks for, and puts the frame around that. */
export async function answerWith(
  deps: Deps,
  request: Request,
  params: Record<string, string>,
  answerer: Answerer,
): Promise<Response> {
  const cookies = readCookies(request.headers.get("cookie") ?? undefined);
  const set: string[] = [];
  let session: OpenSession = {
    person: undefined,
    authorization: undefined,
    cookie: undefined,
    isOver: false,
  };
  const visitOf = () => visitFor(deps, request, params, { cookies, session, set });
  try {
    session = await openSession(deps, cookies.get(COOKIES.session), Date.now());
    if (session.cookie !== undefined) set.push(session.cookie);
    const visit = visitOf();
    if ("give" in answerer) return rawResponse(await answerer.give(visit), set);
    if ("show" in answerer) return await showResponse(visit, request, answerer.show, { set, cookies });
    return await commandResponse(visit, request, answerer.act, { set, cookies });
  } catch (thrown) {
    const error = refusalOf(thrown);
    const visit = visitOf();
    if (needsSignIn(error)) return goToSignIn(request, set);
    if (isBug(error))
      deps.log.error({ err: error, method: request.method }, "a page failed with an internal error");
    return pageResponse(visit, request, failurePage(visit, error), { set, cookies });
  }
}

interface Circumstances {
  cookies: ReadonlyMap<string, string>;
  session: OpenSession;
  set: string[];
}

function visitFor(deps: Deps, request: Request, params: Record<string, string>, at: Circumstances): Visit {
  const { cookies, session, set } = at;
  const url = new URL(request.url);
  const forwarded = request.headers.get("x-forwarded-for");
  const accepted = request.headers.get("accept-language") ?? undefined;
  const headers = {
    ...(session.authorization !== undefined && { authorization: session.authorization }),
    ...(forwarded !== null && { "x-forwarded-for": forwarded }),
    ...passedOn(request.headers, ["x-request-id", "traceparent"]),
  };
  const call = { headers, signal: request.signal };
  const known = cookies.get(COOKIES.browser);
  let browser = known !== undefined && BROWSER_ID.test(known) ? known : undefined;
  return {
    deps,
    path: url.pathname,
    query: url.searchParams,
    params,
    form: NO_FORM,
    person: session.person,
    language: languageFor(cookies.get(COOKIES.language), accepted, deps.pseudoLanguages),
    readerLanguages: readerLanguages(cookies.get(COOKIES.language), accepted),
    ask: asker(deps, call),
    call,
    ifNoneMatch: request.headers.get("if-none-match") ?? undefined,
    cookies,
    formToken() {
      if (browser === undefined) {
        browser = randomBytes(BROWSER_ID_BYTES).toString("base64url");
        set.push(setCookie(COOKIES.browser, browser, BROWSER_MAX_AGE_SECONDS));
      }
      return formToken(deps.sealed, browser, session.person?.sessionId ?? "");
    },
    refused: undefined,
  };
}

function passedOn(headers: Headers, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (headers.has(name) ? [[name, headers.get(name) as string]] : [])),
  );
}

/** Does what a form asks for; shows its page again, with the reason, if that is refused. */
async function commandResponse(
  visit: Visit,
  request: Request,
  { method, act, page }: ActRoute,
  at: Pick<Circumstances, "set" | "cookies">,
): Promise<Response> {
  const { deps } = visit;
  if (!isFromOurPage(request.headers, deps.publicUrl)) throw new PageFault(403);
  const form = await readForm(request, deps.fileMaxBytes);
  const sent = { ...visit, form: identified(form, `${method} ${visit.path}?${visit.query}`) };
  const browser = at.cookies.get(COOKIES.browser) ?? "";
  const command = `${method} ${visit.path}`;
  const isOurs = isFormToken(deps.sealed, browser, visit.person?.sessionId ?? "", form.text("_token"));
  try {
    if (!isOurs && ABOUT_SIGN_IN.test(visit.path)) throw new PageFault(403);
    if (!isOurs && visit.person === undefined)
      return await signInFirst(visit, request, { command, form }, at.set);
    if (!isOurs) throw signInChanged();
    return shown(sent, request, await act(sent), at);
  } catch (thrown) {
    const refusal = refusalOf(thrown);
    if (!(refusal instanceof Refusal)) throw refusal;
    if (needsSignIn(refusal)) return signInFirst(visit, request, { command, form }, at.set);
    const again = await pageAgain(page, { ...visit, refused: { command, refusal, form } });
    if (again === undefined) throw refusal;
    return pageResponse(visit, request, { ...again, status: refusal.reason.httpStatus }, at);
  }
}

/** Keeps what was typed while its author signs in again. */
async function signInFirst(
  visit: Visit,
  request: Request,
  { command, form }: { command: string; form: FormData },
  set: readonly string[],
): Promise<Response> {
  const kept = await keepForm(visit, pathOf(request.headers.get("referer")), command, form);
  return goToSignIn(request, [...set, ...kept]);
}

/** The page of a form that was refused, which says why; undefined if there is none. */
async function pageAgain(page: Show, visit: Visit): Promise<Page | undefined> {
  const again = await page(visit);
  if ("see" in again) return undefined;
  // The page may no longer have the form, such as one to join a team that the person is in by now.
  const isSaid = String(again.body).includes("data-reason=");
  const body = isSaid ? again.body : html`${refusalAlert(visit, visit.refused?.refusal)}${again.body}`;
  return { ...again, body };
}

/** Shows a page. What was typed on it before its reader signed in again stands in its form. */
async function showResponse(
  visit: Visit,
  request: Request,
  show: Show,
  at: Pick<Circumstances, "set" | "cookies">,
): Promise<Response> {
  const refused = isForPart(request.headers) ? undefined : await keptForm(visit);
  const again = refused === undefined ? undefined : await pageAgain(show, { ...visit, refused });
  if (again === undefined) return shown(visit, request, await show(visit), at);
  at.set.push(endCookie(COOKIES.kept));
  return pageResponse(visit, request, again, at);
}

function shown(
  visit: Visit,
  request: Request,
  outcome: Page | Done,
  at: Pick<Circumstances, "set" | "cookies">,
): Response {
  return "see" in outcome ? seeOther(outcome, at.set) : pageResponse(visit, request, outcome, at);
}

function seeOther({ see, notice, cookies = [] }: Done, set: readonly string[]): Response {
  const headers = new Headers({ location: see, "cache-control": "no-store" });
  const said = notice === undefined ? [] : [setCookie(COOKIES.notice, notice, NOTICE_MAX_AGE_SECONDS)];
  for (const cookie of [...set, ...said, ...cookies]) headers.append("set-cookie", cookie);
  return new Response(null, { status: 303, headers });
}

function goToSignIn(request: Request, set: readonly string[]): Response {
  const { pathname, search } = new URL(request.url);
  const next = request.method === "GET" ? `${pathname}${search}` : pathOf(request.headers.get("referer"));
  return seeOther({ see: `/console/sign-in?next=${encodeURIComponent(next)}` }, set);
}

function pathOf(referer: string | null): string {
  const url = referer === null ? null : URL.parse(referer);
  return url === null ? "/" : pageOf(url.pathname, url.searchParams);
}

function pageResponse(
  visit: Visit,
  request: Request,
  page: Page,
  { set, cookies }: Pick<Circumstances, "set" | "cookies">,
): Response {
  const notice = cookies.get(COOKIES.notice);
  const part = askedPart(request.headers, page);
  // What was said before is not cleared by a part that refreshes itself.
  const isNews = notice !== undefined || request.method === "POST";
  const text =
    part === undefined
      ? documentOf(visit, page, notice)
      : isNews
        ? partOf(visit, part(), notice)
        : String(part());
  const headers = pageHeaders(visit);
  // A cookie that the form token of this page needs is set while the page is made.
  for (const cookie of set) headers.append("set-cookie", cookie);
  if (notice !== undefined) headers.append("set-cookie", endCookie(COOKIES.notice));
  if (request.method === "POST") headers.set("hx-push-url", "false");
  if (part === undefined && isForPart(request.headers)) asWholePage(headers, visit, request);
  return new Response(text, { status: page.status ?? 200, headers });
}

/** Whether htmx asks for a part. */
function isForPart(headers: Headers): boolean {
  return headers.get("hx-request-type") === "partial";
}

/** Has htmx show a whole page that comes in place of a part: one to sign in on, or one that says what failed. */
function asWholePage(headers: Headers, { path, query }: Visit, { method }: Request): void {
  headers.set("hx-retarget", "body");
  headers.set("hx-reswap", "innerMorph show:window:top");
  if (method !== "POST") headers.set("hx-push-url", pageOf(path, query));
}

/** The part of a page that htmx asks for alone. It names the element that it replaces: "section#tasks". */
function askedPart(headers: Headers, { parts = {}, status = 200 }: Page) {
  if (!isForPart(headers) || status >= 500) return undefined;
  const id = headers.get("hx-target")?.split("#")[1];
  return id === undefined ? undefined : parts[id];
}

function rawResponse(
  { contentType, bytes, status = 200, headers = {} }: Raw,
  set: readonly string[],
): Response {
  const all = new Headers({ "content-type": contentType, "x-content-type-options": "nosniff", ...headers });
  if (!all.has("cache-control")) all.set("cache-control", "private, no-cache");
  for (const cookie of set) all.append("set-cookie", cookie);
  return new Response(status === 304 ? null : bytes, { status, headers: all });
}

function isBug(error: unknown): boolean {
  return !(error instanceof Refusal || error instanceof PageFault || error instanceof ConnectError);
}
