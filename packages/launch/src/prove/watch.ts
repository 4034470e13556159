import { setTimeout as sleep } from "node:timers/promises";

/** One reader of a project's events, who resumes after each break. */
export interface Reader {
  /** How often each event was seen, by "task:revision". */
  seen: Map<string, number>;
  /** Events that came before an earlier one of the same task. */
  outOfOrder: string[];
  breaks: number;
  /** Waits, for a bounded time, until a number of different events were seen, and stops reading. */
  finish(events: number): Promise<void>;
}

/** A stream that says nothing for longer than this, not even its heartbeat, counts as broken. */
const SILENCE_MAX_MS = 20_000;
const RESUME_PAUSE_MS = 200;
const OPEN_MAX_MS = 60_000;
/** Without a single event. */
const CATCH_UP_MAX_MS = 60_000;
const POLL_MS = 20;

/** Starts reading a project's events as they happen; resolves when the stream is open. */
export async function watchEvents(url: string, projectId: number): Promise<Reader> {
  const latest = new Map<number, number>();
  const stop = new AbortController();
  let lastId = "";
  const reader: Reader = {
    seen: new Map(),
    outOfOrder: [],
    breaks: 0,
    finish: async (events) => {
      for (let before = -1; reader.seen.size < events && reader.seen.size > before; ) {
        before = reader.seen.size;
        await until(() => reader.seen.size > before, CATCH_UP_MAX_MS);
      }
      stop.abort();
      await reading;
    },
  };
  const take = (block: string) => {
    const lines = block.split("\n");
    const data = lines.find((it) => it.startsWith("data: "));
    if (data !== undefined) record(reader, latest, data.slice("data: ".length));
    lastId = lines.find((it) => it.startsWith("id: "))?.slice("id: ".length) ?? lastId;
  };
  // Ends with the drill: each round waits, and `finish` is always called.
  const reading = (async () => {
    while (!stop.signal.aborted) {
      await readOnce(`${url}/v1/projects/${projectId}/task-events`, lastId, stop.signal, take).catch(
        () => {},
      );
      if (stop.signal.aborted) return;
      reader.breaks += 1;
      await sleep(RESUME_PAUSE_MS);
    }
  })();
  if (!(await until(() => lastId !== "", OPEN_MAX_MS))) {
    stop.abort();
    throw new Error("The stream of events did not open");
  }
  return reader;
}

/** Reads one stream to its end, a block at a time. A block that was cut off is not taken. */
async function readOnce(url: string, lastId: string, stop: AbortSignal, take: (block: string) => void) {
  const silent = new AbortController();
  const timer = setTimeout(() => silent.abort(), SILENCE_MAX_MS);
  try {
    const response = await fetch(url, {
      headers: { accept: "text/event-stream", ...(lastId !== "" && { "last-event-id": lastId }) },
      signal: AbortSignal.any([stop, silent.signal]),
    });
    if (!response.ok || response.body === null) throw new Error(`${response.status}`);
    let rest = "";
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      timer.refresh();
      const blocks = (rest + text).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) take(block);
    }
  } finally {
    clearTimeout(timer);
  }
}

function record(reader: Reader, latest: Map<number, number>, data: string): void {
  const { event } = JSON.parse(data) as { event?: { task_id?: number; revision: string } };
  // An event of all tasks, such as their creation, has no number of a task.
  if (!event?.task_id) return;
  const revision = Number(event.revision);
  const key = `${event.task_id}:${revision}`;
  if (revision <= (latest.get(event.task_id) ?? 0)) reader.outOfOrder.push(key);
  latest.set(event.task_id, revision);
  reader.seen.set(key, (reader.seen.get(key) ?? 0) + 1);
}

async function until(isDone: () => boolean, forMs: number): Promise<boolean> {
  const deadline = performance.now() + forMs;
  while (!isDone() && performance.now() < deadline) await sleep(POLL_MS);
  return isDone();
}
