import {
  type Operation,
  OperationSchema,
  OperationState,
} from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import { TaskPreviewSchema } from "@tessera/contracts/tessera/task/v1/preview_pb.ts";
import { GridEdge } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { Command } from "commander";
import { projectId, wholeNumber } from "../arguments.ts";
import { Failure, UsageFailure } from "../failure.ts";
import { printFacts, printMessage, squareKilometres } from "../print.ts";
import { progressBar } from "../progress-bar.ts";
import { type Tool, toolOf } from "../tool.ts";
import { writeTo } from "../write-to.ts";

interface Cut {
  zoom?: number;
  edge?: GridEdge;
  taskCount?: number;
  sizeMetres?: number;
  fill?: boolean;
}

/** `tessera preview` */
export function previewCommand(): Command {
  return withCut(new Command("preview"))
    .description("show what a cut would give; nothing is made")
    .option("--output <file>", "write the tasks there as GeoJSON; - for the standard output")
    .action(async (id: number, options, command: Command) => {
      const tool = toolOf(command);
      const cut = cutOf(options);
      if (options.output !== undefined) {
        const response = await tool.request(
          `/v1/projects/${id}/task-preview/tasks?${queryOf(cut)}&f=geojson`,
        );
        return writeTo(options.output, response);
      }
      const { preview } = await tool.client.previewTasks({ projectId: id, ...cut }, { signal: tool.signal });
      if (preview === undefined) throw new Error("the server left the preview out");
      if (tool.json) return printMessage(TaskPreviewSchema, preview);
      printFacts({
        tasks: preview.taskCount,
        "whole squares": preview.squareCount,
        smallest: squareKilometres(preview.smallestSquareKilometres),
        mean: squareKilometres(preview.meanSquareKilometres),
        largest: squareKilometres(preview.largestSquareKilometres),
      });
    });
}

/** `tessera cut` */
export function cutCommand(): Command {
  return withCut(new Command("cut"))
    .description("cut the area of a project into tasks")
    .action(async (id: number, options, command: Command) => {
      const tool = toolOf(command);
      const { acknowledgement } = await tool.client.createTasks(
        { projectId: id, ...cutOf(options) },
        { signal: tool.signal },
      );
      const operation = await follow(tool, id, Number(acknowledgement?.name.split("/").at(-1)));
      if (tool.json) printMessage(OperationSchema, operation);
      if (operation.state !== OperationState.SUCCEEDED) {
        const { message, reason } = operation.error ?? {};
        throw new Failure(
          `${message ?? "The cut was cancelled"}${reason ? ` (${reason})` : ""}: no task was made`,
        );
      }
      if (!tool.json) printFacts({ project: id, tasks: operation.doneCount });
    });
}

/** Follows an operation to its end. At Ctrl-C the operation continues. */
async function follow({ client, json, signal }: Tool, id: number, operationId: number): Promise<Operation> {
  const bar = progressBar(json, "{bar} {value}/{total} {stage}");
  let last: Operation | undefined;
  try {
    for await (const { operation } of client.watchOperation({ projectId: id, operationId }, { signal })) {
      if (operation === undefined) continue;
      last = operation;
      bar.show(operation.doneCount, operation.unitCount ?? 0, { stage: operation.stage ?? "" });
    }
  } finally {
    bar.end();
  }
  if (signal.aborted) console.error("The server continues the cut.");
  signal.throwIfAborted();
  if (last === undefined) throw new Error("the server said nothing of the operation");
  return last;
}

function withCut(command: Command): Command {
  return command
    .argument("<project>", "its number", projectId)
    .option("--zoom <zoom>", "into the squares of the web map at this zoom", wholeNumber(0, 22))
    .option("--whole", "with --zoom: keep squares whole at the border of the area")
    .option("--count <number>", "into about this number of tasks", wholeNumber(1, 1_000_000))
    .option("--size <metres>", "into squares of this size", wholeNumber(1, 100_000))
    .option("--fill", "only ground that no task covers; tasks that exist stay as they are");
}

function cutOf(options: {
  zoom?: number;
  whole?: boolean;
  count?: number;
  size?: number;
  fill?: boolean;
}): Cut {
  const { zoom, whole, count, size, fill } = options;
  if ([zoom, count, size].filter((it) => it !== undefined).length !== 1)
    throw new UsageFailure("Say how to cut by one of --zoom, --count and --size");
  return {
    ...(zoom !== undefined && { zoom }),
    ...(whole && { edge: GridEdge.WHOLE }),
    ...(count !== undefined && { taskCount: count }),
    ...(size !== undefined && { sizeMetres: size }),
    ...(fill && { fill }),
  };
}

function queryOf({ zoom, edge, taskCount, sizeMetres, fill }: Cut): URLSearchParams {
  const query = new URLSearchParams();
  if (zoom !== undefined) query.set("zoom", String(zoom));
  if (edge === GridEdge.WHOLE) query.set("edge", "GRID_EDGE_WHOLE");
  if (taskCount !== undefined) query.set("task_count", String(taskCount));
  if (sizeMetres !== undefined) query.set("size_metres", String(sizeMetres));
  if (fill) query.set("fill", "true");
  return query;
}
