import type { DescMessage } from "@bufbuild/protobuf";
import { beginFor } from "./begin-for.ts";
import type { Answer, Attempt, Written } from "./command.ts";
import type { Sql, TransactionSql } from "./pool.ts";
import { recall, rememberRequest } from "./requests.ts";

/** Ends the command here if its request took effect before. */
export async function replayIfDone<O extends DescMessage>(
  sql: Sql,
  attempt: Pick<Attempt<O>, "key" | "replay">,
): Promise<void> {
  attempt.replay(await recall(sql, attempt.key));
}

/**
 * Writes a command in one transaction, which remembers the request first: a twin waits there until this one has committed.
 * `work` reads with locks, decides, writes, and refuses by throwing; `now` is the moment of the command. Returns undefined,
 * with nothing written, if a twin has taken effect meanwhile. A caller that hangs up while `work` waits leaves nothing.
 */
export async function writeOnce<O extends DescMessage>(
  sql: Sql,
  attempt: Attempt<O>,
  work: (sql: TransactionSql, now: Date) => Promise<Answer<O>>,
): Promise<Written<O> | undefined> {
  return beginFor(sql, attempt.context, async (tx) => {
    const { projectId, caller, requestId } = attempt.key;
    const now = tx`date_trunc('milliseconds', clock_timestamp())`;
    const [taken] = await tx<{ commitTime: Date }[]>`
      ${rememberRequest(tx, { ...attempt.key, name: "", revision: 0n, commitTime: now })}
      on conflict do nothing
      returning commit_time as "commitTime"`;
    if (taken === undefined) return undefined;
    const answer = await work(tx, taken.commitTime);
    const { name, revision, response } = attempt.remember(answer);
    await tx`
      update remembered_requests set name = ${name}, revision = ${revision}, response = ${response}
      where project_id = ${projectId} and caller = ${caller} and request_id = ${requestId}`;
    return { ...answer, commitTime: taken.commitTime };
  });
}
