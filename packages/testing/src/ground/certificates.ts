import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

const CURVE = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 86_400_000) };

/** An authority of certificates, for one test file. */
export interface Authority {
  /** Its own certificate, in PEM. */
  certificate: string;
  /** A certificate and its key, in PEM, for these names and addresses. */
  certify(names: { dns?: string[]; ip?: string[] }): Promise<{ certificate: string; key: string }>;
}

x509.cryptoProvider.set(webcrypto as never);

const newKeys = () =>
  webcrypto.subtle.generateKey(CURVE, true, ["sign", "verify"]) as Promise<webcrypto.CryptoKeyPair>;

export async function newAuthority(name = "authority"): Promise<Authority> {
  const keys = await newKeys();
  const own = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys: keys as never,
    signingAlgorithm: CURVE,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
    ...validity,
  });
  return {
    certificate: own.toString("pem"),
    certify: async ({ dns = [], ip = [] }) => {
      const theirs = await newKeys();
      const certificate = await x509.X509CertificateGenerator.create({
        subject: "CN=server",
        issuer: own.subject,
        publicKey: theirs.publicKey as never,
        signingKey: keys.privateKey as never,
        signingAlgorithm: CURVE,
        extensions: [
          new x509.SubjectAlternativeNameExtension([
            ...dns.map((value) => ({ type: "dns" as const, value })),
            ...ip.map((value) => ({ type: "ip" as const, value })),
          ]),
        ],
        ...validity,
      });
      const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", theirs.privateKey);
      return {
        certificate: certificate.toString("pem"),
        key: x509.PemConverter.encode(pkcs8, "PRIVATE KEY"),
      };
    },
  };
}
