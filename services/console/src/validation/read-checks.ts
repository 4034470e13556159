import type { Disagreement, SampledTask } from "@tessera/contracts/tessera/task/v1/validation_pb.ts";
import { ValidationService } from "@tessera/contracts/tessera/task/v1/validation_service_pb.ts";
import type { Visit } from "../visits/visit.ts";

/** As many as a validator may take at once. */
const SAMPLE_MAX = 100;
const DISAGREEMENTS_MAX = 20;
export const EVERY_MAX = 1_000;
export const SEED_MAX = 100;
const EVERY_USUAL = 5;

/** What the page shows beside the queue. */
export interface Checks {
  /** What the sample is of. */
  every: number;
  seed: string;
  onlyWaiting: boolean;
  /** Its tasks; undefined if none was asked for. */
  sample: readonly SampledTask[] | undefined;
  hasMoreSample: boolean;
  disagreements: readonly Disagreement[];
  hasMoreDisagreements: boolean;
}

/** Reads where validators disagree and, where the address asks for one, a sample. */
export async function readChecks(
  visit: Visit,
  projectId: number,
  mappedBy: bigint | undefined,
): Promise<Checks> {
  const { ask, query, refused } = visit;
  const given = (name: string) => refused?.form.text(name) || query.get(name) || "";
  const number = Math.trunc(Number(given("every")));
  const every = number >= 1 && number <= EVERY_MAX ? number : EVERY_USUAL;
  const seed = given("seed").slice(0, SEED_MAX);
  const onlyWaiting = given("only_waiting") !== "";
  const of = {
    projectId,
    every,
    seed,
    onlyWaiting,
    ...(mappedBy !== undefined && { mappedByUserId: mappedBy }),
  };
  const [sample, { disagreements, nextPageToken }] = await Promise.all([
    given("every") === ""
      ? undefined
      : ask(ValidationService.method.listSampledTasks, { ...of, pageSize: SAMPLE_MAX }),
    ask(ValidationService.method.listDisagreements, { projectId, pageSize: DISAGREEMENTS_MAX }),
  ]);
  return {
    ...{ every, seed, onlyWaiting, disagreements },
    sample: sample?.tasks,
    hasMoreSample: (sample?.nextPageToken ?? "") !== "",
    hasMoreDisagreements: nextPageToken !== "",
  };
}

/** The people that these checks name. */
export function peopleOfChecks({ sample = [], disagreements }: Checks): (bigint | undefined)[] {
  return [
    ...sample.flatMap((it) => [it.mappedByUserId, it.validatedByUserId]),
    ...disagreements.flatMap((it) => [it.first?.userId, it.second?.userId]),
  ];
}
