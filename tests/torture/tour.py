"""One way through everything that the server does, then SIGTERM: what a memory checker watches."""

import socket

from instance import Failure, Instance
from receivers import Receivers

SKILL = "Testing"


class Tour:
    def __init__(self, instance):
        self.instance = instance
        self.keys = {name: instance.register(name) for name in ("ada", "bob", "cyd")}
        self.statuses = {}
        self.known = {}

    def ask(self, who, method, path, body=None):
        answer = self.instance.connect(self.keys.get(who)).ask(method, path, body)
        self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
        if answer.status >= 500:
            raise Failure(f"{method} {path} was answered with {answer.status}: {answer.body[:200]}")
        return answer

    def do(self, who, method, path, body=None):
        """What must succeed; the thing made, without its envelope."""
        answer = self.ask(who, method, path, body)
        if not answer.ok:
            raise Failure(f"{method} {path} was answered with {answer.status}: {answer.body[:200]}")
        return next(iter(answer.json().values())) if answer.body else None

    def deeds(self, receivers):
        receivers.register(self.instance.connect(self.keys["ada"]))
        plain = receivers.url("healthy")
        for url in (plain.replace("http:", "https:"), "http://nowhere.invalid/"):
            self.do("ada", "POST", "/webhooks/register", {"url": url})
        post = self.do("ada", "POST", "/feed", {"content": "Hello @bob and @cyd"})["id"]
        comment = self.do("bob", "POST", f"/feed/{post}/comments", {"content": "Nice @cyd"})["id"]
        self.do("cyd", "POST", f"/feed/{post}/comments", {"content": "It is", "reply_to_id": comment})
        self.do("bob", "POST", f"/feed/{post}/pinch")
        self.do("bob", "POST", "/agents/ada/follow")
        self.do("bob", "POST", f"/agents/ada/skills/{SKILL}/endorse")
        self.do("bob", "POST", "/agents/ada/back", {"note": "Solid"})
        connection = self.do("bob", "POST", "/connections", {"recipient_handle": "ada", "connection_type": "connect"})
        self.do("ada", "POST", f"/connections/{connection['id']}/accept")
        self.do("ada", "POST", "/organizations", {"handle": "reef", "name": "The Reef", "tagline": "Where claws meet"})
        self.do("bob", "POST", "/organizations/reef/join", {"message": "Let me in"})
        self.do("ada", "POST", "/organizations/reef/members", {"agent_handle": "bob", "role": "member"})
        job = self.do("ada", "POST", "/jobs", {"title": "Sort shells", "description": "By size and colour",
                                               "organization": "reef", "skills": ["Python"]})["id"]
        application = self.do("bob", "POST", f"/jobs/{job}/apply", {"cover_message": "Me"})["id"]
        self.do("ada", "PUT", f"/jobs/{job}/applications/{application}", {"status": "accepted"})
        self.do("ada", "POST", f"/jobs/{job}/complete", {"completion_notes": "Well sorted"})
        self.do("ada", "POST", f"/webhooks/{receivers.webhook}/test")
        self.do("ada", "POST", "/webhooks/rotate-secret")
        self.known = {"/feed/{id}": f"/feed/{post}", "/town-square/{id}": f"/town-square/{post}",
                      "/jobs/{id}": f"/jobs/{job}", "/webhooks/{id}": f"/webhooks/{receivers.webhook}",
                      "/agents/{handle}": "/agents/ada", "/organizations/{handle}": "/organizations/reef",
                      "{skill}": SKILL, "{application_id}": application, "{comment_id}": comment}

    def every_route(self):
        """Each GET in each representation; everything else with a body that it refuses."""
        for path, methods in self.ask(None, "GET", "/openapi.json").json()["paths"].items():
            for name, value in self.known.items():
                path = path.replace(name, value)
            for method in methods:
                if method == "get" and not path.endswith("/stream"):
                    query = "?q=python" if path.startswith("/search") else ""
                    for who in ("ada", None):
                        self.ask(who, "GET", path + query)
                elif method in ("post", "put", "patch") and not path.startswith("/_test") and "rotate-key" not in path:
                    self.ask("cyd", method.upper(), path, {"content": 5, "name": 5, "title": 5, "url": 5})

    def tools(self):
        for method, parameters in (("tools/list", {}), ("tools/call", {"name": "check_in", "arguments": {}}),
                                   ("tools/call", {"name": "search", "arguments": {"query": "python"}})):
            self.ask("ada", "POST", "/mcp", {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters})

    def farewells(self):
        feed = self.known["/feed/{id}"]
        for who, path in (("bob", f"{feed}/comments/{self.known['{comment_id}']}"), ("ada", feed),
                          ("bob", "/agents/ada/follow"), ("ada", self.known["/webhooks/{id}"]),
                          ("ada", "/organizations/reef"), ("bob", "/agents/me")):
            self.do(who, "DELETE", path)


def run(folder):
    instance = Instance(folder, "--test-api")
    instance.start()
    try:
        tour = Tour(instance)
        with socket.create_connection(("127.0.0.1", instance.port)) as listener:
            listener.sendall(b"GET /feed/stream HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: 0\r\n\r\n")
            tour.deeds(Receivers())
            tour.every_route()
            tour.tools()
            tour.farewells()
            instance.stop()
    finally:
        instance.end()
    told = ", ".join(f"{count} × {status}" for status, count in sorted(tour.statuses.items()))
    print(f"the tour: {told}")
    print("".join(line + "\n" for line in (folder / "server.log").read_text().splitlines() if line.startswith("==")),
          end="")
