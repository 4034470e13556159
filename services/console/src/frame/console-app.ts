import { type Context, Hono } from "hono";
import { serveAssets } from "../assets/routes.ts";
import type { Deps } from "../deps.ts";
import { type FaultStatus, PageFault } from "../visits/page-fault.ts";
import type { ActRoute, Routes } from "../visits/routes.ts";
import { answerWith } from "./answer.ts";

/** The variables of a path. */
const paramsOf = (context: Context): Record<string, string> => context.req.param();

/** Makes the application of the routes of all rooms. What no room has is NOT ACCEPTABLE as a page: the gateway then has the document. */
export function consoleApp(deps: Deps, rooms: readonly Routes[]): Hono {
  const app = new Hono({ strict: true });
  serveAssets(app, deps.assets);
  for (const { path, give } of rooms.flatMap((it) => it.gives ?? []))
    app.get(path, (it) => answerWith(deps, it.req.raw, paramsOf(it), { give }));
  for (const { path, show, has } of rooms.flatMap((it) => it.pages ?? []))
    app.get(path, (it) => {
      const { pathname, searchParams } = new URL(it.req.url);
      if (has?.(pathname, searchParams) === false) return noPage();
      return answerWith(deps, it.req.raw, paramsOf(it), { show });
    });
  const acts = Map.groupBy(
    rooms.flatMap((it) => it.acts ?? []),
    ({ path }) => path,
  );
  for (const [path, ofPath] of acts)
    app.post(path, (it) =>
      answerWith(deps, it.req.raw, paramsOf(it), { act: chosen(ofPath, it.req.query("_method")) }),
    );
  const fault = (status: FaultStatus) => ({ show: () => Promise.reject(new PageFault(status)) });
  app.get("/console/*", (it) => answerWith(deps, it.req.raw, {}, fault(404)));
  app.get("*", noPage);
  app.all("*", (it) => answerWith(deps, it.req.raw, {}, fault(405)));
  return app;
}

/** The gateway answers in the place of the console: no session is opened, and no cookie is set. */
function noPage(): Response {
  return new Response(null, { status: 406, headers: { "cache-control": "no-store" } });
}

function chosen(acts: readonly ActRoute[], method = "POST"): ActRoute {
  const act = acts.find((it) => it.method === method);
  if (act !== undefined) return act;
  const refuse = () => Promise.reject(new PageFault(405));
  return { method: "POST", path: "", act: refuse, page: refuse };
}
