import { setTimeout as sleep } from "node:timers/promises";
import { type Progress, ProgressSchema } from "@tessera/contracts/tessera/task/v1/progress_pb.ts";
import { WatchTaskEventsResponseSchema } from "@tessera/contracts/tessera/task/v1/task_event_service_pb.ts";
import { Command } from "commander";
import { projectId } from "../arguments.ts";
import { percent, printFacts, printMessage } from "../print.ts";
import { progressBar } from "../progress-bar.ts";
import { type Tool, toolOf } from "../tool.ts";

/** Progress is read at most this often while events come. */
const READ_EVERY_MS = 1_000;
const BAR = "{bar} {percentage} % | {mapped} mapped, {validated} validated, {locked} in work, of {tasks}";
const COMPLETE = 100;

/** `tessera progress` */
export function progressCommand(): Command {
  return new Command("progress")
    .description("show how far a project is")
    .argument("<project>", "its number", projectId)
    .action(async (id: number, _, command: Command) => {
      const tool = toolOf(command);
      const progress = await read(tool, id);
      if (tool.json) printMessage(ProgressSchema, progress);
      else show(progress);
    });
}

/** `tessera watch` */
export function watchCommand(): Command {
  return new Command("watch")
    .description("follow a project until it is complete or Ctrl-C; with --json one line for each event")
    .argument("<project>", "its number", projectId)
    .option("--from-start", "with --json: begin with the first event of the project", false)
    .option("--after <position>", "with --json: begin after this position, which an earlier line has")
    .action(async (id: number, { fromStart, after }, command: Command) => {
      const tool = toolOf(command);
      if (tool.json) return printEvents(tool, { projectId: id, fromStart, position: after ?? "" });
      return drawProgress(tool, id);
    });
}

async function printEvents(
  { client, signal }: Tool,
  request: Parameters<Tool["client"]["watchTaskEvents"]>[0],
) {
  for await (const message of client.watchTaskEvents(request, { signal }))
    if (message.event !== undefined) printMessage(WatchTaskEventsResponseSchema, message);
  signal.throwIfAborted();
}

async function drawProgress(tool: Tool, id: number): Promise<void> {
  const bar = progressBar(tool.json, BAR);
  const drawn = async () => {
    const progress = await read(tool, id);
    if (process.stderr.isTTY) bar.show(Math.round(progress.completionPercent), COMPLETE, words(progress));
    else console.log(lineOf(progress));
    return progress.completionPercent >= COMPLETE;
  };
  try {
    let due: Promise<boolean> | undefined;
    const ended = new AbortController();
    const signal = AbortSignal.any([tool.signal, ended.signal]);
    const redraw = async () => {
      await sleep(READ_EVERY_MS, undefined, { signal: tool.signal });
      due = undefined;
      const complete = await drawn();
      if (complete) ended.abort();
      return complete;
    };
    if (await drawn()) return;
    try {
      // The first message says where the watch begins: what happened before it was read is drawn as well.
      for await (const _ of tool.client.watchTaskEvents({ projectId: id }, { signal })) {
        due ??= redraw();
        due.catch(() => ended.abort());
      }
    } catch (error) {
      if (!ended.signal.aborted) throw error;
    }
    await due;
    tool.signal.throwIfAborted();
  } finally {
    bar.end();
  }
}

async function read({ client, signal }: Tool, id: number): Promise<Progress> {
  const { progress } = await client.getProgress({ projectId: id }, { signal });
  if (progress === undefined) throw new Error("the server left the progress out");
  return progress;
}

function words({ mappedCount, validatedCount, lockedCount, taskCount }: Progress): Record<string, string> {
  return {
    mapped: String(mappedCount),
    validated: String(validatedCount),
    locked: String(lockedCount),
    tasks: String(taskCount),
  };
}

function lineOf(progress: Progress): string {
  const { mapped, validated, locked, tasks } = words(progress);
  return `${percent(progress.completionPercent)} | ${mapped} mapped, ${validated} validated, ${locked} in work, of ${tasks}`;
}

function show(progress: Progress): void {
  printFacts({
    complete: percent(progress.completionPercent),
    tasks: progress.taskCount,
    "to be mapped": progress.readyCount,
    mapped: `${progress.mappedCount} (${percent(progress.mappedPercent)} with those validated)`,
    validated: `${progress.validatedCount} (${percent(progress.validatedPercent)})`,
    "sent back": progress.invalidatedCount,
    "bad imagery": progress.badImageryCount,
    "in work": progress.lockedCount,
  });
}
