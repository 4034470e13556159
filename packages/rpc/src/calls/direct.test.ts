import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { create } from "@bufbuild/protobuf";
import { StringValueSchema } from "@bufbuild/protobuf/wkt";
import type { HandlerContext } from "@connectrpc/connect";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { arrivals } from "../admission/arrivals.ts";
import { frame } from "../codec.ts";
import { type DirectStream, directOf } from "../direct.ts";
import { Echo } from "../interop/echo.ts";
import { begin, framed, outcomeOf } from "../interop/raw-call.ts";
import { grpcService } from "./grpc-service.ts";
import { takeCalls } from "./http2-calls.ts";
import { rpcsOf } from "./rpc.ts";

const CHUNK = frame(StringValueSchema, create(StringValueSchema, { value: "x".repeat(64 * 1024) }));

/** A stream that is written to directly after its first message, as `write` says. */
async function served(write: (direct: DirectStream, signal: AbortSignal) => Promise<void>) {
  const impl = {
    down: async function* (_: unknown, context: HandlerContext) {
      yield { value: "first" };
      await write(directOf(context) as DirectStream, context.signal);
      yield { value: "last" };
    },
  };
  const server = new Server();
  const arriving = arrivals();
  const rpcs = rpcsOf(Echo, impl as never, []);
  const { definition, implementation } = grpcService(rpcs);
  server.addService(definition, implementation);
  const port = await new Promise<number>((resolve) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (_, bound) => resolve(bound));
  });
  takeCalls(server, rpcs, arriving);
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  const stream = begin(session, "Down");
  stream.end(framed("a"));
  const end = () => {
    session.destroy();
    server.forceShutdown();
    arriving.stop();
  };
  return { stream, end };
}

test("what is written directly comes between what is yielded before and after it", async () => {
  const { stream, end } = await served(async (direct) => {
    expect(direct.push(Buffer.concat([framed("1"), framed("2")]))).toBe(true);
    expect(direct.push(framed("3"))).toBe(true);
  });
  expect(await outcomeOf(stream)).toMatchObject({ status: "0", texts: ["first", "1", "2", "3", "last"] });
  end();
});

test("to a reader that is slow a bounded amount is written, and more once it has read", async () => {
  let written = 0;
  const isFull = Promise.withResolvers<void>();
  const { stream, end } = await served(async (direct, signal) => {
    for (; direct.push(CHUNK); written++);
    isFull.resolve();
    await direct.drained(signal);
    expect(direct.push(CHUNK)).toBe(true);
  });
  await once(stream, "response");
  await isFull.promise;
  expect(written * CHUNK.length).toBeLessThan(2 * 1024 * 1024);
  const { texts, status } = await outcomeOf(stream);
  expect(status).toBe("0");
  expect(texts).toHaveLength(written + 3);
  end();
});
