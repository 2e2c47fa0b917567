#!/usr/bin/env python3
"""Measures what a server's guests cost: the memory of idle connections, and the answer time of a well-behaved client
beside a thousand slow ones and beside convolutions of ten seconds. Ends with 1 where a bound is broken. Needs two
descriptors a connection (ulimit -n), and a machine with nothing else to do."""

import contextlib
import json
import resource
import socket
import ssl
import statistics
import struct
import sys
import threading
import time
import urllib.parse

from service import ROOT, Service

IDLE = 10_000
IDLE_BYTES = 100_000_000
SLOW = 1_000
# Of the usual time, which others may wait beside the slow ones; on a tiny answer the noise of the machine counts too.
SLOWER = 2.0
NOISE_SECONDS = 0.000_2
REQUESTS = 1_500
# What a long computation may add to the time of a tiny one, and how long "long" is.
DELAY_SECONDS = 0.010
LONG_SECONDS = 10
CERTIFICATES = ROOT / "Tests" / "HTTPServerTests" / "Certificates"
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


def speak_tls(client):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(client)


def receive(client):
    answer = client.recv(65536)
    while b"\r\n\r\n" not in answer:
        answer += client.recv(65536)
    return answer


def resident(process):
    with open(f"/proc/{process.pid}/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def answer_times(address, connect=connect, request=POST, count=REQUESTS, pause=0):
    """The median and the 99th percentile of a request's times, tiny convolutions on one connection, in seconds."""
    times = []
    client = connect(address)
    for _ in range(count):
        time.sleep(pause)
        began = time.perf_counter()
        client.sendall(request)
        answer = receive(client)
        times.append(time.perf_counter() - began)
        if not answer.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"bounds: the well-behaved client got {answer[:40]!r}")
        if b"onnection: close" in answer:
            client.close()
            client = connect(address)
    client.close()
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


def slow_clients(name, address, usual, connect=connect, **attack):
    median, tail = usual
    with Attack(address, **attack):
        attacked, attacked_tail = answer_times(address, connect)
    return check(
        f"{SLOW} connections that {name}",
        attacked <= SLOWER * median + NOISE_SECONDS,
        f"median {attacked * 1e6:.0f} µs, p99 {attacked_tail * 1e6:.0f} µs; usually {median * 1e6:.0f} and {tail * 1e6:.0f}",
    )


def convolutions(layers, extent=512, channels=64):
    """A network of so many 3x3 convolutions of one weight."""
    tensors = {"input": ([1, channels, 16, 16], channels * 16 * 16),
               "w": ([channels, channels, 3, 3], channels * channels * 3 * 3)}
    layer = {"type": "conv2d", "weight": {"tensor": "w"}, "padding": 1}
    network = [{"type": "upsample", "size": [extent, extent]}, *[layer] * layers,
               {"type": "max_pool2d", "kernel_size": extent}]
    header, data = {"__metadata__": {"parameters": json.dumps({"layers": network})}}, b""
    for name, (shape, count) in tensors.items():
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + 4 * count]}
        data += struct.pack("<f", 0.01) * count
    head = json.dumps(header).encode()
    body = struct.pack("<Q", len(head)) + head + data
    return (f"POST /v1/forward HTTP/1.1\r\nHost: x\r\nContent-Type: application/vnd.safetensors\r\n"
            f"Content-Length: {len(body)}\r\n\r\n").encode() + body


def long_work(address):
    """A tiny convolution, and one of some milliseconds, beside as many long ones as wait and run."""
    began = time.perf_counter()
    with contextlib.closing(connect(address)) as client:
        client.sendall(convolutions(10))
        receive(client)
    layers = max(10, round(10 * LONG_SECONDS / (time.perf_counter() - began)))
    requests = {"tiny": (POST, 4_000), "middle": (convolutions(1, extent=64), 1_000)}
    alone = {name: answer_times(address, request=request, count=count // 2, pause=0.001)
             for name, (request, count) in requests.items()}
    held = []
    results = []
    for running in (1, 4):
        while len(held) < running:
            held.append(connect(address))
            held[-1].settimeout(600)
            held[-1].sendall(convolutions(layers))
        time.sleep(0.5)
        for name, (request, count) in requests.items():
            median, tail = answer_times(address, request=request, count=count, pause=0.001)
            usual = alone[name]
            results.append(check(
                f"a {name} convolution beside {running} of {LONG_SECONDS} s",
                name != "tiny" or tail - usual[1] <= DELAY_SECONDS,
                f"median {median * 1e3:.2f} ms, p99 {tail * 1e3:.2f} ms; alone {usual[0] * 1e3:.2f} and {usual[1] * 1e3:.2f}",
            ))
    # The clients go away, and with them the work.
    for client in held:
        client.close()
    return results


def slow_handshakes():
    arguments = ["--tls-certificate", str(CERTIFICATES / "one.pem"), "--tls-key", str(CERTIFICATES / "one.key")]
    with Service(arguments=[*arguments, "--tls-handshake-timeout", "60"]) as service:
        address = service.address

        def connect_tls(address):
            return speak_tls(connect(address))

        usual = answer_times(address, connect_tls)
        # The beginning of a record, an octet at a time.
        return slow_clients("shake hands an octet at a time", address, usual, connect_tls,
                            first=b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", step=lambda client: client.send(b"x"))


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
            *long_work(address),
        ]
    results.append(slow_handshakes())
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
