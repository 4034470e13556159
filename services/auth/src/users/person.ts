import { MappingLevel, SystemRole } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";

/** Somebody as an identity provider describes them. */
export interface Person {
  identityProvider: string;
  /** What the identity provider calls this person for ever. */
  subject: string;
  name: string;
  systemRole: SystemRole;
  mappingLevel: MappingLevel;
}

/** Any of mapper-1 to mapper-99999. */
const MAPPER = /^mapper-[1-9][0-9]{0,4}$/;

/** Returns the person of this name at the development identity provider; undefined if there is none. */
export function personNamed(name: string): Person | undefined {
  const { MAPPER: mapper, ADMINISTRATOR } = SystemRole;
  if (name === "administrator") return person(name, ADMINISTRATOR, MappingLevel.ADVANCED);
  if (name === "validator") return person(name, mapper, MappingLevel.ADVANCED);
  if (MAPPER.test(name)) return person(name, mapper, MappingLevel.BEGINNER);
  return undefined;
}

function person(name: string, systemRole: SystemRole, mappingLevel: MappingLevel): Person {
  return { identityProvider: DEVELOPMENT, subject: name, name, systemRole, mappingLevel };
}

/** The provider of development sign-in. */
export const DEVELOPMENT = "development";
