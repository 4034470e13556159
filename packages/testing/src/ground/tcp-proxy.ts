import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Stands between a client and a server of TCP, and does to their connections what networks do. */
export interface TcpProxy {
  port: number;
  /** Connections that were made through it so far. */
  taken: number;
  /** Milliseconds that it holds back what passes, each way. */
  delayMs: number;
  /** Whether it passes anything at all; what comes meanwhile is lost. */
  isSilent: boolean;
  /** How many of the next answers are lost: in place of passing one on, it ends the connection. */
  answersToLose: number;
  /** Passes nothing more on the connections that are there, and does not end them; later ones are served. */
  strand(): void;
  /** Ends all connections, with a reset as a crash would make them end. */
  cut(): void;
  close(): Promise<void>;
}

/** Listens on a free port of this machine and passes everything on to `target`. */
export async function tcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const stranded = new WeakSet<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((asked) => {
    proxy.taken += 1;
    const client = keep(asked);
    const upstream = keep(connect(target));
    pass(client, upstream);
    upstream.on("data", () => {
      if (proxy.answersToLose === 0 || client.destroyed) return;
      proxy.answersToLose -= 1;
      client.resetAndDestroy();
      upstream.resetAndDestroy();
    });
    pass(upstream, client);
  });
  const pass = (from: Socket, to: Socket) => {
    from.on("data", (bytes) => {
      if (!proxy.isSilent && !stranded.has(from))
        setTimeout(() => to.writable && to.write(bytes), proxy.delayMs);
    });
    from.on("close", () => setTimeout(() => to.end(), proxy.delayMs));
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const proxy: TcpProxy = {
    port: (server.address() as AddressInfo).port,
    taken: 0,
    delayMs: 0,
    isSilent: false,
    answersToLose: 0,
    strand: () => {
      for (const socket of sockets) stranded.add(socket);
    },
    cut,
    close: async () => {
      server.close();
      cut();
      await once(server, "close");
    },
  };
  return proxy;
}
