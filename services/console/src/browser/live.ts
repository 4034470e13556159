import type { OpenMap } from "./maps.ts";

/** The pauses between tries to connect. After the last of them the page no longer tries. */
const RETRY_MS = [500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000, 60_000, 60_000, 60_000];
/** A connection that lasted this long counts as good. */
const GOOD_MS = 30_000;
/** The shortest pauses between two looks at what has changed. While changes do not end, parts of a page wait for longer. */
const MAP_PAUSE_MS = 2_000;
const PARTS_PAUSE_MS = [5_000, 5_000, 5_000, 10_000, 20_000, 30_000];

/** The function of htmx that is used here. */
declare const htmx: { ajax(verb: string, path: string, context: object): Promise<void> };

const followed = new WeakSet<HTMLElement>();

/**
 * Follows the events of a project's tasks for as long as its map is on the page. Each element with `data-live` is shown again
 * after changes: it gets the event `tasks-changed`, and without `hx-get` htmx asks for it as a part of this page.
 */
export function followTasks(figure: HTMLElement, map: () => OpenMap | undefined): void {
  if (followed.has(figure)) return;
  followed.add(figure);
  const showMap = atMost([MAP_PAUSE_MS], () => map()?.refresh());
  const showParts = atMost(PARTS_PAUSE_MS, () => refreshParts());
  const changed = () => {
    if (map() !== undefined) showMap();
    showParts();
  };
  void follow(figure, changed);
}

/** Connects, again and again, until the map has gone or too many tries failed. */
async function follow(figure: HTMLElement, changed: () => void): Promise<void> {
  let tries = 0;
  while (figure.isConnected && tries < RETRY_MS.length) {
    const begun = Date.now();
    say(figure, "connecting");
    await connection(figure, changed, tries > 0);
    tries = Date.now() - begun > GOOD_MS ? 0 : tries + 1;
    const pause = RETRY_MS[Math.max(0, tries - 1)] ?? 0;
    await wait(pause / 2 + (Math.random() * pause) / 2);
  }
  say(figure, "notLive");
}

/** Follows one stream to its end. */
async function connection(figure: HTMLElement, changed: () => void, missed: boolean): Promise<void> {
  const address = await addressFor(figure).catch(() => undefined);
  if (address === undefined || !figure.isConnected) return;
  const events = new EventSource(address);
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  events.onopen = () => {
    say(figure, "live");
    // What happened meanwhile is not known.
    if (missed) changed();
  };
  events.onmessage = ({ data }: MessageEvent<string>) => {
    if (!figure.isConnected) return end();
    if (JSON.parse(data).event !== undefined) changed();
  };
  // The browser would try the same ticket again, which may have expired.
  events.onerror = () => end();
  const look = setInterval(() => {
    if (!figure.isConnected) end();
  }, MAP_PAUSE_MS);
  await ended;
  clearInterval(look);
  events.close();
}

async function addressFor(figure: HTMLElement): Promise<string | undefined> {
  const response = await fetch(`/console/projects/${figure.dataset.project}/live-address`);
  if (!response.ok || response.redirected) return undefined;
  return ((await response.json()) as { address: string }).address;
}

/** Says in words whether changes show. */
function say(figure: HTMLElement, state: "live" | "connecting" | "notLive"): void {
  figure.dataset.state = state;
  const place = figure.querySelector("[data-live-state]");
  const text = place?.getAttribute(`data-${state.toLowerCase()}-text`);
  if (place && text && place.textContent !== text) place.textContent = text;
}

function refreshParts(): void {
  for (const part of document.querySelectorAll<HTMLElement>("[data-live]")) {
    part.dispatchEvent(new CustomEvent("tasks-changed"));
    if (part.hasAttribute("hx-get") || part.id === "") continue;
    const context = { source: part, target: `#${part.id}`, swap: "outerMorph" };
    void htmx.ajax("GET", location.pathname + location.search, context);
  }
}

/** Runs something at once, and then at most once in each pause; what is asked for meanwhile is run once at its end. */
function atMost(pausesMs: readonly number[], run: () => void): () => void {
  let runs = 0;
  let isWaiting = false;
  let isAsked = false;
  const next = () => {
    // Nobody looks: it is run when somebody does.
    if (document.hidden) return void document.addEventListener("visibilitychange", next, { once: true });
    isAsked = false;
    isWaiting = true;
    run();
    setTimeout(
      () => {
        isWaiting = false;
        if (isAsked) next();
        else runs = 0;
      },
      pausesMs[Math.min(runs++, pausesMs.length - 1)],
    );
  };
  return () => {
    if (isAsked) return;
    isAsked = true;
    if (!isWaiting) next();
  };
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
