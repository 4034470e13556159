/** Loopback addresses of native apps (RFC 8252, 7.3). "localhost" is none: it may lead elsewhere. */
const LOOPBACK = /^http:\/\/(?:127\.0\.0\.1|\[::1\])(?::([0-9]{1,5}))?(?=\/|\?|$)/;
const PORT_MAX = 65_535;
/** A longer one is refused. */
export const REDIRECT_URI_MAX_LENGTH = 1_024;

/**
 * Whether `asked` is one of the addresses that are registered: the same text, byte for byte. Only the port of a loopback
 * address may be another.
 */
export function isRegistered(registered: readonly string[], asked: string): boolean {
  if (registered.includes(asked)) return true;
  const match = LOOPBACK.exec(asked);
  if (match === null || Number(match[1] ?? 80) < 1 || Number(match[1] ?? 80) > PORT_MAX) return false;
  return registered.some((it) => LOOPBACK.test(it) && withoutPort(it) === withoutPort(asked));
}

/** Whether an address may be registered: https, or a loopback address; no fragment, no user, nothing to be decoded. */
export function canBeRegistered(uri: string): boolean {
  if (uri.length > REDIRECT_URI_MAX_LENGTH || !/^[!-~]+$/.test(uri) || /[#\\<>"]/.test(uri)) return false;
  if (!URL.canParse(uri)) return false;
  const { protocol, username, password } = new URL(uri);
  return username === "" && password === "" && (protocol === "https:" || LOOPBACK.test(uri));
}

/** The address with parameters added to those that it has. */
export function withParameters(uri: string, parameters: Record<string, string>): string {
  return `${uri}${uri.includes("?") ? "&" : "?"}${new URLSearchParams(parameters)}`;
}

function withoutPort(uri: string): string {
  return uri.replace(LOOPBACK, (address, port: string | undefined) =>
    port === undefined ? address : address.slice(0, -port.length - 1),
  );
}
