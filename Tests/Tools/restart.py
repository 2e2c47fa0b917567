#!/usr/bin/env python3
"""Restarts two servers in turn behind nginx, under the load of 64 connections, and counts what the clients got: every
request must be answered with 200. Each server is stopped by SIGTERM, must exit with 0, and comes back on its port."""

import argparse
import collections
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

from nginx import nginx_settings
from service import binary

CONNECTIONS = 64
BODY = b'{"input":[[1,2,3],[4,5,6],[7,8,9]],"weight":[[0,1],[2,3]]}'
ANSWER = b'{"output":[[25,31],[43,49]],"shape":[2,2]}'
REQUEST = b"POST /v1/conv2d HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)

# nginx tries the other server where a connection is refused, or was closed before any of the answer came; a request
# that is not idempotent only where none of it was sent: what is lost then is lost.
NGINX = """
    upstream convserve {{
        server 127.0.0.1:{first} max_fails=0;
        server 127.0.0.1:{second} max_fails=0;
        keepalive 64;
    }}
    server {{
        listen 127.0.0.1:{proxy};
        location / {{
            proxy_pass http://convserve;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }}
    }}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def await_port(port, process):
    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit(f"restart: {process.args[0]} ended with {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return process
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"restart: nobody listens on port {port}")


def start_server(port, delay):
    arguments = ["serve", "--port", str(port), "--drain-delay", str(delay)]
    process = subprocess.Popen([binary(), *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return await_port(port, process)


class Load:
    """Clients that each send the next request when the last was answered, and count the answers."""

    def __init__(self, port):
        self.port = port
        self.ends = threading.Event()
        self.counts = collections.Counter()
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self._run) for _ in range(CONNECTIONS)]
        for thread in self.threads:
            thread.start()

    def _run(self):
        counts = collections.Counter()
        client = None
        while not self.ends.is_set():
            try:
                client = client or socket.create_connection(("127.0.0.1", self.port), 30)
                client.sendall(REQUEST)
                answer = client.recv(65536)
                while answer.startswith(b"HTTP/1.1 200") and not answer.endswith(ANSWER):
                    if not (more := client.recv(65536)):
                        raise OSError("an answer cut short")
                    answer += more
                counts[answer[9:12].decode("latin-1") or "lost"] += 1
                if not answer or b"onnection: close" in answer:
                    client = None
            except OSError as error:
                counts[f"lost ({error})"] += 1
                client = None
        with self.lock:
            self.counts += counts

    def stop(self):
        self.ends.set()
        for thread in self.threads:
            thread.join()
        return self.counts


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=4, help="restarts of each server")
    parser.add_argument("--delay", type=float, default=0, help="the servers' --drain-delay in seconds")
    options = parser.parse_args()
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        raise SystemExit("restart: nginx is not installed")

    ports = [free_port(), free_port()]
    proxy = free_port()
    clean = True
    with tempfile.TemporaryDirectory() as folder:
        settings = pathlib.Path(folder, "nginx.conf")
        settings.write_text(nginx_settings(folder, NGINX.format(proxy=proxy, first=ports[0], second=ports[1])))
        servers = [start_server(port, options.delay) for port in ports]
        command = [nginx, "-c", str(settings), "-p", folder, "-e", f"{folder}/error.log"]
        front = await_port(proxy, subprocess.Popen(command, stderr=subprocess.DEVNULL))
        try:
            load = Load(proxy)
            for _ in range(options.rounds):
                for index, port in enumerate(ports):
                    time.sleep(1)
                    servers[index].send_signal(signal.SIGTERM)
                    clean = servers[index].wait(60) == 0 and clean
                    servers[index] = start_server(port, options.delay)
            time.sleep(1)
            counts = load.stop()
        finally:
            for process in [front, *servers]:
                process.terminate()
                process.wait(60)
        log = pathlib.Path(folder, "error.log").read_text()

    bad = sum(count for status, count in counts.items() if status != "200")
    print(f"{counts['200']} requests answered, {bad} not, over {2 * options.rounds} restarts; exits clean: {clean}")
    if bad:
        print({status: count for status, count in counts.items() if status != "200"})
        print("\n".join(log.splitlines()[-5:]))
    sys.exit(0 if clean and not bad and counts["200"] else 1)


if __name__ == "__main__":
    main()
