import { timestampDate } from "@bufbuild/protobuf/wkt";
import { createClient } from "@tessera/client/index.ts";
import { MappingLevel, SystemRole, UserSchema } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { Command } from "commander";
import { decodeJwt } from "jose";
import { Failure, isUnauthenticated } from "../failure.ts";
import { printFacts, printMessage, word } from "../print.ts";
import { readSaved, saveServer, saveTokens } from "../saved-sessions.ts";
import { signInByBrowser } from "../sign-in-by-browser.ts";
import { serverOf, toolOf } from "../tool.ts";

/** `tessera sign-in` */
export function signInCommand(): Command {
  return new Command("sign-in")
    .description("sign in with a browser, and stay signed in")
    .option("--client <id>", "the OAuth client as which this tool is registered", "tessera-cli")
    .option("--no-open", "print the address and open no browser")
    .option("--as <name>", "development only: sign in by a name, such as administrator or mapper-1")
    .action(async ({ client: clientId, open, as: name }, command: Command) => {
      const server = serverOf(command.optsWithGlobals().server);
      const tokens =
        name === undefined ? await signInByBrowser(server, clientId, open) : await byName(server, name);
      saveTokens(server, tokens);
      saveServer(server);
      await sayWho(command);
    });
}

/** `tessera sign-out` */
export function signOutCommand(): Command {
  return new Command("sign-out").description("end the session").action(async (_, command: Command) => {
    const { server, client, signal } = toolOf(command);
    const tokens = readSaved().sessions[server];
    if (tokens === undefined) throw new Failure(`Nobody is signed in to ${server}`);
    const { sid } = decodeJwt<{ sid?: string }>(tokens.accessToken);
    if (sid !== undefined)
      await client.revokeSession({ sessionId: sid }, { signal }).catch((error: unknown) => {
        // A session that the server ended needs no other end.
        if (!isUnauthenticated(error)) throw error;
      });
    saveTokens(server, undefined);
  });
}

/** `tessera who` */
export function whoAmICommand(): Command {
  return new Command("who")
    .description("show who is signed in, and where")
    .action((_, command: Command) => sayWho(command));
}

async function byName(server: string, name: string) {
  const { accessToken, refreshToken, expireTime } = await createClient({ baseUrl: server }).createSession({
    name,
  });
  return {
    accessToken,
    refreshToken,
    ...(expireTime && { expireTime: timestampDate(expireTime).toISOString() }),
  };
}

async function sayWho(command: Command): Promise<void> {
  const { server, client, json, signal } = toolOf(command);
  const { user } = await client.getCurrentUser({}, { signal });
  if (user === undefined) throw new Failure(`Nobody is signed in to ${server}`);
  if (json) return printMessage(UserSchema, user);
  printFacts({
    server,
    user: `${user.name} (${user.userId})`,
    role: word(SystemRole, user.systemRole),
    level: word(MappingLevel, user.mappingLevel),
  });
}
