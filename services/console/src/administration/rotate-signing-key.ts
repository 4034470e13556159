import {
  type SigningAlgorithm,
  SigningAlgorithmSchema,
} from "@tessera/contracts/tessera/auth/v1/signing_key_pb.ts";
import { SigningKeyService } from "@tessera/contracts/tessera/auth/v1/signing_key_service_pb.ts";
import { enumValue } from "../visits/enum-value.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/** Makes a new key that signs access tokens. */
export async function rotateSigningKey({ ask, form }: Visit): Promise<Done> {
  await ask(SigningKeyService.method.rotateSigningKey, {
    requestId: form.text("_request_id"),
    algorithm: enumValue<SigningAlgorithm>(SigningAlgorithmSchema, form.text("algorithm")),
  });
  return { see: "/v1/signing-keys", notice: "keyRotated" };
}
