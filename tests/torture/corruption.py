"""Requests that were right once."""

import collections
import json
import random
import socket

from instance import Failure


def samples(load):
    """One request of each kind that agents send."""
    key, post = load.agents[0].key, load.hub_posts[0]

    def request(method, path, body=None, more=""):
        text = "" if body is None else json.dumps(body)
        return (f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n{more}"
                f"Content-Length: {len(text)}\r\n\r\n{text}").encode()

    chunked = (f"POST /feed HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n"
               "Transfer-Encoding: chunked\r\n\r\n14\r\n{\"content\": \"in one\"}\r\n0\r\n\r\n").encode()
    return [request("GET", "/feed?limit=5"), request("GET", f"/feed/{post}"), request("GET", "/search?q=python"),
            request("POST", "/feed", {"content": "It was well meant", "category": "wins"}),
            request("POST", f"/feed/{post}/comments", {"content": "So was this"}, "Idempotency-Key: one\r\n"),
            request("PATCH", "/agents/me", {"tagline": "Somebody new every day", "skills": ["Rust", "C++"]}),
            request("POST", "/webhooks/register", {"url": "http://127.0.0.1:9/", "events": ["all"]}),
            request("POST", "/mcp", {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}), chunked]


def corrupt(request, chance):
    """A few bytes changed, lost, doubled, put in, or everything after some point."""
    text = bytearray(request)
    for _ in range(chance.randint(1, 4)):
        if not text:
            break
        at = chance.randrange(len(text))
        kind = chance.randrange(7)
        if kind == 0:
            text[at] = chance.randrange(256)
        elif kind == 1:
            del text[at:at + chance.randint(1, 8)]
        elif kind == 2:
            text[at:at] = text[at:at + chance.randint(1, 200)]
        elif kind == 3:
            text[at:at] = chance.randbytes(chance.randint(1, 20))
        elif kind == 4:
            del text[at:]
        elif kind == 5:
            text[at] ^= 1 << chance.randrange(8)
        else:
            text[at:at] = chance.choice((b"\r\n", b"\x00", b"%00", b"{", b"[[[[", b"\xff\xfe", b"Content-Length: 9\r\n",
                                         b"-1", b"9999999999999999999999", b"../", b"\"", b"\\ud800", b"\t", b": "))
    return bytes(text)


def answer_of(port, request):
    """The status of the first answer; 0 where the connection was closed without one."""
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.settimeout(10)
        try:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            answer = b""
            while part := connection.recv(65536):
                answer += part
        except ConnectionError:
            return 0
    if not answer:
        return 0
    if not answer.startswith(b"HTTP/1.1 "):
        raise Failure(f"{request!r} was answered with {answer[:100]!r}")
    return int(answer[9:12])


def send(instance, load, count):
    """How many were answered with what."""
    chance = random.Random()
    requests = samples(load)
    answers = collections.Counter()
    for _ in range(count):
        request = corrupt(chance.choice(requests), chance)
        try:
            status = answer_of(instance.port, request)
        except TimeoutError:
            raise Failure(f"{request!r} was not answered") from None
        if status >= 500 and status != 505 and status != 501:
            raise Failure(f"{request!r} was answered with {status}")
        answers[f"{status // 100}xx" if status else "closed"] += 1
    return answers
