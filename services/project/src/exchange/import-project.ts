import type { HandlerContext, MethodImpl } from "@connectrpc/connect";
import {
  ExchangeService,
  type ImportProjectRequest,
  ImportProjectResponseSchema,
} from "@tessera/contracts/tessera/project/v1/exchange_service_pb.ts";
import { ProjectEventKind } from "@tessera/contracts/tessera/project/v1/project_event_pb.ts";
import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import type { TransactionSql } from "@tessera/postgres/pool.ts";
import { replay, requestKey, untilWritten } from "@tessera/postgres/requests.ts";
import { Overtaken } from "@tessera/postgres/run-command.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { appendEvent } from "../events/append-event.ts";
import { projectChange } from "../events/project-event.ts";
import { insertProject, keepLicence, updateProjectRow } from "../projects/store.ts";
import { type Imported, importChange, mustMayImport, named, newImport, surveyed } from "./import.ts";
import { type ImportedDocument, readProfile } from "./imported-document.ts";
import { keepOpen } from "./keep-open.ts";
import { documentInvalid } from "./refusals.ts";
import { lockAsRead, type Origin, setAreaOf, setOrigin } from "./store.ts";
import { readTaskingManagerProject } from "./tasking-manager.ts";

/** What a transaction of an import works with. */
interface Writing {
  tx: TransactionSql;
  now: Date;
  actor: bigint;
  imported: Imported;
}

/** Implements tessera.project.v1.ExchangeService.ImportProject. */
export function importProject(deps: Deps): MethodImpl<typeof ExchangeService.method.importProject> {
  const { store } = deps;
  return (request, context) => {
    const document = readDocument(request.document);
    const { userId: actor } = callerOf(context);
    const scope = { projectId: 0, caller: String(actor) };
    const key = requestKey(ExchangeService.method.importProject, request, scope);
    const prepare = prepareOnce(deps, document, context);
    return untilWritten(async () => {
      // In this order: a twin that commits between the two is found among the remembered, not met as another's.
      const existing = await store.imports.find(request);
      const remembered = await store.recall(key);
      if (remembered) return replay(ImportProjectResponseSchema, key, remembered);
      const imported = await prepare(existing);
      return store.writeOnce({
        context,
        key,
        output: ImportProjectResponseSchema,
        work: async (tx, now) => {
          if (!(await keepLicence(tx, imported.names.licenceId))) throw new Overtaken();
          const writing = { tx, now, actor, imported };
          const [projectId, revision] = existing
            ? [existing.projectId, await renew(writing, existing)]
            : [await found(writing, request), 1n];
          const response = { created: existing === undefined, skipped: imported.skipped };
          return { name: `projects/${projectId}`, revision, response };
        },
      });
    });
  };
}

/** Makes a new project of the document; answers its number. */
async function found({ tx, now, actor, imported }: Writing, origin: Origin): Promise<number> {
  const { area, survey } = imported;
  const settings = newImport(imported);
  const projectId = await insertProject(tx, { settings, area, survey, authorUserId: actor }, now);
  await setOrigin(tx, projectId, origin);
  const kind = ProjectEventKind.IMPORTED;
  await appendEvent(tx, { kind, projectId, revision: 1n, actor, now, project: settings });
  return projectId;
}

/** Changes the project that was made of the document before; answers its revision, the same where nothing is other. */
async function renew({ tx, now, actor, imported }: Writing, existing: Project): Promise<bigint> {
  const { projectId } = existing;
  await lockAsRead(tx, existing);
  const { area, survey } = imported;
  const patch = importChange(imported);
  const { fields, isAccessChanged } = projectChange(existing, { ...patch, area });
  if (fields.length === 0) return existing.revision;
  const revision = await updateProjectRow(tx, projectId, existing.revision, patch, now);
  if (revision === undefined) throw new Overtaken();
  const isAreaChanged = fields.includes("area");
  if (isAreaChanged) await setAreaOf(tx, projectId, { area, survey });
  const kind = isAreaChanged ? ProjectEventKind.AREA_CHANGED : ProjectEventKind.IMPORTED;
  const project = { ...existing, ...patch };
  await appendEvent(tx, { kind, projectId, revision, fields, isAccessChanged, actor, now, project });
  return revision;
}

/** Asks and measures what takes waiting, once however often the command is tried. */
function prepareOnce(deps: Deps, document: ImportedDocument, context: HandlerContext) {
  let names: Imported["names"] | undefined;
  let ground: Awaited<ReturnType<typeof surveyed>> | undefined;
  let groundOf: bigint | undefined;
  const work = { signal: context.signal, caller: callerOf(context).userId };
  return async (existing: Project | undefined): Promise<Imported> => {
    names ??= await named(deps, document, context);
    await mustMayImport(deps, existing, names.organisationId, context);
    // Another revision may have other priority areas, which have to lie in the area.
    if (ground === undefined || groundOf !== existing?.revision) {
      ground = await surveyed(deps, document, existing, work);
      groundOf = existing?.revision;
    }
    const { survey, skipped } = ground;
    const open = keepOpen(existing, { told: ground.told, names }, document);
    const moved = existing && names.organisationId > 0 && names.organisationId !== existing.organisationId;
    return {
      told: open.told,
      names: open.names,
      area: document.area,
      survey,
      skipped: [
        ...document.skipped,
        ...names.skipped,
        ...skipped,
        ...open.skipped,
        ...(moved
          ? [{ field: "organisation_name", description: "is changed by TransferProject alone" }]
          : []),
      ],
    };
  };
}

function readDocument(document: ImportProjectRequest["document"]): ImportedDocument {
  switch (document.case) {
    case "profile":
      return readProfile(document.value);
    case "taskingManagerProject":
      return readTaskingManagerProject(document.value);
    case undefined:
      throw documentInvalid("", "is missing");
  }
}
