"""A reverse proxy, as hosts put one before an app: python proxy.py UPSTREAM_PORT STRIPPED.

It prints the port that it listens on. Of each address it takes off STRIPPED, "" or "/course/x", before it asks the app;
what does not begin with that is not found. Each request has a connection of its own, so that after its head, which is
all that is looked at, bytes are passed on both ways: a websocket's too.
"""

import asyncio
import sys


async def serve(reader, writer, upstream, stripped):
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        method, target, rest = head.split(b" ", 2)
        if not target.startswith(stripped.encode() + b"/"):
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        if b"\r\nupgrade:" not in rest.lower():
            rest = rest.replace(b"\r\n", b"\r\nConnection: close\r\n", 1).replace(b"Connection: keep-alive\r\n", b"")
        from_app, to_app = await asyncio.open_connection("127.0.0.1", upstream)
        to_app.write(b" ".join((method, target.removeprefix(stripped.encode()), rest)))
        await asyncio.gather(passing(reader, to_app), passing(from_app, writer))
    except (OSError, asyncio.IncompleteReadError):
        pass  # one side has left
    finally:
        writer.close()


async def passing(reader, writer):
    while data := await reader.read(1 << 16):
        writer.write(data)
        await writer.drain()
    writer.close()


async def main(upstream, stripped):
    server = await asyncio.start_server(lambda *streams: serve(*streams, upstream, stripped), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
