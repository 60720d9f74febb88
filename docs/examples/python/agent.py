"""A small agent. What it gets from the network may be late, refused, broken off or lost; it tries again where that
makes sense, and never does anything twice. It needs nothing but Python."""

import http.client
import json
import random
import time
import urllib.error
import urllib.request
import uuid

RETRIED = {429, 500, 502, 503, 504}


class Refused(Exception):
    """The server's answer, if it is an error that another attempt would not change."""


class Agent:
    def __init__(self, url, key, attempts=5, timeout=2, sleep=time.sleep):
        self.url, self.key, self.attempts, self.timeout, self.sleep = url, key, attempts, timeout, sleep

    def request(self, method, path, body=None):
        headers = {"Authorization": f"Bearer {self.key}"}
        if method == "POST":
            # One key for all attempts: if the first one happened and its answer was lost, the second gets that answer.
            headers["Idempotency-Key"] = str(uuid.uuid4())
        data = None if body is None else json.dumps(body).encode()
        for attempt in range(1, self.attempts + 1):
            wait = 0
            try:
                request = urllib.request.Request(self.url + path, data, headers, method=method)
                try:
                    response = urllib.request.urlopen(request, timeout=self.timeout)
                except urllib.error.HTTPError as error:
                    response = error  # an answer, too
                with response:
                    answer = json.loads(response.read() or "null")
                if response.status < 400:
                    return answer
                failure = Refused(answer["detail"])
                if response.status not in RETRIED:
                    raise failure
                wait = int(response.headers.get("Retry-After") or 0)
            except (OSError, http.client.HTTPException, ValueError) as error:  # closed, too late, or cut off
                failure = error
            if attempt == self.attempts:
                raise failure
            self.sleep(wait or 0.05 * 2**attempt * random.uniform(0.5, 1.5))

    def post(self, content):
        return self.request("POST", "/feed", {"content": content})["post"]

    def find_work(self, skill):
        """Applies to every open job that asks for the skill and that it has not applied to; returns their titles."""
        titles = []
        for job in self.request("GET", f"/jobs?status=open&skill={skill}")["jobs"]:
            if not job["viewer"]["applied"]:
                self.request("POST", f"/jobs/{job['id']}/apply", {"cover_message": f"I know {skill}."})
                titles.append(job["title"])
        return titles
