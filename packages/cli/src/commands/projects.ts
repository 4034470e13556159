import {
  type Project,
  ProjectSchema,
  ProjectStatus,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { Command } from "commander";
import { projectId, wholeNumber } from "../arguments.ts";
import { percent, printFacts, printMessage, printTable, squareKilometres, word } from "../print.ts";
import { type Tool, toolOf } from "../tool.ts";

const SHOWN = 20;
const PAGE_MAX = 100;

/** `tessera projects` */
export function projectsCommand(): Command {
  return new Command("projects")
    .description("list projects, the newest first")
    .argument("[text...]", "words to look for")
    .option("--limit <number>", "show at most this number of projects", wholeNumber(1, 10_000), SHOWN)
    .action(async (words: string[], { limit }: { limit: number }, command: Command) => {
      const tool = toolOf(command);
      const projects: Project[] = [];
      const request = { query: words.join(" "), pageSize: Math.min(limit, PAGE_MAX) };
      for await (const page of tool.client.pages.listProjects(request, { signal: tool.signal })) {
        projects.push(...page.projects);
        if (projects.length >= limit) break;
      }
      const shown = projects.slice(0, limit);
      if (tool.json) {
        for (const project of shown) printMessage(ProjectSchema, project);
        return;
      }
      printTable(
        ["Project", "Status", "Size", "Mapped", "Validated", "Name"],
        shown.map((it) => [
          it.projectId,
          word(ProjectStatus, it.status),
          squareKilometres(it.areaSquareKilometres),
          it.progress && percent(it.progress.mappedPercent),
          it.progress && percent(it.progress.validatedPercent),
          it.name,
        ]),
      );
    });
}

/** `tessera show` */
export function showCommand(): Command {
  return new Command("show")
    .description("show a project")
    .argument("<project>", "its number", projectId)
    .action(async (id: number, _, command: Command) => {
      const tool = toolOf(command);
      const project = await read(tool, id);
      if (tool.json) printMessage(ProjectSchema, project);
      else printProject(project);
    });
}

/** `tessera publish` */
export function publishCommand(): Command {
  return new Command("publish")
    .description("publish a project: mappers see it from now on")
    .argument("<project>", "its number", projectId)
    .action(async (id: number, _, command: Command) => {
      const tool = toolOf(command);
      const { revision } = await read(tool, id);
      await tool.client.updateProject(
        {
          project: { projectId: id, status: ProjectStatus.PUBLISHED },
          updateMask: { paths: ["status"] },
          expectedRevision: revision,
        },
        { signal: tool.signal },
      );
      const project = await read(tool, id);
      if (tool.json) printMessage(ProjectSchema, project);
      else printProject(project);
    });
}

/** Writes what is known of a project. */
export function printProject(project: Project): void {
  printFacts({
    project: project.projectId,
    name: project.name,
    status: word(ProjectStatus, project.status),
    size: squareKilometres(project.areaSquareKilometres),
    countries: project.countries.join(", ") || undefined,
    tasks: project.progress?.taskCount,
    mapped: project.progress && percent(project.progress.mappedPercent),
    validated: project.progress && percent(project.progress.validatedPercent),
  });
}

async function read({ client, signal }: Tool, id: number): Promise<Project> {
  const { project } = await client.getProject({ projectId: id }, { signal });
  if (project === undefined) throw new Error("the server left the project out");
  return project;
}
