import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { Metadata, type ServiceError, type StatusObject } from "@grpc/grpc-js";
import { StatusSchema } from "@tessera/contracts/google/rpc/status_pb.ts";

const DETAILS = "grpc-status-details-bin";

/** The details of an error, as its trailer carries them; undefined without any. */
function detailsOf(error: ConnectError): Buffer | undefined {
  if (error.details.length === 0) return undefined;
  const details = error.details.map((it) =>
    "desc" in it
      ? anyPack(it.desc, create(it.desc, it.value))
      : { typeUrl: `type.googleapis.com/${it.type}`, value: it.value },
  );
  const status = create(StatusSchema, { code: error.code, message: error.rawMessage, details });
  return Buffer.from(toBinary(StatusSchema, status));
}

/** Puts a ConnectError into the trailers of grpc-js. */
export function errorToStatus(error: ConnectError): Partial<StatusObject> {
  const metadata = new Metadata();
  const details = detailsOf(error);
  if (details !== undefined) metadata.set(DETAILS, details);
  // The codes of Connect and of gRPC are the same numbers.
  return { code: error.code as number, details: error.rawMessage, metadata };
}

/** Makes the trailers of a ConnectError. */
export function errorToTrailers(error: ConnectError): Record<string, string> {
  const details = detailsOf(error);
  return {
    "grpc-status": String(error.code),
    // As grpc-js writes it: percent-encoded.
    "grpc-message": encodeURI(error.rawMessage.toWellFormed()),
    ...(details && { [DETAILS]: details.toString("base64") }),
  };
}

/** Makes a ConnectError of what grpc-js reports, details included. */
export function statusToError({ code, details, metadata }: ServiceError | StatusObject): ConnectError {
  const error = new ConnectError(details, (code as number) in Code ? (code as number) : Code.Unknown);
  const [bytes] = metadata?.get(DETAILS) ?? [];
  if (bytes instanceof Buffer) {
    error.details = fromBinary(StatusSchema, bytes).details.map(({ typeUrl, value }) => ({
      type: typeUrl.slice(typeUrl.lastIndexOf("/") + 1),
      value,
    }));
  }
  return error;
}
