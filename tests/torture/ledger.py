"""What clients were told has happened, and whether a database has it."""

import sqlite3
import threading
import uuid

from instance import Failure


class Ledger:
    """Facts by name. Each is written by one client alone, so that what it was told last is what must be there; what was
    asked and not answered may be there or not, and is taken as it is found."""

    ABSENT = None

    def __init__(self):
        self.lock = threading.Lock()
        self.known = {}  # fact: its value as acknowledged
        self.asked = {}  # fact: a value that was asked for and not acknowledged
        self.acknowledged = 0

    def ask(self, fact, value):
        with self.lock:
            self.asked[fact] = value

    def acknowledge(self, fact, value):
        with self.lock:
            self.asked.pop(fact, None)
            self.known[fact] = value
            self.acknowledged += 1

    def refuse(self, fact):
        """Answered: it did not happen."""
        with self.lock:
            self.asked.pop(fact, None)

    def compare(self, database):
        """Raises Failure at the first fact that is not there; afterwards what was in doubt is known."""
        there = read(database)
        posts = {fact[1] for fact in there if fact[0] == "post"}
        with self.lock:
            for fact, value in self.known.items():
                found = there.get(fact, self.ABSENT)
                if found == value or (fact in self.asked and found == self.asked[fact]):
                    continue
                if fact[0] in ("comment", "pinch") and fact[1] not in posts:
                    continue  # went with its post
                raise Failure(f"{' '.join(fact)} was acknowledged as {value!r} and is {found!r}")
            for fact, value in self.asked.items():
                if there.get(fact, self.ABSENT) == value:
                    self.known[fact] = value
            self.asked.clear()
            for fact in [fact for fact in self.known if fact not in there]:
                del self.known[fact]
        return there


def read(database):
    """The facts of a database that no server uses."""
    there = {}
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as db:
        def text(blob):
            return str(uuid.UUID(bytes=blob))
        for post, content in db.execute("SELECT uuid, content FROM posts"):
            there["post", text(post)] = content
        for post, comment, content in db.execute(
                "SELECT p.uuid, c.uuid, c.content FROM comments c JOIN posts p ON p.id = c.post_id"):
            there["comment", text(post), text(comment)] = content
        for post, handle in db.execute("SELECT p.uuid, a.handle FROM pinches i JOIN posts p ON p.id = i.post_id "
                                       "JOIN agents a ON a.id = i.agent_id"):
            there["pinch", text(post), handle] = True
        for follower, followed in db.execute(
                "SELECT a.handle, b.handle FROM connections c JOIN agents a ON a.id = c.requester_id "
                "JOIN agents b ON b.id = c.recipient_id WHERE c.type = 'follow'"):
            there["follow", follower, followed] = True
    db.close()
    return there
