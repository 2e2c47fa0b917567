"""Stopping, as a process manager sees it: signals, exit codes, and what becomes of requests under way."""

import collections
import contextlib
import signal
import socket
import threading
import time

from service import Service

TINY = b'{"input":[[1,2,3],[4,5,6],[7,8,9]],"weight":[[0,1],[2,3]]}'
REQUEST = b"POST /v1/conv2d HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s" % (len(TINY), TINY)
ANSWER = b'{"output":[[25,31],[43,49]],"shape":[2,2]}'
CONNECTIONS = 64
# Some 10^11 multiply-accumulates by plain loops: longer than any test waits for.
NUMBERS = "[" + ",".join(["1"] * 200_000) + "]"
HEAVY = f'{{"input":{NUMBERS},"weight":[{",".join(["1"] * 20_000)}]}}'.encode()


def receive(client):
    """One answer; empty where the connection ended before its first octet."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        if not (more := client.recv(65536)):
            return answer
        answer += more
    head, _, body = answer.partition(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    while len(body) < length:
        if not (more := client.recv(65536)):
            return answer
        body += more
        answer += more
    return answer


def busy(service):
    """A connection whose request is computed for long."""
    client = socket.create_connection(service.address, 120)
    client.sendall(b"POST /v1/conv1d HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(HEAVY) + HEAVY)
    end = time.monotonic() + 60
    while b'convserve_running{lane="long"} 1' not in service.request("GET", "/metrics")[2]:
        assert time.monotonic() < end
        time.sleep(0.01)
    return client


class Client(threading.Thread):
    """Sends one request after the other until its connection is refused. A request that is not answered is lost; but where
    the connection has not answered any, the server may never have had it: the kernel had made it when the door closed."""

    def __init__(self, address, counts, lock):
        super().__init__()
        self.address, self.counts, self.lock = address, counts, lock

    def run(self):
        counts = collections.Counter()
        client = None
        while True:
            try:
                if not client:
                    client, fate = socket.create_connection(self.address, 60), "unaccepted"
            except ConnectionRefusedError:
                break
            except OSError:
                # Reset while it was being made: nobody has accepted it.
                continue
            try:
                client.sendall(REQUEST)
                answer = receive(client)
            except ConnectionError:
                answer = b""
            counts["answered" if answer.endswith(ANSWER) else fate] += 1
            fate = "lost"
            if not answer or b"\r\nConnection: close" in answer:
                client.close()
                client = None
        with self.lock:
            self.counts += counts


def test_a_drain_under_load_loses_no_request_that_was_accepted():
    for delay in ("0", "0.5"):
        with Service(arguments=["--drain-delay", delay]) as service:
            counts, lock = collections.Counter(), threading.Lock()
            clients = [Client(service.address, counts, lock) for _ in range(CONNECTIONS)]
            for client in clients:
                client.start()
            time.sleep(1)
            service.process.send_signal(signal.SIGTERM)
            for client in clients:
                client.join(120)
            assert service.process.wait(60) == 0
            # The server takes what the kernel has made before it closes. What is left is of the moment in between, which on
            # a busy machine may be long enough for each client to come once.
            assert counts["answered"] > CONNECTIONS and counts["lost"] == 0, counts
            assert counts["unaccepted"] <= CONNECTIONS, counts


def test_readiness_says_no_before_the_door_is_closed():
    with Service(arguments=["--drain-delay", "3"]) as service:
        assert service.request("GET", "/readyz")[0] == 200
        service.process.send_signal(signal.SIGTERM)
        end = time.monotonic() + 60
        while service.request("GET", "/readyz")[0] != 503:
            assert time.monotonic() < end
        assert service.request("GET", "/healthz")[0] == 200
        status, headers, _ = service.request("POST", "/v1/relu", {"input": [1]})
        assert status == 200 and headers["connection"] == "close"
        assert service.process.wait(60) == 0


def test_what_is_computed_at_the_drains_end_is_cut_and_the_exit_code_says_so():
    with Service(arguments=["--drain-timeout", "1", "--threads", "1"]) as service:
        with contextlib.closing(busy(service)) as client:
            service.process.send_signal(signal.SIGTERM)
            assert service.process.wait(60) == 1
            with contextlib.suppress(ConnectionResetError):
                assert client.recv(1) == b""


def test_a_second_signal_stops_at_once():
    with Service(arguments=["--drain-timeout", "600", "--threads", "1"]) as service:
        with contextlib.closing(busy(service)):
            service.process.send_signal(signal.SIGTERM)
            # Sooner it would count as the same wish.
            time.sleep(1)
            assert service.process.poll() is None, "the request under way keeps it"
            began = time.monotonic()
            service.process.send_signal(signal.SIGTERM)
            assert service.process.wait(60) == 1
            assert time.monotonic() - began < 30


def test_an_idle_server_ends_at_once_with_0():
    for number in (signal.SIGTERM, signal.SIGINT):
        with Service(arguments=["--drain-timeout", "600"]) as service:
            service.process.send_signal(number)
            assert service.process.wait(60) == 0
