"""Servers of their own with other options: who may come in, how often, and what the log says of it."""

import json
import os
import signal
import socket
import time

from service import Service

BODY = {"input": [1]}


def eventually(condition):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return condition()


def status(service, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return service.request("POST", "/v1/relu", BODY, headers)[0]


def test_keys_are_asked_for_and_read_again_on_sighup(tmp_path):
    file = tmp_path / "keys"
    file.write_text("# ours\nfirst-key\n\nsecond-key\n")
    with Service(arguments=["--api-key-file", str(file)]) as service:
        assert status(service, Authorization="Bearer first-key") == 200
        assert status(service, X_Api_Key="second-key") == 200
        code, headers, raw = service.request("POST", "/v1/relu", BODY)
        assert code == 401 and headers["www-authenticate"].startswith("Bearer")
        assert json.loads(raw)["status"] == 401
        assert service.request("GET", "/healthz")[0] == service.request("GET", "/readyz")[0] == 200
        assert service.request("GET", "/metrics")[0] == 401

        file.write_text("third-key\n")
        os.kill(service.process.pid, signal.SIGHUP)
        assert eventually(lambda: status(service, X_Api_Key="third-key") == 200)
        assert status(service, X_Api_Key="first-key") == 401

        file.write_text("with space\n")
        os.kill(service.process.pid, signal.SIGHUP)
        assert eventually(lambda: any("level=error" in line for line in service.log))
        assert status(service, X_Api_Key="third-key") == 200, "the old keys stay"
        assert not any("-key" in line for line in service.log)


def test_a_key_file_that_cannot_be_used_is_an_error_at_the_start(tmp_path):
    for text in (None, "", "with space\n"):
        file = tmp_path / "keys"
        if text is not None:
            file.write_text(text)
        try:
            with Service(arguments=["--api-key-file", str(file)]):
                raise AssertionError("it started")
        except SystemExit as error:
            assert str(file) in str(error) and "Usage" not in str(error)


def test_past_the_rate_429_says_when_to_come_back():
    with Service(arguments=["--rate-limit", "0.01", "--rate-burst", "2"]) as service:
        assert [status(service) for _ in range(3)] == [200, 200, 429]
        _, headers, _ = service.request("POST", "/v1/relu", BODY)
        assert 1 <= int(headers["retry-after"]) <= 100
        assert service.request("GET", "/healthz")[0] == 200


def test_pages_of_other_origins_are_let_in_by_name():
    with Service(arguments=["--cors-origin", "https://example.org"]) as service:
        ask = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
        code, headers, _ = service.request("OPTIONS", "/v1/relu", headers=ask)
        assert code == 204 and headers["access-control-allow-origin"] == "https://example.org"
        _, headers, _ = service.request("POST", "/v1/relu", BODY, {"Origin": "https://example.com"})
        assert "access-control-allow-origin" not in headers and "Origin" in headers["vary"]


def test_the_access_log_has_a_line_a_request_and_nothing_secret():
    with Service(arguments=["--access-log", "on", "--log-format", "json", "--log-level", "trace"]) as service:
        trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        service.request("POST", "/v1/relu", BODY, {"Authorization": "Bearer hush", "traceparent": trace})
        assert eventually(lambda: any('"request"' in line for line in service.log))
        line = json.loads(next(line for line in service.log if '"request"' in line))
        assert line["path"] == "/v1/relu" and line["status"] == "200" and line["peer"] == "127.0.0.1"
        service.request("GET", "/no/such?key=hush", headers={"X-Api-Key": "hush"})
        assert eventually(lambda: any('"404"' in line for line in service.log))
        assert line["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
        bodies = ('{"input":"hush"}', '{"hush":1}', "hush", '{"input":[1],"hush', '{"input":{"shape":[1],"data_base64":"hush"}}')
        for body in bodies:
            for kind in ("application/json", "application/x-npy", "application/vnd.safetensors"):
                service.request("POST", "/v1/relu", body.encode(), {"Content-Type": kind})
        service.request("POST", "/v1/relu", b"hush", {"Content-Encoding": "gzip"})
        with socket.create_connection(service.address, timeout=60) as client:
            client.sendall(b"POST /hush HTTP/1.1\r\nHost: hush\r\nHost: hush\r\n\r\nhush")
            client.recv(4096)
        assert eventually(lambda: sum('"message"' in line for line in service.log) >= 3 + 3 * len(bodies))
        assert not any("hush" in line for line in service.log)


def test_a_log_that_nobody_reads_stops_nobody_and_what_is_lost_is_counted():
    reading, writing = os.pipe()
    try:
        with Service(arguments=["--access-log", "on"], errors=writing) as service:
            # More lines than the pipe and the server hold.
            answers = [service.request("GET", "/no/such/" + 1000 * "x")[0] for _ in range(3000)]
            assert set(answers) == {404}
            text = service.request("GET", "/metrics")[2].decode()
            lost = int(text.split("\nconvserve_log_lines_lost_total ")[1].split("\n")[0])
            assert lost > 0
            assert status(service) == 200
            # Whoever reads late gets whole lines, and is told how many he missed.
            lines = read_lines(reading, until=lambda line: "lines=" in line)
            assert lost <= int(lines[-1].rsplit("lines=", 1)[1]) <= 3010
            assert all(line.startswith("time=") for line in lines)
    finally:
        os.close(reading)
        os.close(writing)


def read_lines(descriptor, until):
    lines, rest = [], b""
    while not lines or not until(lines[-1]):
        *whole, rest = (rest + os.read(descriptor, 65536)).split(b"\n")
        for line in whole:
            lines.append(line.decode())
            if until(lines[-1]):
                break
    return lines


def test_a_time_limit_is_kept_while_it_computes_and_small_requests_go_on():
    # Some 10¹¹ multiply-accumulates by plain loops.
    numbers = "[" + ",".join(["1"] * 200_000) + "]"
    heavy = f'{{"input":{numbers},"weight":[{",".join(["1"] * 20000)}]}}'.encode()
    with Service(arguments=["--threads", "1"]) as service:
        host, port = service.address
        head = f"POST /v1/conv1d HTTP/1.1\r\nHost: a\r\nX-Request-Timeout: 1\r\nContent-Length: {len(heavy)}\r\n\r\n"
        with socket.create_connection((host, port), timeout=120) as slow:
            slow.sendall(head.encode() + heavy)
            assert status(service) == 200
            assert slow.recv(4096).startswith(b"HTTP/1.1 504 ")
        running = 'convserve_running{lane="long"} 0'
        assert eventually(lambda: running in service.request("GET", "/metrics")[2].decode()), "it is stopped"
