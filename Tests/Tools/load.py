#!/usr/bin/env python3
"""Measures a server under load, side by side with others that are there: nginx that answers `return 200`, and FastAPI
with PyTorch. The servers share one core and are measured in turn, wrk has another; a figure is the median of the turns.
Says on standard error what it is at, prints a table and writes the figures as JSON. What a machine's neighbours do moves
all figures of a turn: the ratios hold better than the rates."""

import argparse
import contextlib
import json
import os
import pathlib
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from nginx import nginx_settings
from restart import await_port, free_port
from service import ROOT, Service, binary

TOOLS = pathlib.Path(__file__).resolve().parent
TINY = '{"input":[[1,2,3],[4,5,6],[7,8,9]],"weight":[[0,1],[2,3]]}'
ANSWER = '{"output":[[25,31],[43,49]],"shape":[2,2]}'
# As wrk sends it.
REQUEST = (f"POST /v1/conv2d HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nContent-Type: application/json\r\n"
           f"Content-Length: {len(TINY)}\r\n\r\n{TINY}").encode()
PIPELINED = 16
LARGE_CONNECTIONS = 2
PEER_MODULES = "import fastapi, orjson, torch, uvicorn"
# Nothing that is waited for may take longer, in seconds: the import of the modules, the end of a process, an answer to wrk,
# and one count by valgrind, in which a program takes some fifty times as long.
IMPORT_SECONDS = 60
END_SECONDS = 20
WRK_TIMEOUT = 20
COUNT_SECONDS = 90

NGINX = """
    server {{
        listen 127.0.0.1:{port};
        default_type application/json;
        location / {{ return 200 '{answer}'; }}
    }}
"""

# The figures on a line of their own; microseconds.
WRK = """
wrk.method = "{method}"
wrk.path = "/v1/conv2d"
{body}
function done(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format("figures %d %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(50),
        latency:percentile(99), errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"""
WITH_BODY = """
wrk.headers["Content-Type"] = "application/json"
local file = io.open("{path}", "rb")
wrk.body = file:read("*a")
file:close()
"""
TOGETHER = """
function init() together = wrk.format():rep({count}) end
function request() return together end
"""


def say(text):
    print(f"load: {text}", file=sys.stderr, flush=True)


def end(process):
    """Asks it to stop, and stops it if it does not."""
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def random_tensor(source, shape):
    if not shape:
        return round(source.gauss(0, 1), 6)
    return [random_tensor(source, shape[1:]) for _ in range(shape[0])]


def write_bodies(folder):
    """A tiny convolution, one of an image and a large one, the same numbers each time."""
    source = random.Random(1)
    shapes = {"image": ([1, 3, 224, 224], [16, 3, 3, 3]), "large": ([1, 64, 112, 112], [64, 64, 3, 3])}
    (folder / "tiny.json").write_text(TINY)
    for name, (image, weight) in shapes.items():
        body = {"input": random_tensor(source, image), "weight": random_tensor(source, weight), "padding": 1}
        (folder / f"{name}.json").write_text(json.dumps(body))


def write_script(folder, name, body=None, extra=""):
    text = WITH_BODY.format(path=folder / f"{body}.json") if body else ""
    script = folder / f"{name}.lua"
    script.write_text(WRK.format(method="POST" if body else "GET", body=text) + extra)
    return script


@contextlib.contextmanager
def on_core(core):
    """What is started within runs on this core alone."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextlib.contextmanager
def peer(command, port, folder=None):
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield await_port(port, process)
    finally:
        end(process)


def run_wrk(script, url, connections, seconds):
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", f"{WRK_TIMEOUT}s", "-s", script, url]
    text = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=seconds + 2 * WRK_TIMEOUT).stdout
    requests, duration, p50, p99, errors = map(int, re.search(r"^figures (.*)$", text, re.M).group(1).split())
    if not requests:
        raise SystemExit(f"load: {script.stem} had no answer from {url} in time; give more --seconds")
    if errors:
        raise SystemExit(f"load: {errors} errors in {requests} requests of {script.stem} to {url}\n{text}")
    return {"rate": requests / duration * 1e6, "p50": p50 / 1e3, "p99": p99 / 1e3}


def idle_seconds(core):
    """How long it has had nothing to do, since the machine started."""
    idle = re.search(rf"^cpu{core} \d+ \d+ \d+ (\d+)", pathlib.Path("/proc/stat").read_text(), re.M).group(1)
    return int(idle) / os.sysconf("SC_CLK_TCK")


def await_idle(core):
    """What was measured before may have work left: garbage to collect, threads that wait for more by spinning."""
    period, deadline = 0.2, time.monotonic() + END_SECONDS
    while time.monotonic() < deadline:
        before = idle_seconds(core)
        time.sleep(period)
        if idle_seconds(core) - before >= 0.9 * period:
            return
    raise SystemExit(f"load: processor {core}, which the servers share, is never idle")


def measure(measurements, turns, servers_core, core):
    """Each measurement once a turn; the medians by name."""
    figures = {name: [] for name, *_ in measurements}
    for turn in range(turns):
        for name, url, script, connections, seconds in measurements:
            await_idle(servers_core)
            with on_core(core):
                figures[name].append(run_wrk(script, url, connections, seconds))
            say(f"turn {turn + 1} of {turns}: {' of '.join(name)}: {figures[name][-1]['rate']:,.1f} requests/s")
    medians = {}
    for name, turns in figures.items():
        medians[name] = {key: statistics.median(turn[key] for turn in turns) for key in turns[0]}
        medians[name]["tail"] = statistics.median(turn["p99"] / turn["p50"] for turn in turns)
    return medians, figures


def start_figures(times=7):
    """Milliseconds from the start of the process to the first answer, and MB resident then."""
    ready, resident = [], []
    for _ in range(times):
        port = free_port()
        began = time.perf_counter()
        process = subprocess.Popen([binary(), "serve", "--port", str(port), "--log-level", "error"],
                                   stdout=subprocess.DEVNULL)
        try:
            service = Service(url=f"http://127.0.0.1:{port}")
            while True:
                try:
                    status, _, _ = service.request("GET", "/readyz")
                    break
                except OSError:
                    time.sleep(0.000_5)
            assert status == 200
            ready.append((time.perf_counter() - began) * 1e3)
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            resident.append(int(re.search(r"VmRSS:\s*(\d+)", status).group(1)) * 1024 / 1e6)
            service.close()
        finally:
            end(process)
    return statistics.median(ready), statistics.median(resident)


def counted(tool, pattern, requests):
    """What valgrind counts in a server that answers so many tiny requests on one connection."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        # valgrind gives up on debug information that is newer than itself.
        server = pathlib.Path(folder, "convserve")
        subprocess.run(["strip", "--strip-debug", "-o", server, binary()], check=True)
        command = ["valgrind", *tool, f"--log-file={folder}/log", server, "serve", "--port", str(port)]
        # callgrind writes its profile where it is.
        with peer(command, port, folder):
            with socket.create_connection(("127.0.0.1", port), timeout=COUNT_SECONDS) as client:
                began = time.monotonic()
                for _ in range(requests):
                    if time.monotonic() - began > COUNT_SECONDS:
                        raise TimeoutError
                    client.sendall(REQUEST)
                    if not client.recv(65536).startswith(b"HTTP/1.1 200"):
                        raise SystemExit("load: a tiny request was not answered with 200")
        return int(re.search(pattern, pathlib.Path(folder, "log").read_text()).group(1).replace(",", ""))


def costs():
    """Allocations and instructions of one more tiny request on a connection that is in use."""
    kinds = {
        "allocations": (["--tool=memcheck", "--leak-check=no", "--undef-value-errors=no"], r"usage: ([\d,]+) allocs"),
        "instructions": (["--tool=callgrind"], r"Collected : (\d+)"),
    }
    few, many = 100, 500
    costs = {}
    for name, (tool, pattern) in kinds.items():
        say(f"counting {name} with valgrind")
        try:
            costs[name] = (counted(tool, pattern, many) - counted(tool, pattern, few)) / (many - few)
        except (OSError, SystemExit) as error:
            say(f"{name} are not counted: {error or 'it takes too long'}")
    return costs


def peers_python(given):
    """A Python that has what the peer needs, or None."""
    for path in [given] if given else [ROOT / ".venv/bin/python", shutil.which("python3")]:
        if not path or not os.path.exists(path):
            continue
        try:
            found = subprocess.run([path, "-c", PEER_MODULES], stderr=subprocess.DEVNULL, timeout=IMPORT_SECONDS)
        except subprocess.TimeoutExpired:
            say(f"{path} takes over {IMPORT_SECONDS} s to import what the peer needs")
            continue
        if not found.returncode:
            return path
    return None


def print_table(rows):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = zip(row, widths)
        print("  ".join(cell.rjust(width) if index else cell.ljust(width) for index, (cell, width) in enumerate(cells)))
    print()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of a measurement in a turn; the larger bodies have twice that")
    parser.add_argument("--connections", type=int, default=64, help=f"of the tiny requests; the larger bodies have {LARGE_CONNECTIONS}")
    parser.add_argument("--python", help="one that has fastapi, uvicorn, orjson and torch; otherwise .venv's, if it has")
    parser.add_argument("--json", type=pathlib.Path, default=ROOT / "bench-results/load.json")
    options = parser.parse_args()
    if not shutil.which("wrk"):
        raise SystemExit("load: needs wrk")
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        raise SystemExit("load: needs two cores")
    nginx = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    python = peers_python(options.python)
    for name, there in [("nginx", nginx), ("a Python with fastapi, uvicorn, orjson and torch", python)]:
        if not there:
            say(f"without {name}")

    say("starting the server a few times")
    ready, resident = start_figures()
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        write_bodies(folder)
        scripts = {name: write_script(folder, name, name) for name in ("tiny", "image", "large")}
        scripts["get"] = write_script(folder, "get")
        scripts["pipelined"] = write_script(folder, "pipelined", "tiny", TOGETHER.format(count=PIPELINED))
        urls = {}
        with on_core(cores[0]):
            service = stack.enter_context(Service(arguments=["--access-log", "off"]))
            urls["convserve"] = service.url
            if nginx:
                port = free_port()
                (folder / "nginx.conf").write_text(nginx_settings(folder, NGINX.format(port=port, answer=ANSWER)))
                stack.enter_context(peer([nginx, "-e", folder / "error.log", "-c", folder / "nginx.conf"], port))
                urls["nginx"] = f"http://127.0.0.1:{port}"
            if python:
                port = free_port()
                command = [python, "-m", "uvicorn", "fastapi_peer:app", "--app-dir", TOOLS, "--port", str(port)]
                stack.enter_context(peer([*command, "--no-access-log"], port))
                urls["FastAPI"] = f"http://127.0.0.1:{port}"

        kinds = [("tiny", "convserve"), ("tiny", "nginx"), ("get", "nginx"), ("tiny", "FastAPI"),
                 ("pipelined", "convserve"), ("pipelined", "nginx"),
                 ("image", "convserve"), ("image", "FastAPI"), ("large", "convserve"), ("large", "FastAPI")]
        small, large = (options.connections, options.seconds), (LARGE_CONNECTIONS, 2 * options.seconds)
        measurements = [
            ((kind, server), urls[server], scripts[kind], *(large if kind in ("image", "large") else small))
            for kind, server in kinds if server in urls
        ]
        planned = options.turns * sum(seconds for *_, seconds in measurements)
        say(f"{options.turns} turns of {len(measurements)} measurements, {planned} s together")
        medians, turns = measure(measurements, options.turns, *cores[:2])
    cost = costs() if shutil.which("valgrind") and shutil.which("strip") else {}

    words = {"tiny": "tiny convolution, POST", "get": "GET", "pipelined": f"tiny, {PIPELINED} pipelined",
             "image": "1×3×224×224 by 16×3×3×3", "large": "1×64×112×112 by 64×64×3×3"}
    rows = [("request", "server", "requests/s", "p50 ms", "p99 ms", "p99/p50")]
    for (kind, server), figures in medians.items():
        title = {"nginx": "nginx return 200", "FastAPI": "FastAPI + PyTorch"}.get(server, server)
        rate = f"{figures['rate']:,.{0 if figures['rate'] > 100 else 1}f}"
        rows.append((words[kind], title, rate, f"{figures['p50']:.2f}", f"{figures['p99']:.2f}", f"{figures['tail']:.1f}"))
    print_table(rows)

    def ratio(kind, other, other_kind=None):
        """Of the rates, turn by turn; None where the other was not measured."""
        pair = turns.get((kind, "convserve")), turns.get((other_kind or kind, other))
        return statistics.median(a["rate"] / b["rate"] for a, b in zip(*pair)) if all(pair) else None

    aims = [
        ("tiny, of nginx's rate with the same POST", ratio("tiny", "nginx"), "≥ 0.9"),
        ("tiny, of nginx's rate with a GET", ratio("tiny", "nginx", "get"), ""),
        ("pipelined, of the rate one by one", ratio("pipelined", "convserve", "tiny"), "> 1"),
        ("tiny, p99 of p50", medians["tiny", "convserve"]["tail"], "< 3"),
        ("tiny, of FastAPI's rate", ratio("tiny", "FastAPI"), ""),
        ("image, of FastAPI's rate", ratio("image", "FastAPI"), "≥ 5"),
        ("large, of FastAPI's rate", ratio("large", "FastAPI"), "≥ 5"),
        ("MB resident, idle", resident, "< 20"),
        ("ms from start to the first answer", ready, "< 50"),
        ("allocations a tiny request", cost.get("allocations"), ""),
        ("instructions a tiny request", cost.get("instructions"), ""),
    ]
    measured = [(name, value, aim) for name, value, aim in aims if value is not None]
    print_table([("figure", "measured", "aim")] + [
        (name, f"{value:,.0f}" if value >= 1000 else f"{value:.2f}", aim) for name, value, aim in measured
    ])
    report = {
        "rates": [{"request": kind, "server": server, **figures} for (kind, server), figures in medians.items()],
        "turns": [{"request": kind, "server": server, "turns": list} for (kind, server), list in turns.items()],
        "figures": {name: value for name, value, _ in measured},
    }
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    print(f"kept in {options.json}")


if __name__ == "__main__":
    main()
