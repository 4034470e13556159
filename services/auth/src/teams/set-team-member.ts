import { MemberFunction } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { lockCandidate } from "../users/store.ts";
import { insertMember, readSubject, updateMember } from "./member-store.ts";
import { lockTeam } from "./store.ts";
import { setMember } from "./team-member.ts";

/** Implements tessera.auth.v1.TeamService.SetTeamMember. */
export const setTeamMember = ({ store }: Deps) =>
  command(TeamService.method.setTeamMember, async (request, attempt) => {
    const { teamId, userId } = request;
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx, now) => {
      const { caller } = attempt;
      const candidate = await lockCandidate(tx, userId);
      const found = await lockTeam(tx, teamId, caller);
      const before = await readSubject(tx, teamId, userId);
      const subject = { ...before, ...candidate, isCaller: userId === caller.userId };
      const { team, becomes } = setMember(found, teamId, subject, request.function);
      const created = before.function === MemberFunction.UNSPECIFIED;
      const member = { userId, function: becomes };
      let { revision } = before;
      if (created) revision = await insertMember(tx, team, member, caller, now);
      else if (becomes !== before.function) revision = await updateMember(tx, team, member, caller);
      return { name: `teams/${teamId}/members/${userId}`, revision, response: { created } };
    });
  });
