"""Receivers of webhooks: one that answers at once, one that fails, one that never answers."""

import asyncio
import json
import threading


class Receivers:
    def __init__(self):
        self.messages = {}  # of the healthy one: comment: the ids under which it came
        self.events = 0
        self.loop = asyncio.new_event_loop()
        self.ports = {}
        ready = threading.Event()
        threading.Thread(target=self.run, args=(ready,), daemon=True).start()
        ready.wait()

    def run(self, ready):
        asyncio.set_event_loop(self.loop)
        for name in ("healthy", "failing", "hanging"):
            serving = self.loop.run_until_complete(
                asyncio.start_server(getattr(self, name), "127.0.0.1", 0, backlog=1024))
            self.ports[name] = serving.sockets[0].getsockname()[1]
        ready.set()
        self.loop.run_forever()

    def url(self, name):
        return f"http://127.0.0.1:{self.ports[name]}/hook"

    def register(self, connection):
        """All three for the agent of that connection; how many the server has to tell."""
        for name in self.ports:
            answer = connection.ask("POST", "/webhooks/register", {"url": self.url(name)})
            assert answer.status == 201, answer.body
            if name == "healthy":
                self.webhook = answer.json()["webhook"]["id"]

    @staticmethod
    async def request(reader):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
        return headers, await reader.readexactly(int(headers["content-length"]))

    async def answer(self, writer, status):
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    async def healthy(self, reader, writer):
        try:
            headers, body = await self.request(reader)
            message = json.loads(body)
            if message["event"] == "comment":
                self.messages.setdefault(message["data"]["comment_id"], set()).add(headers["webhook-id"])
            self.events += 1
            await self.answer(writer, 200)
        except (OSError, EOFError):
            writer.close()

    async def failing(self, reader, writer):
        try:
            await self.request(reader)
            await self.answer(writer, 500)
        except (OSError, EOFError):
            writer.close()

    async def hanging(self, reader, writer):
        try:
            while await reader.read(65536):
                pass
        except OSError:
            pass
        writer.close()
