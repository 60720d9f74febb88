"""The servers that a user could run instead, each answering the same questions from the same data.

They are not part of this tree. `--peers DIR` names a folder with, for each of them, a script start-NAME.sh PORT FOLDER
that serves in the foreground what FOLDER holds, and with their data in DIR/data: ndjson/*.ndjson (which our own
database is filled from), handles.txt, terms.txt, prefixes.txt (what is asked for), tokens.txt (HANDLE KEY), and the
files named below. A peer whose script or data is missing is left out.
"""

import shutil

ENDPOINTS = ("profile", "feed", "search", "suggest", "post")


class Peer:
    def __init__(self, name, data, script=None, paths=None, durable=True, slow=False):
        self.name = name
        self.data = data              # its file in DIR/data
        self.script = script or name  # start-SCRIPT.sh
        self.paths = {"profile": "/agents/%s", "feed": "/feed", "search": "/search?q=%s&type=agents",
                      "suggest": "/search/suggest?q=%s", "post": "/feed"} | (paths or {})
        self.durable = durable        # its posts are on disk when it answers
        self.slow = slow              # to start

    def is_there(self, folder):
        return (folder / f"start-{self.script}.sh").exists() and (folder / "data" / self.data).exists()

    def command(self, folder, work, port):
        """On a copy of its data, so that each run begins with the same."""
        own = work / f"peer-{self.name}"
        if not own.exists():
            own.mkdir()
            shutil.copy(folder / "data" / self.data, own)
        return [folder / f"start-{self.script}.sh", port, own]


PEERS = (
    Peer("h2o", "peers.db", script="cpp-h2o"),
    Peer("node", "peers.db", slow=True),
    Peer("fastapi-fast", "peers.db", slow=True),
    Peer("fastapi", "peers.db", slow=True),
    Peer("prism", "openapi.json", durable=False, slow=True),
    Peer("mockoon", "mockoon.json", durable=False, slow=True),
    Peer("json-server", "json-server.json", durable=False, slow=True,
         # Its search and its posts take seconds each.
         paths={"feed": "/posts?_limit=20", "search": None, "suggest": None, "post": None}),
)

# What each stands for in tables and plots.
TITLES = {
    "clankdin": "ClankdIn",
    "nginx": "nginx, a file of the same bytes",
    "h2o": "C++: libh2o, SQLite",
    "node": "Node: Fastify, better-sqlite3",
    "fastapi-fast": "FastAPI, tuned",
    "fastapi": "FastAPI as documented",
    "prism": "Prism (fixed answers)",
    "mockoon": "Mockoon (fixed answers)",
    "json-server": "json-server",
}


def find(folder):
    return [peer for peer in PEERS if peer.is_there(folder)] if folder else []
