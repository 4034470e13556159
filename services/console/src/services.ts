import { ACCOUNT } from "./account/routes.ts";
import { ADMINISTRATION } from "./administration/routes.ts";
import { DOCUMENTS } from "./documents/routes.ts";
import { FILES } from "./files/routes.ts";
import { HOME } from "./home/routes.ts";
import { LICENCES } from "./licences/routes.ts";
import { MAKING } from "./making/routes.ts";
import { MAPS } from "./maps/routes.ts";
import { OPERATIONS } from "./operations/routes.ts";
import { ORGANISATIONS } from "./organisations/routes.ts";
import { PEOPLE } from "./people/routes.ts";
import { PROJECTS } from "./projects/routes.ts";
import { SIGN_IN } from "./sign-in/routes.ts";
import { TASKS } from "./tasks/routes.ts";
import { TEAMS } from "./teams/routes.ts";
import { VALIDATION } from "./validation/routes.ts";
import type { Routes } from "./visits/routes.ts";
import { WORK } from "./work/routes.ts";

/** What every room of the console answers. The pages of documents come last: they are those of all that no other room shows. */
export const ROOMS: readonly Routes[] = [
  MAPS,
  FILES,
  SIGN_IN,
  PEOPLE,
  LICENCES,
  HOME,
  PROJECTS,
  TASKS,
  WORK,
  VALIDATION,
  MAKING,
  OPERATIONS,
  TEAMS,
  ORGANISATIONS,
  ACCOUNT,
  ADMINISTRATION,
  DOCUMENTS,
];
