import { create, createFileRegistry, type DescService } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, file_google_protobuf_wrappers } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, type HandlerContext, type ServiceImpl } from "@connectrpc/connect";

const TEXT = ".google.protobuf.StringValue";
const rpc = (name: string, clientStreaming: boolean, serverStreaming: boolean) => ({
  ...{ name, inputType: TEXT, outputType: TEXT, clientStreaming, serverStreaming },
});
const file = create(FileDescriptorProtoSchema, {
  name: "interop/echo.proto",
  package: "interop",
  syntax: "proto3",
  dependency: [file_google_protobuf_wrappers.proto.name],
  service: [
    {
      name: "Echo",
      method: [
        rpc("Once", false, false),
        rpc("Down", false, true),
        rpc("Up", true, false),
        rpc("Both", true, true),
      ],
    },
  ],
});

/** A service with an RPC of each kind, whose messages are texts. */
export const Echo = createFileRegistry(file, () => file_google_protobuf_wrappers.proto).getService(
  "interop.Echo",
) as DescService;

interface Text {
  value: string;
}

/** What the handlers saw. */
export interface Noted {
  aborted: number;
  sentBytes: number;
  leftMs: number[];
}

export const LARGE_BYTES = 2_000_000;
const CHUNK_BYTES = 16 * 1024;
export const REFUSAL = "nothing: 100 % “gone”\n";

/** Handlers that behave by the text of their request. */
export function echo(noted: Noted): ServiceImpl<DescService> {
  const untilAborted = ({ signal }: HandlerContext) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => {
        noted.aborted += 1;
        reject(signal.reason);
      });
    });
  const impl = {
    once: async ({ value }: Text, context: HandlerContext) => {
      noted.leftMs.push(context.timeoutMs() ?? Number.POSITIVE_INFINITY);
      if (value === "refuse") throw new ConnectError(REFUSAL, Code.NotFound);
      if (value === "never") await untilAborted(context);
      return { value: value === "large" ? "x".repeat(LARGE_BYTES) : value };
    },
    down: async function* ({ value }: Text, context: HandlerContext) {
      if (value === "refuse") throw new ConnectError(REFUSAL, Code.NotFound);
      for (const it of value === "none" ? [] : ["1", "2", "3"]) yield { value: it };
      if (value === "fail later") throw new ConnectError("too late", Code.Aborted);
      if (value === "never") await untilAborted(context);
      for (; value === "endless"; noted.sentBytes += CHUNK_BYTES) yield { value: "x".repeat(CHUNK_BYTES) };
    },
    up: async (texts: AsyncIterable<Text>) => {
      let value = "";
      for await (const it of texts) value += it.value;
      return { value };
    },
    both: async function* (texts: AsyncIterable<Text>) {
      yield* texts;
    },
  };
  return impl as unknown as ServiceImpl<DescService>;
}
