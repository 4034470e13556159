import { type TeamVisibility, TeamVisibilitySchema } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { enumWord } from "../enum-word.ts";

/** "PUBLIC" or "PRIVATE": every event of a team says it. */
export function visibilityWord(visibility: TeamVisibility): string {
  return enumWord(TeamVisibilitySchema, visibility);
}
