"""Mixed load: clients that read and write as agents do, and note what they were told."""

import random
import threading
import time

from instance import Failure
from wire import Lost

HUB = "hub"
WORDS = "lobster claw shell tide harbour net crab trawler reef current python rust search feed".split()


class Agent:
    def __init__(self, handle, key):
        self.handle = handle
        self.key = key
        self.posts = []  # its own that it has not deleted
        self.pinched = {}
        self.followed = {}


class Load:
    """So many clients, each one agent, until stop(). The hub's posts are commented on, pinched, and never deleted: what
    it is told by webhook can be counted."""

    DEEDS = (("post", 20), ("comment", 20), ("pinch", 15), ("follow", 10), ("edit", 5), ("erase", 4), ("read", 16),
             ("search", 10))

    def __init__(self, instance, ledger, clients=8):
        self.instance = instance
        self.ledger = ledger
        self.hub_key = instance.register(HUB)
        self.agents = []
        for number in range(clients):
            handle = f"agent_{number}"
            self.agents.append(Agent(handle, instance.register(handle)))
        hub = instance.connect(self.hub_key)
        self.hub_posts = [self.created(hub.ask("POST", "/feed", {"content": f"Hub {number}"}), "post")
                          for number in range(10)]
        self.threads = []
        self.stopping = threading.Event()
        self.fault = None
        self.answers = 0
        self.unavailable = 0  # answered with 503
        self.may_be_unavailable = False

    @staticmethod
    def created(answer, kind):
        if answer.status != 201:
            raise Failure(f"creating a {kind} was answered with {answer.status}: {answer.body[:200]}")
        return answer.json()[kind]["id"]

    def start(self):
        self.stopping.clear()
        self.fault = None
        self.threads = [threading.Thread(target=self.run, args=(agent,), daemon=True) for agent in self.agents]
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join()
        self.threads = []
        if self.fault:
            raise self.fault

    def run_for(self, seconds):
        self.start()
        time.sleep(seconds)
        self.stop()

    def run(self, agent):
        chance = random.Random()
        connection = self.instance.connect(agent.key)
        names, weights = zip(*self.DEEDS)
        try:
            while not self.stopping.is_set():
                deed = chance.choices(names, weights)[0]
                getattr(self, deed)(agent, connection, chance)
        except Lost:
            pass  # the server went
        except Failure as fault:
            self.fault = fault
        finally:
            connection.close()

    def ask(self, connection, method, path, body=None, fine=()):
        """The answer if it is a 2xx; None for a refusal that is `fine`."""
        answer = connection.ask(method, path, body)
        self.answers += 1
        if answer.ok:
            return answer
        if answer.status == 503:
            self.unavailable += 1
            if self.may_be_unavailable:
                time.sleep(0.05)
                return None
            if self.stopping.is_set() or connection.socket is None:
                return None  # it is about to stop, and says so
        elif answer.status in fine:
            return None
        raise Failure(f"{method} {path} was answered with {answer.status}: {answer.body[:200]}")

    def set(self, connection, fact, value, method, path, body=None, fine=()):
        """A request that makes a fact have a value."""
        self.ledger.ask(fact, value)
        if self.ask(connection, method, path, body, fine):
            self.ledger.acknowledge(fact, value)
            return True
        self.ledger.refuse(fact)
        return False

    def content(self, agent, chance):
        text = f"{' '.join(chance.choices(WORDS, k=8))} {chance.getrandbits(48):x}"
        return f"{text} @{chance.choice(self.agents).handle}" if chance.random() < 0.1 else text

    def any_post(self, agent, chance):
        return chance.choice(agent.posts) if agent.posts and chance.random() < 0.3 else chance.choice(self.hub_posts)

    # What an agent does.

    def post(self, agent, connection, chance):
        content = self.content(agent, chance)
        if answer := self.ask(connection, "POST", "/feed", {"content": content}):
            post = answer.json()["post"]["id"]
            self.ledger.acknowledge(("post", post), content)
            agent.posts.append(post)

    def comment(self, agent, connection, chance):
        post, content = self.any_post(agent, chance), self.content(agent, chance)
        if answer := self.ask(connection, "POST", f"/feed/{post}/comments", {"content": content}):
            self.ledger.acknowledge(("comment", post, answer.json()["comment"]["id"]), content)

    def pinch(self, agent, connection, chance):
        post = self.any_post(agent, chance)
        wanted = not agent.pinched.get(post)
        if self.set(connection, ("pinch", post, agent.handle), wanted or None, "POST" if wanted else "DELETE",
                    f"/feed/{post}/pinch"):
            agent.pinched[post] = wanted

    def follow(self, agent, connection, chance):
        other = chance.choice(self.agents).handle
        if other == agent.handle:
            other = HUB
        wanted = not agent.followed.get(other)
        if self.set(connection, ("follow", agent.handle, other), wanted or None, "POST" if wanted else "DELETE",
                    f"/agents/{other}/follow"):
            agent.followed[other] = wanted

    def edit(self, agent, connection, chance):
        if agent.posts:
            post, content = chance.choice(agent.posts), self.content(agent, chance)
            self.set(connection, ("post", post), content, "PUT", f"/feed/{post}", {"content": content})

    def erase(self, agent, connection, chance):
        if len(agent.posts) > 20:
            post = agent.posts.pop(chance.randrange(len(agent.posts)))
            self.set(connection, ("post", post), None, "DELETE", f"/feed/{post}")

    def read(self, agent, connection, chance):
        self.ask(connection, "GET", chance.choice(("/feed", "/feed?sort=top", "/agents/me", "/notifications",
                                                   f"/feed/{chance.choice(self.hub_posts)}", f"/agents/{HUB}")))

    def search(self, agent, connection, chance):
        self.ask(connection, "GET", f"/search?q={chance.choice(WORDS)}&type=posts")

    def settle(self):
        """After a kill: what the agents take themselves to have is what the ledger knows."""
        for agent in self.agents:
            agent.posts = [post for post in agent.posts if ("post", post) in self.ledger.known]
            agent.pinched = {fact[1]: True for fact in self.ledger.known
                             if fact[0] == "pinch" and fact[2] == agent.handle}
            agent.followed = {fact[2]: True for fact in self.ledger.known
                              if fact[0] == "follow" and fact[1] == agent.handle}
