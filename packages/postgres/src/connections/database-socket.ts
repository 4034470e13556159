import { readFile } from "node:fs/promises";
import { connect, isIP, type Socket } from "node:net";
import { type ConnectionOptions, checkServerIdentity, connect as connectTls } from "node:tls";
import type { Host, TlsRules } from "../database-address.ts";

/** "Do you speak TLS?", which PostgreSQL answers with one letter before any login. */
export const TLS_QUESTION = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const YES = 0x53;
const NO = 0x4e;
const KEEPALIVE_MS = 10_000;

/**
 * Opens a socket to a server of PostgreSQL, through TLS where `rules` ask for it, until `signal` aborts. `heard` is called
 * whenever the server has shown that it lives. An error of the socket never goes unheard: it ends the socket and no process.
 */
export async function openDatabaseSocket(
  target: Host,
  rules: TlsRules,
  signal: AbortSignal,
  received: () => void,
): Promise<Socket> {
  const socket = connect({ ...target, keepAlive: true, keepAliveInitialDelay: KEEPALIVE_MS, noDelay: true });
  signal.addEventListener("abort", () => socket.destroy(), { once: true });
  try {
    await next(socket, "connect", signal);
    if ("path" in target || rules.mode === "disable") return socket;
    if (!rules.isDirect && !(await speaksTls(socket, rules, signal))) return socket;
    received();
    const secure = connectTls({ socket, ...(await tlsOptions(target.host, rules)) });
    secure.on("error", () => socket.destroy());
    await next(secure, "secureConnect", signal);
    received();
    return secure;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function speaksTls(socket: Socket, { mode }: TlsRules, signal: AbortSignal): Promise<boolean> {
  socket.write(TLS_QUESTION);
  const answer = (await next(socket, "data", signal)) as Buffer;
  // What came with the answer came unencrypted, and would be taken for something that the server said in secret.
  if (answer.length === 1 && answer[0] === YES) return true;
  if (answer.length !== 1 || answer[0] !== NO) throw new Error("the server there is not PostgreSQL");
  if (mode === "prefer") return false;
  throw new Error(`the server does not speak TLS, and sslmode=${mode} asks for it`);
}

/** Read anew for each connection, so that a replaced file is used without a restart. */
async function tlsOptions(host: string, rules: TlsRules): Promise<ConnectionOptions> {
  const { rootCertificateFile: ca, certificateFile: cert, keyFile: key } = rules;
  const isVerified = rules.mode === "verify-ca" || rules.mode === "verify-full";
  return {
    rejectUnauthorized: isVerified,
    // Node.js compares with "localhost" where it is given a socket and no name.
    checkServerIdentity: (_, certificate) =>
      rules.mode === "verify-full" ? checkServerIdentity(host, certificate) : undefined,
    ...(isIP(host) === 0 && { servername: host }),
    ...(rules.isDirect && { ALPNProtocols: ["postgresql"] }),
    ...(ca !== undefined && isVerified && { ca: await readFile(ca) }),
    ...(cert !== undefined && { cert: await readFile(cert) }),
    ...(key !== undefined && { key: await readFile(key) }),
    ...(rules.keyPassword !== undefined && { passphrase: rules.keyPassword }),
  };
}

/** The first `event` of `socket`; fails when the socket ends before, or `signal` aborts. */
function next(socket: Socket, event: string, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const failed = (error?: unknown) =>
      reject(error instanceof Error ? error : new Error("the server closed the connection"));
    const aborted = () => reject(signal.reason);
    if (signal.aborted) aborted();
    signal.addEventListener("abort", aborted, { once: true });
    // Both stay for the life of the socket, so that no error of it is ever without a listener.
    socket.on("error", failed);
    socket.on("close", () => failed());
    socket.once(event, (value) => {
      signal.removeEventListener("abort", aborted);
      resolve(value);
    });
  });
}
