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
  | "HELD"
  | "FORGED"
  | "TOKEN"
  | "CLAIM"
  | "HAND_OUT"
  | "INSPECT"
  | "KEYS"
  | "PROVED"
  | "FAILURE";

/** At most `points` in `seconds`, for each value of the rule's key. By nothing: for everybody together. */
export interface Rule {
  on: SpentOn;
  by: readonly (keyof Spender)[];
  points: number;
  seconds: number;
  /** In this replica's memory, or in the database for all replicas together. */
  where: "memory" | "database";
}

/**
 * A room of a mapathon is one address: 100 people sign in at once there, 300 refresh at once, and a stranger may sit
 * among them. So a caller that presents a credential of this deployment, recognised by its mark, is limited by that
 * credential alone (HELD); calls of others at the same address, forged ones too (FORGED), are counted separately. All
 * that is presented here is a signature or has 64 bits of mark beside 192 bits of chance at least: at 600 tries a
 * minute one address would guess a mark alone in 30,000 million years. Only secrets of clients are chosen by people;
 * see FAILURES.
 *
 * Before somebody has proved who they are, what they claim to be is limited only together with their address: a limit of a
 * client or an account alone would let anybody lock it out. Once proved, a client or an account is limited by itself
 * (PROVED), as nobody else can spend that. The limits of everybody pass over who got in from the same address before.
 */
export const RULES: readonly Rule[] = [
  // Six for each of 100 people.
  { on: "SIGN_IN", by: ["address"], points: 600, seconds: 60, where: "memory" },
  { on: "SIGN_IN", by: [], points: 6_000, seconds: 60, where: "memory" },
  // Each is a row of some 2 KB at most that is kept for an hour: 36 MB of one address in that time.
  { on: "SIGN_IN", by: ["address"], points: 3_000, seconds: 600, where: "database" },
  // Those who come back with a state that is none of ours. The others are limited by the state.
  { on: "CALLBACK", by: ["address"], points: 120, seconds: 60, where: "memory" },
  { on: "CALLBACK", by: [], points: 6_000, seconds: 60, where: "memory" },
  { on: "HELD", by: ["account"], points: 600, seconds: 60, where: "memory" },
  { on: "FORGED", by: ["address"], points: 600, seconds: 60, where: "memory" },
  // Requests without a credential of a person: machines, and noise.
  { on: "TOKEN", by: ["address"], points: 1_200, seconds: 60, where: "memory" },
  { on: "CLAIM", by: ["client", "address"], points: 600, seconds: 60, where: "memory" },
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

/**
 * Wrong proofs of clients: secrets and assertions. A secret is guessed 30 times in 10 minutes at most from one address, and
 * 300 times whichever clients it is for. Clients without a proof, those of people, are not concerned. Counted for all
 * replicas together, and each keeps who has too many out by itself.
 */
export const FAILURES: readonly Rule[] = [
  { on: "FAILURE", by: ["client", "address"], points: 30, seconds: 600, where: "database" },
  { on: "FAILURE", by: ["address"], points: 300, seconds: 600, where: "database" },
];
