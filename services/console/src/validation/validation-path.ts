import type { FormData } from "../visits/form-data.ts";

/** The page of validation of a project: of everybody's mapping, or of one person's alone. */
export function validationPath(projectId: number, mappedBy?: bigint | undefined): string {
  return `/console/projects/${projectId}/validation${mappedBy === undefined ? "" : `?mapped_by_user_id=${mappedBy}`}`;
}

/** The page that a form was sent from. */
export function sentFrom(projectId: number, form: FormData): string {
  return validationPath(projectId, form.bigint("mapped_by_user_id"));
}
