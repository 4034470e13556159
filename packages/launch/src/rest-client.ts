import { randomUUID } from "node:crypto";

/** A problem document, thrown. */
export class Problem extends Error {
  readonly document: { status: number; title: string; reason?: string; metadata?: Record<string, string> };

  constructor(document: Problem["document"]) {
    super(`${document.status} ${document.reason ?? ""} ${document.title}`);
    this.document = document;
  }
}

/** What the gateway answered: the document, and the header that says which revision it is. */
export interface Reply<T> {
  status: number;
  body: T;
  etag: string | null;
}

export type RestClient = ReturnType<typeof restClient>;

/** A client of the gateway, as any web page would have one. Throws a Problem for every refusal. */
export function restClient(url: string, token?: string) {
  return async <T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply<T>> => {
    const response = await fetch(`${url}/v1/${path}`, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(method !== "GET" && { "idempotency-key": `"${randomUUID()}"` }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const document = text === "" ? undefined : JSON.parse(text);
    if (!response.ok) throw new Problem(document);
    return { status: response.status, body: document as T, etag: response.headers.get("etag") };
  };
}
