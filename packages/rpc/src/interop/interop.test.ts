import { once } from "node:events";
import { type ClientHttp2Session, connect as connectHttp2, constants } from "node:http2";
import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { MESSAGE_MAX_BYTES } from "../server-call.ts";
import { type Peer, startPeer, type Way } from "./both-servers.ts";
import { REFUSAL } from "./echo.ts";
import { CASES, message, ok } from "./interop.table.ts";
import { begin, framed, outcomeOf, prefixed } from "./raw-call.ts";

describe.each(["straight from HTTP/2", "by grpc-js alone"] satisfies Way[])("calls taken %s", (way) => {
  let peer: Peer;
  let session: ClientHttp2Session;
  const others: Peer[] = [];
  const sessions: ClientHttp2Session[] = [];
  const open = ({ address }: Peer, settings = {}): ClientHttp2Session => {
    const opened = connectHttp2(`http://${address}`, { settings });
    opened.on("error", () => {});
    sessions.push(opened);
    return opened;
  };
  const start = async (changes: Parameters<typeof startPeer>[1]): Promise<Peer> => {
    const other = await startPeer(way, changes);
    others.push(other);
    return other;
  };

  beforeAll(async () => {
    peer = await startPeer(way);
    session = open(peer);
  });
  afterEach(() => {
    for (const it of others.splice(0)) it.stop();
  });
  afterAll(() => {
    for (const it of sessions) it.destroy();
    peer.stop();
  });

  test.each(CASES)("%s", async (_, rpc, headers, frames, expected) => {
    const stream = begin(session, rpc, headers);
    const outcome = outcomeOf(stream);
    for (const frame of frames) if (!stream.destroyed) await new Promise((sent) => stream.write(frame, sent));
    stream.end();
    expect(await outcome).toMatchObject(expected);
  });

  test.each([
    ["1H", 3_600_000],
    ["2M", 120_000],
    ["3S", 3_000],
    ["4000m", 4_000],
    ["5000000u", 5_000],
    ["99999999n", 100],
  ])("the deadline %s is understood", async (timeout, ms) => {
    peer.noted.leftMs.length = 0;
    const stream = begin(session, "Once", { "grpc-timeout": timeout });
    stream.end(framed("a"));
    await outcomeOf(stream);
    const most = Math.min(ms, 30_000);
    expect(peer.noted.leftMs[0]).toBeLessThanOrEqual(most);
    expect(peer.noted.leftMs[0]).toBeGreaterThan(most - 30_000);
  });

  test.each(["Once", "Down"])("%s: work stops when the caller resets the stream", async (rpc) => {
    peer.noted.aborted = 0;
    peer.noted.leftMs.length = 0;
    const stream = begin(session, rpc);
    stream.end(framed("never"));
    stream.resume();
    if (rpc === "Down") await once(stream, "data");
    else await expect.poll(() => peer.noted.leftMs.length).toBeGreaterThan(0);
    stream.close(constants.NGHTTP2_CANCEL);
    await expect.poll(() => peer.noted.aborted).toBe(1);
  });

  test("work stops when the caller's connection breaks", async () => {
    peer.noted.aborted = 0;
    const own = open(peer);
    const stream = begin(own, "Down");
    stream.end(framed("never"));
    await once(stream, "data");
    own.destroy();
    await expect.poll(() => peer.noted.aborted).toBe(1);
  });

  test("a call that is refused while it is still sent is answered, and its stream reset without an error", async () => {
    const stream = begin(session, "Once");
    const outcome = outcomeOf(stream);
    stream.write(prefixed(Buffer.alloc(9), 0, MESSAGE_MAX_BYTES + 1));
    expect(await outcome).toMatchObject({ status: "8", reset: constants.NGHTTP2_NO_ERROR });
  });

  test("a stream is sent no faster than it is read", async () => {
    peer.noted.sentBytes = 0;
    const stream = begin(open(peer, { initialWindowSize: 64 * 1024 }), "Down");
    stream.end(framed("endless"));
    await once(stream, "response");
    const quiet = async () => {
      const before = peer.noted.sentBytes;
      await new Promise((resolve) => setTimeout(resolve, 50));
      return peer.noted.sentBytes > 0 && peer.noted.sentBytes === before;
    };
    await expect.poll(quiet).toBe(true);
    expect(peer.noted.sentBytes).toBeLessThan(1_000_000);
    const before = peer.noted.sentBytes;
    stream.resume();
    await expect.poll(() => peer.noted.sentBytes).toBeGreaterThan(before);
    stream.close(constants.NGHTTP2_CANCEL);
  });

  test("a connection names how many calls it takes", async () => {
    const own = open(await start({ "grpc.max_concurrent_streams": 7 }));
    await once(own, "remoteSettings");
    expect(own.remoteSettings.maxConcurrentStreams).toBe(7);
  });

  test("pings are sent, and answered; a client that answers none is left", async () => {
    const own = open(await start({ "grpc.keepalive_time_ms": 20, "grpc.keepalive_timeout_ms": 10_000 }));
    await once(own, "ping");
    await new Promise<void>((resolve) => own.ping((error) => resolve(expect(error).toBeNull())));
  });

  test("an old connection gets GOAWAY; its call is answered, and new ones go elsewhere", async () => {
    const own = open(await start({ "grpc.max_connection_age_ms": 200 }));
    const stream = begin(own, "Both");
    const outcome = outcomeOf(stream);
    stream.write(framed("a"));
    await once(own, "goaway");
    stream.end(framed("b"));
    expect(await outcome).toMatchObject(ok("a", "b"));
    expect(own.closed || own.destroyed).toBe(true);
  });

  test("a server that stops finishes what runs", async () => {
    const other = await start({});
    const own = open(other);
    const stream = begin(own, "Down");
    const outcome = outcomeOf(stream);
    await new Promise((sent) => stream.write(framed("a"), sent));
    await new Promise<void>((resolve) => own.ping(() => resolve()));
    const drained = other.drain();
    await once(own, "goaway");
    stream.end();
    expect(await outcome).toMatchObject(ok("1", "2", "3"));
    await drained;
  });

  describe("for a client of grpc-js", () => {
    let client: Client;
    const plain = (it: Buffer) => it;
    const path = "/interop.Echo/Once";
    const ask = (value: string, deadlineMs = 5_000): Promise<Buffer> =>
      new Promise((resolve, reject) => {
        const options = { deadline: Date.now() + deadlineMs };
        client.makeUnaryRequest(
          path,
          plain,
          plain,
          message(value),
          new Metadata(),
          options,
          (error, reply) => (error === null ? resolve(reply as Buffer) : reject(error)),
        );
      });
    beforeAll(() => {
      client = new Client(peer.address, credentials.createInsecure());
    });
    afterAll(() => client.close());

    test("answers arrive, many at once", async () => {
      const texts = Array.from({ length: 300 }, (_, at) => `text ${at}`);
      expect(await Promise.all(texts.map((it) => ask(it)))).toEqual(texts.map(message));
    });

    test("an error keeps its code and its text", async () => {
      const error = await ask("refuse").catch((it: ServiceError) => it);
      expect(error).toMatchObject({ code: status.NOT_FOUND, details: REFUSAL });
    });

    test("a deadline passes at both ends", async () => {
      peer.noted.aborted = 0;
      await expect(ask("never", 50)).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
      await expect.poll(() => peer.noted.aborted).toBe(1);
    });

    test("a stream is read and left", async () => {
      peer.noted.aborted = 0;
      const stream = client.makeServerStreamRequest("/interop.Echo/Down", plain, plain, message("never"));
      const left = once(stream, "error");
      await once(stream, "data");
      stream.cancel();
      expect((await left)[0]).toMatchObject({ code: status.CANCELLED });
      await expect.poll(() => peer.noted.aborted).toBe(1);
    });
  });
});
