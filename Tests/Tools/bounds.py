#!/usr/bin/env python3
"""Measures what a server's guests cost: the memory of idle connections, and the answer time of a well-behaved client
beside a thousand slow ones. Ends with 1 where a bound is broken. Needs two descriptors a connection (ulimit -n)."""

import contextlib
import resource
import socket
import statistics
import sys
import threading
import time
import urllib.parse

from service import Service

IDLE = 10_000
IDLE_BYTES = 100_000_000
SLOW = 1_000
# Of the usual time, which others may wait beside the slow ones; on a tiny answer the noise of the machine counts too.
SLOWER = 2.0
NOISE_SECONDS = 0.000_2
REQUESTS = 1_500
TINY = b'{"input":[[1,2,3],[4,5,6],[7,8,9]],"weight":[[0,1],[2,3]]}'
POST = b"POST /v1/conv2d HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (len(TINY), TINY)
GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


def connect(address, receive_buffer=None):
    client = socket.socket()
    if receive_buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    client.settimeout(30)
    client.connect(address)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client


def resident(process):
    with open(f"/proc/{process.pid}/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def answer_times(address):
    """The median and the 99th percentile of tiny convolutions on one connection, in seconds."""
    times = []
    with contextlib.closing(connect(address)) as client:
        for _ in range(REQUESTS):
            began = time.perf_counter()
            client.sendall(POST)
            answer = client.recv(65536)
            times.append(time.perf_counter() - began)
            if not answer.startswith(b"HTTP/1.1 200"):
                raise SystemExit(f"bounds: the well-behaved client got {answer[:40]!r}")
            if b"onnection: close" in answer:
                client = connect(address)
    return statistics.median(times), statistics.quantiles(times, n=100)[98]


class Attack:
    """A thousand connections that each send an octet, or take one, twice a second."""

    def __init__(self, address, first, step, receive_buffer=None):
        self.step = step
        self.clients = []
        for _ in range(SLOW):
            client = connect(address, receive_buffer)
            client.sendall(first)
            client.setblocking(False)
            self.clients.append(client)
        self.ends = threading.Event()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self):
        while not self.ends.wait(0.5):
            for client in self.clients:
                with contextlib.suppress(OSError):
                    self.step(client)

    def __enter__(self):
        time.sleep(1)
        return self

    def __exit__(self, *_):
        self.ends.set()
        self.thread.join()
        for client in self.clients:
            client.close()


def check(name, holds, figures):
    print(f"{'ok' if holds else 'BROKEN':7}{name}: {figures}")
    return holds


def idle_memory(service, address):
    before = resident(service.process)
    with contextlib.ExitStack() as stack:
        for _ in range(IDLE):
            client = stack.enter_context(contextlib.closing(connect(address)))
            client.sendall(GET)
            client.recv(4096)
        cost = resident(service.process) - before
        return check(
            f"{IDLE} idle connections",
            cost < IDLE_BYTES,
            f"{cost / 1e6:.1f} MB, {cost / IDLE:.0f} bytes each, beside {before / 1e6:.1f} MB",
        )


def slow_clients(name, address, usual, **attack):
    median, tail = usual
    with Attack(address, **attack):
        attacked, attacked_tail = answer_times(address)
    return check(
        f"{SLOW} connections that {name}",
        attacked <= SLOWER * median + NOISE_SECONDS,
        f"median {attacked * 1e6:.0f} µs, p99 {attacked_tail * 1e6:.0f} µs; usually {median * 1e6:.0f} and {tail * 1e6:.0f}",
    )


def main():
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if most < IDLE + 200:
        raise SystemExit(f"bounds: needs {IDLE + 200} descriptors, {most} are allowed (ulimit -Hn)")
    arguments = ["--max-connections", str(IDLE + 100), "--header-timeout", "60"]
    with Service(arguments=arguments) as service:
        if service.process is None:
            raise SystemExit("bounds: measures a server of its own: unset CONVSERVE_URL")
        url = urllib.parse.urlsplit(service.url)
        address = (url.hostname, url.port)
        answer_times(address)
        usual = answer_times(address)
        large = b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
        results = [
            slow_clients("send a header an octet at a time", address, usual,
                         first=b"GET / HTTP/1.1\r\nX-Slow: ", step=lambda client: client.send(b"x")),
            slow_clients("take an answer an octet at a time", address, usual,
                         first=large * 8, step=lambda client: client.recv(1), receive_buffer=4096),
            idle_memory(service, address),
        ]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
