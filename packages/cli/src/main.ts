import { Command, CommanderError, Option } from "commander";
import { createCommand } from "./commands/create.ts";
import { cutCommand, previewCommand } from "./commands/cut.ts";
import { exportCommand } from "./commands/export.ts";
import { progressCommand, watchCommand } from "./commands/progress.ts";
import { projectsCommand, publishCommand, showCommand } from "./commands/projects.ts";
import { signInCommand, signOutCommand, whoAmICommand } from "./commands/session.ts";
import { uploadCommand } from "./commands/upload.ts";
import { exitCodeOf, printFailure, USAGE } from "./failure.ts";

const EXAMPLES = `
Examples:
  $ tessera sign-in --server https://tessera.example.org
  $ tessera create "County, buildings" --area county.geojson
  $ tessera preview 7 --zoom 14
  $ tessera cut 7 --zoom 14
  $ tessera publish 7
  $ tessera watch 7
  $ tessera export 7 --format geojson --output tasks.geojson

Exit codes: 0 done, 1 refused, 2 wrong usage, 3 outcome unknown (look before you send it again), 130 interrupted.`;

/** Runs the tool with the arguments of a process. Returns its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const program = tessera();
  try {
    await program.parseAsync(argv as string[]);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    printFailure(error, program.opts().json === true);
    return exitCodeOf(error);
  }
}

function tessera(): Command {
  const program = new Command("tessera")
    .description("Make a mapping project of an area, cut it into tasks, publish it, follow it, export it.")
    .addOption(
      new Option("-s, --server <url>", "the gateway; by default the one of the last sign-in").env(
        "TESSERA_URL",
      ),
    )
    .addOption(
      new Option("--key <token>", "a personal access token, in place of signing in").env("TESSERA_KEY"),
    )
    .option("--json", "write JSON, for scripts", false)
    .addHelpText("after", EXAMPLES)
    .showHelpAfterError("(tessera --help lists the commands)");
  for (const command of [
    signInCommand(),
    signOutCommand(),
    whoAmICommand(),
    uploadCommand(),
    createCommand(),
    projectsCommand(),
    showCommand(),
    previewCommand(),
    cutCommand(),
    publishCommand(),
    progressCommand(),
    watchCommand(),
    exportCommand(),
  ])
    program.addCommand(command);
  // A fault of usage ends the parsing and not the process.
  for (const it of [program, ...program.commands]) it.exitOverride();
  return program;
}
