import { ProjectSchema } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { Command } from "commander";
import { Failure } from "../failure.ts";
import { printMessage } from "../print.ts";
import { toolOf } from "../tool.ts";
import { printProject } from "./projects.ts";
import { printFaults, uploadArea } from "./upload.ts";

/** `tessera create` */
export function createCommand(): Command {
  return new Command("create")
    .description("make a project, as a draft, of the area in a file")
    .argument("<name>", "what the project is called")
    .requiredOption("--area <file>", "the file with its area")
    .option("--instructions <text>", "what a mapper must know before starting, in Markdown")
    .option("--language <tag>", "the language of the texts, such as en or pt-BR")
    .action(async (name: string, { area, instructions, language }, command: Command) => {
      const tool = toolOf(command);
      const upload = await uploadArea(tool, area);
      if (upload.faults?.length) {
        if (tool.json) console.log(JSON.stringify(upload));
        else printFaults(upload);
        throw new Failure("The area has faults: no project was made");
      }
      const { acknowledgement } = await tool.client.createProject(
        {
          project: { name, instructions, ...(language && { defaultLanguage: language }) },
          areaUploadId: BigInt(upload.area_upload_id),
        },
        { signal: tool.signal },
      );
      const projectId = Number(acknowledgement?.name.split("/")[1]);
      const { project } = await tool.client.getProject({ projectId }, { signal: tool.signal });
      if (project === undefined) throw new Error("the server left the project out");
      if (tool.json) printMessage(ProjectSchema, project);
      else printProject(project);
    });
}
