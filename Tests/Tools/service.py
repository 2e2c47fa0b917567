"""A running server: one that is given by its address, or one that is started here on a free port and stopped again."""

import gzip
import http.client
import json
import os
import pathlib
import re
import signal
import subprocess
import threading
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
START_SECONDS = 60
ANSWER_SECONDS = 120


def binary():
    """$CONVSERVE_BINARY, or the newest build."""
    if given := os.environ.get("CONVSERVE_BINARY"):
        return pathlib.Path(given)
    built = [path for kind in ("release", "debug") if (path := ROOT / ".build" / kind / "convserve").exists()]
    if not built:
        raise SystemExit("no server to test: run `make build` first, or set CONVSERVE_URL")
    return max(built, key=lambda path: path.stat().st_mtime)


class Service:
    """`with Service() as service:`; $CONVSERVE_URL or `url` names a server that runs already. With arguments one is always
    started, for the one that runs may have others."""

    def __init__(self, url=None, arguments=(), errors=subprocess.STDOUT):
        self.url = url or (None if arguments else os.environ.get("CONVSERVE_URL"))
        self.arguments = list(arguments)
        self.errors = errors
        self.process = None
        self.log = []
        self._local = threading.local()

    def __enter__(self):
        if not self.url:
            self._start()
        return self

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                raise

    def _start(self):
        self.process = subprocess.Popen(
            [binary(), "serve", "--host", "127.0.0.1", "--port", "0", *self.arguments],
            stdout=subprocess.PIPE, stderr=self.errors, text=True,
        )
        found = threading.Event()

        def read():
            for line in self.process.stdout:
                self.log.append(line)
                # The line that says where it listens; it is the first with an address.
                if not found.is_set() and (match := re.search(r"https?://[^\s/]*:\d+", line)):
                    self.url = match.group()
                    found.set()
            found.set()

        threading.Thread(target=read, daemon=True).start()
        if not found.wait(START_SECONDS) or not self.url:
            self.process.kill()
            raise SystemExit("the server did not say where it listens:\n" + "".join(self.log))

    @property
    def address(self):
        parts = urllib.parse.urlsplit(self.url)
        return parts.hostname, parts.port or 80

    def request(self, method, path, body=None, headers=None):
        """(status, headers in lower case, the decoded body's bytes). One kept-alive connection a thread."""
        if not isinstance(body, (bytes, type(None))):
            body = json.dumps(body, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json", **(headers or {})} if body is not None else headers or {}
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = http.client.HTTPConnection(*self.address, timeout=ANSWER_SECONDS)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            raw = answer.read()
        except (http.client.HTTPException, OSError):
            # The server may close a connection after an error; a second failure is real.
            connection.close()
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            raw = answer.read()
        fields = {key.lower(): value for key, value in answer.getheaders()}
        if fields.get("content-encoding") == "gzip":
            raw = gzip.decompress(raw)
        return answer.status, fields, raw

    def close(self):
        """Lets go of this thread's connection."""
        if connection := getattr(self._local, "connection", None):
            connection.close()

    def post(self, path, body, headers=None):
        status, _, raw = self.request("POST", path, body, headers)
        return status, json.loads(raw)
