"""A small HTTP/1.1 client that knows one thing well: whether an answer came, or not."""

import json
import socket


class Lost(Exception):
    """The connection ended before the answer: what was asked may have happened, or not."""


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def ok(self):
        return 200 <= self.status < 300

    def json(self):
        return json.loads(self.body)


class Connection:
    """Kept alive; connects at the first request and after it was lost."""

    def __init__(self, port, key=None, patience_s=30):
        self.port = port
        self.key = key
        self.patience_s = patience_s
        self.socket = None
        self.buffer = b""

    def close(self):
        if self.socket:
            self.socket.close()
        self.socket = None
        self.buffer = b""

    def ask(self, method, path, body=None):
        text = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(text)}\r\n"
        if self.key:
            head += f"Authorization: Bearer {self.key}\r\n"
        try:
            return self.exchange(head.encode() + b"\r\n" + text)
        except (OSError, ValueError) as error:
            self.close()
            raise Lost(str(error)) from error

    def exchange(self, request):
        if not self.socket:
            self.socket = socket.create_connection(("127.0.0.1", self.port), self.patience_s)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(request)
        head = self.until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        status = int(head[0].split(" ", 2)[1])
        headers = {}
        for line in head[1:]:
            if line:
                name, value = line.split(":", 1)
                headers[name.lower()] = value.strip()
        body = self.exactly(int(headers.get("content-length", 0)))
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Answer(status, headers, body)

    def more(self):
        part = self.socket.recv(65536)
        if not part:
            raise OSError("the connection ended")
        self.buffer += part

    def until(self, mark):
        while mark not in self.buffer:
            self.more()
        taken, self.buffer = self.buffer.split(mark, 1)
        return taken

    def exactly(self, size):
        while len(self.buffer) < size:
            self.more()
        taken, self.buffer = self.buffer[:size], self.buffer[size:]
        return taken
