import type { DescMethod } from "@bufbuild/protobuf";
import { type ChannelCredentials, experimental, type ServerCredentials } from "@grpc/grpc-js";
import { z } from "zod";

/** How often the files are read again: a certificate is replaced without a restart. */
const LOOK_MS = 60_000;

const file = z.string().min(1).optional();

/** The clients that may call: by an RPC's path, by its service, or "*" for all else. */
const callers = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: "custom", message: "must be JSON" });
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string(), z.array(z.string()), { error: 'must be {"<RPC, service or *>": ["<client>"]}' }))
  .optional();

/** The variables of mutual TLS between services. All three files are set, or none. */
export const tlsVariables = {
  /** The certificate chain of this process, as PEM. */
  TLS_CERTIFICATE_FILE: file,
  /** Its private key, as PEM. */
  TLS_KEY_FILE: file,
  /** The trusted certificate authorities, for servers and clients, as PEM. */
  TLS_AUTHORITIES_FILE: file,
  /**
   * The clients that may call, as JSON: `{"tessera.auth.v1.TokenService/ExchangeToken": ["task", "project"]}`. A key
   * is an RPC, a service, or "*"; the most specific key decides; an RPC without a key may be called with any valid
   * certificate. A client is a DNS name, a URI or the common name of its certificate.
   */
  TLS_CALLERS: callers,
};

/** Mutual TLS, as this process does it. */
export interface Tls {
  server: ServerCredentials;
  channel: ChannelCredentials;
  /** Whether a client of these names may call an RPC. */
  admits(method: DescMethod, names: readonly string[]): boolean;
}

/**
 * Returns undefined if TLS is not configured: calls are then in plain text. Throws if it is configured only in part.
 */
export function tlsOf(config: z.output<z.ZodObject<typeof tlsVariables>>, lookMs = LOOK_MS): Tls | undefined {
  const {
    TLS_CERTIFICATE_FILE: certificateFile,
    TLS_KEY_FILE: privateKeyFile,
    TLS_AUTHORITIES_FILE: caCertificateFile,
    TLS_CALLERS: allowed = {},
  } = config;
  const files = [certificateFile, privateKeyFile, caCertificateFile];
  if (files.every((it) => it === undefined)) return undefined;
  if (files.some((it) => it === undefined))
    throw new Error(
      "TLS_CERTIFICATE_FILE, TLS_KEY_FILE and TLS_AUTHORITIES_FILE are set together, or not at all",
    );
  const provider = () =>
    new experimental.FileWatcherCertificateProvider({
      certificateFile,
      privateKeyFile,
      caCertificateFile,
      refreshIntervalMs: lookMs,
    });
  const serverFiles = provider();
  const channelFiles = provider();
  return {
    server: experimental.createCertificateProviderServerCredentials(serverFiles, serverFiles, true),
    channel: experimental.createCertificateProviderChannelCredentials(channelFiles, channelFiles),
    admits: (method, names) => {
      const rule =
        allowed[`${method.parent.typeName}/${method.name}`] ??
        allowed[method.parent.typeName] ??
        allowed["*"];
      return rule === undefined || names.some((name) => rule.includes(name));
    },
  };
}

/** The names in a certificate: the common name, and its alternative names of kinds DNS and URI. */
export function namesIn(certificate: {
  subject?: { CN?: string | string[] };
  subjectaltname?: string;
}): string[] {
  const common = [certificate.subject?.CN ?? []].flat();
  const others = (certificate.subjectaltname ?? "")
    .split(", ")
    .filter((it) => /^(DNS|URI):[^"]+$/.test(it))
    .map((it) => it.slice(4));
  return [...common, ...others];
}
