import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import type { Imported, Skipped, SurveyedDocument } from "./import.ts";
import type { ImportedDocument } from "./imported-document.ts";
import { keepOpen } from "./keep-open.ts";

/** Puts together what is taken over of a document. `existing` is the project that was made of it before, if any. */
export function mergeImport(
  document: ImportedDocument,
  named: Imported["names"],
  { stated: settings, skipped: skippedAreas, ...ground }: SurveyedDocument,
  existing: Project | undefined,
): Imported {
  const {
    stated,
    names,
    skipped: closing,
  } = keepOpen(existing, { stated: settings, names: named }, document);
  const skipped = [
    ...document.skipped,
    ...named.skipped,
    ...skippedAreas,
    ...closing,
    ...skippedMove(existing, named.organisationId),
  ];
  return { ...ground, stated, names, skipped };
}

function skippedMove(existing: Project | undefined, organisationId: number): Skipped {
  if (existing === undefined || organisationId === 0 || organisationId === existing.organisationId) return [];
  return [{ field: "organisation_name", description: "is changed by TransferProject alone" }];
}
