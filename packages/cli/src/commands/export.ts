import { Command, Option } from "commander";
import { projectId } from "../arguments.ts";
import { toolOf } from "../tool.ts";
import { writeTo } from "../write-to.ts";

const FORMATS = ["geojson", "csv", "gpx", "osm", "ndjson"];

/** `tessera export` */
export function exportCommand(): Command {
  return new Command("export")
    .description("write all tasks of a project to a file")
    .argument("<project>", "its number", projectId)
    .addOption(new Option("--format <format>", "the format").choices(FORMATS).default("geojson"))
    .option("--output <file>", "the file; - for the standard output", "-")
    .action(async (id: number, { format, output }, command: Command) => {
      const tool = toolOf(command);
      await writeTo(output, await tool.request(`/v1/projects/${id}/tasks?f=${format}`));
      if (output !== "-") console.error(`${output}: all tasks of project ${id}`);
    });
}
