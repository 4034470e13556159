import { createCipheriv, createDecipheriv, randomBytes, scrypt } from "node:crypto";
import { promisify } from "node:util";

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** The cost of one derivation: 32 MiB and some 80 ms, so that a weak secret is not cheap to guess. */
const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };

const derive = promisify<string, Buffer, number, typeof COST, Buffer>(scrypt);

/** Encrypts `text` with a secret, bound to `name`: it opens under that name only. Salt, nonce, tag and text in a row. */
export async function seal(text: string, name: string, secret: string): Promise<Buffer> {
  const salt = randomBytes(SALT_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, await derive(secret, salt, KEY_BYTES, COST), nonce);
  cipher.setAAD(Buffer.from(name));
  const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([salt, nonce, cipher.getAuthTag(), body]);
}

/** Decrypts what `seal` made. Throws where the secret or the name is another, or a byte was changed. */
export async function unseal(sealed: Uint8Array, name: string, secret: string): Promise<string> {
  const bytes = Buffer.from(sealed);
  const nonceAt = SALT_BYTES;
  const tagAt = nonceAt + NONCE_BYTES;
  const bodyAt = tagAt + TAG_BYTES;
  const key = await derive(secret, bytes.subarray(0, nonceAt), KEY_BYTES, COST);
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(nonceAt, tagAt), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(name));
  decipher.setAuthTag(bytes.subarray(tagAt, bodyAt));
  return decipher.update(bytes.subarray(bodyAt), undefined, "utf8") + decipher.final("utf8");
}
