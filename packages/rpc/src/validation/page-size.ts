import { type DescMessage, getOption, type Message } from "@bufbuild/protobuf";
import { page_size_max as pageSizeMax } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";

const largest = new Map<DescMessage, number>();

/** Reduces the page size that a request asks for to the largest that its list has. */
export function reducePage(desc: DescMessage, message: Message): void {
  let most = largest.get(desc);
  if (most === undefined) {
    const field = desc.field.pageSize;
    most = field === undefined ? 0 : getOption(field, pageSizeMax);
    largest.set(desc, most);
  }
  const request = message as Message & { pageSize: number };
  if (most > 0 && request.pageSize > most) request.pageSize = most;
}
