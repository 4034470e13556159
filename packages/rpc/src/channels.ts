import { type ChannelCredentials, type ChannelOptions, Client } from "@grpc/grpc-js";

/** A connection carries this many calls at once: fewer than a server lets it have, so that none waits for another. */
const CALLS_PER_CONNECTION = 100;
/** There are at most this many connections to one address; beyond, calls wait for each other. */
const CONNECTIONS_MAX = 100;
/** A connection on which nothing was called for so long is closed, in milliseconds. */
const IDLE_MS = 60_000;

/** One connection for one call: `done` gives it back. */
export interface Channel {
  client: Client;
  done(): void;
}

/** As many connections to one address as its calls need: streams that stay open for hours keep nobody out. */
export interface Channels {
  take(): Channel;
  close(): void;
}

/** Opens the first connection; others follow when it is full, and are closed when they are idle. */
export function channels(
  address: string,
  credentials: ChannelCredentials,
  options: ChannelOptions,
): Channels {
  const open = () => ({
    client: new Client(address, credentials, {
      ...options,
      "grpc.client_idle_timeout_ms": IDLE_MS,
      // Of channels with the same options grpc-js would make one connection.
      "grpc.use_local_subchannel_pool": 1,
    }),
    underWay: 0,
  });
  const opened = [open()];
  return {
    take: () => {
      let found = opened.find((it) => it.underWay < CALLS_PER_CONNECTION);
      if (found === undefined && opened.length < CONNECTIONS_MAX) {
        found = open();
        opened.push(found);
      }
      const channel = found ?? opened.reduce((one, other) => (other.underWay < one.underWay ? other : one));
      channel.underWay += 1;
      let returned = false;
      const done = () => {
        if (!returned) channel.underWay -= 1;
        returned = true;
      };
      return { client: channel.client, done };
    },
    close: () => {
      for (const { client } of opened) client.close();
    },
  };
}
