/** The longest time for the whole answer of an identity provider, in milliseconds. */
export const ANSWER_MAX_MS = 5_000;
/** A longer answer is not read. */
export const ANSWER_MAX_BYTES = 64 * 1024;

/** The identity provider does not answer, or says itself that it cannot for now. */
export class UpstreamSilent extends Error {
  override readonly name = "UpstreamSilent";
}

/** What the identity provider answered is nothing that can be read. */
export class UpstreamUnreadable extends Error {
  override readonly name = "UpstreamUnreadable";
}

/** Fetches with a limit of time and of size, and follows no redirect. Throws UpstreamSilent or UpstreamUnreadable. */
export async function boundedFetch(
  url: string,
  options: { method: string; headers: Record<string, string>; body?: unknown },
): Promise<Response> {
  const { method, headers, body } = options;
  const signal = AbortSignal.timeout(ANSWER_MAX_MS);
  try {
    const response = await fetch(url, {
      method,
      headers: { ...headers, "user-agent": "tessera-auth" },
      redirect: "manual",
      signal,
      ...(body instanceof URLSearchParams && { body }),
    });
    const { status } = response;
    if (status >= 500 || status === 429) throw new UpstreamSilent(`answered ${status}`);
    if (status >= 300 && status < 400) throw new UpstreamUnreadable(`answered ${status}`);
    const bytes = await read(response);
    return new Response(bytes.length === 0 ? null : bytes, { status, headers: response.headers });
  } catch (error) {
    if (error instanceof UpstreamSilent || error instanceof UpstreamUnreadable) throw error;
    throw new UpstreamSilent("could not be asked", { cause: error });
  }
}

async function read(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    // Leaving the loop cancels the rest.
    if (length > ANSWER_MAX_BYTES)
      throw new UpstreamUnreadable(`answered more than ${ANSWER_MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
