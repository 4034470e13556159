import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { durationOf } from "@tessera/contracts/duration.ts";
import { MappingLevel } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import {
  MappingType,
  Permission,
  ProjectDifficulty,
  ProjectPriority,
  ProjectTeamSchema,
  ProjectTextSchema,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { square } from "./system.ts";

/** A value for each field that may be set and changed, none of them the default; for a project of the area `square()`. */
export const EVERY_SETTING = {
  name: "Palín",
  description: "# About\n",
  instructions: "\tfirst",
  mappingPermission: Permission.TEAMS_LEVEL,
  mappingLevel: MappingLevel.BEGINNER,
  validationPermission: Permission.TEAMS,
  validationLevel: MappingLevel.ADVANCED,
  lockDuration: durationOf(300),
  shortDescription: "Houses and roads.",
  taskInstructions: "{z}/{x}/{y}",
  defaultLanguage: "pt-BR",
  translations: [
    create(ProjectTextSchema, {
      language: "en",
      name: "Palin",
      shortDescription: "Short.",
      description: "Long.",
      instructions: "Do.",
      taskInstructions: "Here.",
    }),
    create(ProjectTextSchema, {
      language: "zh-Hant-TW",
      name: "帕林",
      description: "",
      instructions: "",
      taskInstructions: "",
    }),
  ],
  priority: ProjectPriority.URGENT,
  difficulty: ProjectDifficulty.CHALLENGING,
  mappingTypes: [MappingType.WATERWAYS, MappingType.BUILDINGS],
  imagery: "https://tiles.example/{z}/{x}/{y}.png",
  changesetComment: "Palín, after the flood",
  hashtags: ["#palín", "#flood-2026"],
  campaigns: ["Central America"],
  interests: ["health", "floods"],
  dueTime: timestampFromDate(new Date("2026-12-24T18:00:00.123Z")),
  private: true,
  allowedUserIds: [3n, 9_007_199_254_740_993n],
  teams: [
    create(ProjectTeamSchema, { teamId: 4, role: ProjectRole.VALIDATOR }),
    create(ProjectTeamSchema, { teamId: 7, role: ProjectRole.MANAGER }),
  ],
  priorityAreas: square(0.05, 10.01, 20.01),
  featured: true,
  claimOnly: true,
};
