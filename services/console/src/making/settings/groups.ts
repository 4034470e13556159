import { MappingLevelSchema } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import {
  MappingTypeSchema,
  PermissionSchema,
  ProjectDifficultySchema,
  ProjectPrioritySchema,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { ALLOWED_PEOPLE, LICENCE, TEAMS } from "./linked-settings.ts";
import {
  choiceSetting,
  DUE_TIME,
  flagSetting,
  LOCK_DURATION,
  linesSetting,
  mappingTypesSetting,
  textSetting,
} from "./plain-settings.ts";
import type { Setting } from "./setting.ts";
import { TRANSLATIONS } from "./translation-setting.ts";

/** The settings in groups: each is one form, saved alone. */
export const GROUPS = {
  texts: [
    textSetting("name", "name", 200),
    textSetting("short_description", "shortDescription", 1_000),
    textSetting("description", "description", 20_000, 6),
    textSetting("instructions", "instructions", 20_000, 8),
    textSetting("task_instructions", "taskInstructions", 20_000, 4),
    textSetting("default_language", "defaultLanguage", 35),
  ],
  translations: [TRANSLATIONS],
  who: [
    choiceSetting("mapping_permission", "mappingPermission", PermissionSchema),
    choiceSetting("mapping_level", "mappingLevel", MappingLevelSchema),
    choiceSetting("validation_permission", "validationPermission", PermissionSchema),
    choiceSetting("validation_level", "validationLevel", MappingLevelSchema),
    TEAMS,
  ],
  privacy: [flagSetting("private", "private"), ALLOWED_PEOPLE],
  work: [
    mappingTypesSetting(MappingTypeSchema),
    choiceSetting("priority", "priority", ProjectPrioritySchema),
    choiceSetting("difficulty", "difficulty", ProjectDifficultySchema),
    DUE_TIME,
    LOCK_DURATION,
    flagSetting("claim_only", "claimOnly"),
  ],
  editing: [
    textSetting("imagery", "imagery", 2_000),
    LICENCE,
    textSetting("changeset_comment", "changesetComment", 255),
    linesSetting("hashtags", "hashtags", 3),
  ],
  finding: [
    linesSetting("campaigns", "campaigns", 3),
    linesSetting("interests", "interests", 3),
    flagSetting("featured", "featured"),
  ],
} satisfies Record<string, readonly Setting[]>;

export type Group = keyof typeof GROUPS;

/** A group by the name that its form carries; undefined for another. */
export function groupNamed(name: string): Group | undefined {
  return Object.hasOwn(GROUPS, name) ? (name as Group) : undefined;
}
