/** What is known of who does something. */
export interface Spender {
  address?: string;
  client?: string;
  account?: string;
}

/** What is limited. */
export type SpentOn =
  | "SIGN_IN"
  | "CALLBACK"
  | "TOKEN"
  | "CLAIM"
  | "HAND_OUT"
  | "INSPECT"
  | "KEYS"
  | "PROVED"
  | "FAILURE";

/** So many points in so many seconds, for each value of what it goes by. By nothing: for everybody together. */
export interface Rule {
  on: SpentOn;
  by: readonly (keyof Spender)[];
  points: number;
  seconds: number;
  /** In this replica's memory, or in the database for all replicas together. */
  where: "memory" | "database";
}

/**
 * Before somebody has proved who they are, what they claim to be is limited only together with their address: a limit of a
 * client or an account alone would let anybody lock it out. Once proved, a client or an account is limited by itself
 * (PROVED), as nobody else can spend that. The limits of everybody pass over who got in from the same address before.
 */
export const RULES: readonly Rule[] = [
  { on: "SIGN_IN", by: ["address"], points: 60, seconds: 60, where: "memory" },
  { on: "SIGN_IN", by: [], points: 6_000, seconds: 60, where: "memory" },
  // Each is a row that is kept for a time.
  { on: "SIGN_IN", by: ["address"], points: 300, seconds: 600, where: "database" },
  { on: "CALLBACK", by: ["address"], points: 120, seconds: 60, where: "memory" },
  { on: "CALLBACK", by: [], points: 6_000, seconds: 60, where: "memory" },
  { on: "TOKEN", by: ["address"], points: 1_200, seconds: 60, where: "memory" },
  { on: "CLAIM", by: ["client", "address"], points: 600, seconds: 60, where: "memory" },
  { on: "CLAIM", by: ["account", "address"], points: 300, seconds: 60, where: "memory" },
  { on: "TOKEN", by: [], points: 60_000, seconds: 60, where: "memory" },
  // RPCs know no address. Their account is the credential itself, which nobody else can spend.
  { on: "HAND_OUT", by: ["account"], points: 600, seconds: 60, where: "memory" },
  { on: "HAND_OUT", by: [], points: 120_000, seconds: 60, where: "memory" },
  { on: "INSPECT", by: ["address"], points: 6_000, seconds: 60, where: "memory" },
  { on: "INSPECT", by: [], points: 60_000, seconds: 60, where: "memory" },
  { on: "KEYS", by: ["address"], points: 6_000, seconds: 60, where: "memory" },
  { on: "PROVED", by: ["client"], points: 12_000, seconds: 60, where: "memory" },
  { on: "PROVED", by: ["account"], points: 600, seconds: 60, where: "memory" },
];

/** Wrong credentials. They are counted for all replicas together, and each keeps who has too many out by itself. */
export const FAILURES: readonly Rule[] = [
  { on: "FAILURE", by: ["client", "address"], points: 30, seconds: 600, where: "database" },
  { on: "FAILURE", by: ["address"], points: 300, seconds: 600, where: "database" },
];
