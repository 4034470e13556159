import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  type Deletion,
  DeletionConfirmationSchema,
  DeletionSchema,
} from "@tessera/contracts/tessera/auth/v1/deletion_pb.ts";
import { serviceUnknown } from "../users/refusals.ts";

/** The deletion of a user as stored. */
export interface StoredDeletion {
  userId: bigint;
  actor: bigint;
  deleteTime: Date;
  revision: bigint;
  /** In the order of the services' names. */
  confirmations: { service: string; confirmTime: Date }[];
}

/** Refuses SERVICE_UNKNOWN for a service that is none of `services`. */
export function knownService(services: readonly string[], service: string): void {
  if (!services.includes(service)) throw serviceUnknown(service);
}

/** A deletion as it is shown, where `services` are those that have to confirm. */
export function deletionOf(stored: StoredDeletion, services: readonly string[]): Deletion {
  const { userId, actor, deleteTime, confirmations, revision } = stored;
  return create(DeletionSchema, {
    userId,
    actorUserId: actor,
    deleteTime: timestampFromDate(deleteTime),
    confirmations: confirmations.map(({ service, confirmTime }) =>
      create(DeletionConfirmationSchema, { service, confirmTime: timestampFromDate(confirmTime) }),
    ),
    pendingServices: services.filter((name) => !confirmations.some(({ service }) => service === name)).sort(),
    revision,
  });
}
