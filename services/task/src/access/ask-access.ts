import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { createClient, type Transport } from "@connectrpc/connect";
import { AccessService } from "@tessera/contracts/tessera/project/v1/access_service_pb.ts";
import type { Own } from "@tessera/identity/trust.ts";
import { askTogether } from "@tessera/rpc/ask-together.ts";
import { isOwnFault } from "@tessera/rpc/credential-fault.ts";
import { type AccessOfKind, withKinds } from "./access-by-kind.ts";

/** How long an answer is waited for. */
const ASK_MS = 5_000;
/** The project service takes at most this many people in one question. */
const PEOPLE_MAX = 100;

/** What somebody may do in a project, and how old the answer may be. */
export interface AccessQuestion {
  projectId: number;
  userId: bigint;
  maxAgeMs: number | undefined;
  /** The headers that join the log lines of the request; of several asked together, the first one's are sent. */
  correlation: Record<string, string>;
}

/**
 * Returns undefined where there is nothing that this service learns in its own name: it has no token, or may not ask, or the
 * person may not see the project.
 */
export type AskAccess = (question: AccessQuestion) => Promise<AccessOfKind | undefined>;

/**
 * Asks the project service in this service's own name, about all who come at the same time together. A person's first call
 * then costs no token that acts for the person, and a crowd costs some questions.
 */
export function askAccess(project: Transport, { headers }: Pick<Own, "headers">): AskAccess {
  const client = createClient(AccessService, project);
  const ask = askTogether<AccessQuestion, AccessOfKind>({
    groupOf: ({ projectId }) => String(projectId),
    keyOf: ({ userId }) => String(userId),
    most: PEOPLE_MAX,
    ask: async (questions) => {
      const own = await headers().catch(() => undefined);
      if (own === undefined) return new Map();
      const [first] = questions as [AccessQuestion];
      const ages = questions.flatMap(({ maxAgeMs }) => maxAgeMs ?? []);
      const request = {
        projectId: first.projectId,
        userIds: questions.map(({ userId }) => userId),
        ...(ages.length > 0 && { maxAge: durationFromMs(Math.min(...ages)) }),
      };
      const answer = await client.batchGetUserAccess(request, {
        headers: { ...first.correlation, ...own },
        timeoutMs: ASK_MS,
      });
      return new Map(withKinds(answer).map((access) => [String(access.userId), access]));
    },
  });
  return (question) =>
    ask(question).catch((error: unknown) => {
      if (isOwnFault(error)) return undefined;
      throw error;
    });
}
