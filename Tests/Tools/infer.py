#!/usr/bin/env python3
"""Measures inference over HTTP beside what one would write without convserve: networks with random weights, exported from PyTorch,
asked by /v2 with octets both ways, by one client and by several at once.

For each network and number of threads, turn by turn: requests to convserve, the same requests to FastAPI with ONNX Runtime
(`inference_peer.py`), and `session.run` of ONNX Runtime alone. Prints the least and the median of what a client waits, of the
`compute` that Server-Timing gives, of ONNX Runtime's own time, the ratios, and requests a second with one client and several.
Progress goes to standard error. With one thread each side computes on one core, and the clients are on another.

Usage: infer.py [NETWORK …] [--threads 1 2] [--clients 8] [--seconds 2] [--rounds 5]. Needs PyTorch, ONNX Runtime, FastAPI, uvicorn
and orjson. The server is $CONVSERVE_BINARY, or the newest build.
"""

import argparse
import json
import os
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import numpy as np  # noqa: E402
import onnxruntime  # noqa: E402
import torch  # noqa: E402

import networks  # noqa: E402
from service import Service, binary  # noqa: E402

NETWORKS = {
    "resnet18": networks.ResNet18, "resnet50": networks.ResNet50, "mobilenet_v2": networks.MobileNetV2,
    "squeezenet": networks.SqueezeNet,
}
SHAPE = [1, 3, 224, 224]
# Of the machine, before any of it is set aside.
CORES = sorted(os.sched_getaffinity(0))
warnings.filterwarnings("ignore")


def progress(text):
    print(text, file=sys.stderr, flush=True)


class Client:
    """One kept-alive connection and one request, sent over and over."""

    def __init__(self, address, model, x):
        head = json.dumps({
            "inputs": [{
                "name": "input", "shape": list(x.shape), "datatype": "FP32", "parameters": {"binary_data_size": x.nbytes},
            }],
            "parameters": {"binary_data_output": True},
        }).encode()
        body = head + x.tobytes()
        self.request = (
            f"POST /v2/models/{model}/infer HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n"
            f"Inference-Header-Content-Length: {len(head)}\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body
        self.socket = socket.create_connection(address, timeout=120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self):
        """(milliseconds that the client waits, the answer's head, its body)"""
        began = time.perf_counter()
        self.socket.sendall(self.request)
        answer = b""
        while (end := answer.find(b"\r\n\r\n")) < 0:
            answer += self.receive()
        head = answer[:end].decode().lower()
        left = int(re.search(r"\ncontent-length: (\d+)", head)[1]) - (len(answer) - end - 4)
        while left > 0:
            part = self.receive()
            answer, left = answer + part, left - len(part)
        took = (time.perf_counter() - began) * 1000
        if " 200 " not in head.split("\r\n")[0]:
            raise SystemExit(f"{head}\n{answer[end:][:500]}")
        return took, head, answer[end + 4:]

    def receive(self):
        part = self.socket.recv(1 << 16)
        if not part:
            raise SystemExit("the server closed the connection")
        return part


def computing(head):
    return float(re.search(r"compute;dur=([\d.]+)", head)[1])


def outputs(head, body):
    length = int(re.search(r"inference-header-content-length: (\d+)", head)[1])
    return np.frombuffer(body, np.float32, offset=length)


def repeated(run, seconds):
    """What `run` gives, at least three times."""
    found, end = [], time.perf_counter() + seconds
    while len(found) < 3 or time.perf_counter() < end:
        found.append(run())
    return found


def throughput(address, model, x, clients, seconds):
    counts, end = [0] * clients, time.perf_counter() + seconds
    connections = [Client(address, model, x) for _ in range(clients)]

    def work(place):
        while time.perf_counter() < end:
            connections[place].ask()
            counts[place] += 1

    threads = [threading.Thread(target=work, args=(place,)) for place in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - began)


class Peer:
    """FastAPI and ONNX Runtime on a free port."""

    def __init__(self, model, threads):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = free.getsockname()
        here = pathlib.Path(__file__).resolve().parent
        self.process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "inference_peer:app", "--host", "127.0.0.1", "--port", str(self.address[1]),
             "--log-level", "error", "--no-access-log"],
            cwd=here, env={**os.environ, "PEER_MODEL": str(model), "PEER_THREADS": str(threads)},
        )

    def __enter__(self):
        for _ in range(600):
            try:
                socket.create_connection(self.address).close()
                return self
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.1)
        raise SystemExit("the peer did not start: are FastAPI, uvicorn and orjson there?")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def cores(threads):
    """(those that compute, those of the clients)"""
    return ({CORES[-1]}, set(CORES[:-1])) if threads == 1 and len(CORES) > 1 else (set(CORES), set(CORES))


def measure(name, onnx, models, threads, options):
    computing_cores, client_cores = cores(threads)
    x = np.random.default_rng(1).standard_normal(SHAPE, np.float32)
    os.sched_setaffinity(0, computing_cores)
    session_options = onnxruntime.SessionOptions()
    session_options.intra_op_num_threads, session_options.log_severity_level = threads, 3
    # Its threads must not spin while it is another's turn.
    session_options.add_session_config_entry("session.force_spinning_stop", "1")
    session = onnxruntime.InferenceSession(str(onnx), session_options, providers=["CPUExecutionProvider"])

    def alone():
        began = time.perf_counter()
        session.run(None, {"input": x})
        return (time.perf_counter() - began) * 1000

    arguments = ["--models", str(models), "--access-log", "off", "--threads", str(threads)]
    waits, computed, peer_waits, alone_times, rates = [], [], [], [], {}
    with Service(arguments=arguments) as service, Peer(onnx, threads) as peer:
        os.sched_setaffinity(0, client_cores)
        ours, theirs = Client(service.address, name, x), Client(peer.address, name, x)
        _, head, body = ours.ask()
        wanted = session.run(None, {"input": x})[0].ravel()
        worst = float(np.abs(outputs(head, body) - wanted).max() / max(1, np.abs(wanted).max()))
        for turn in range(options.rounds):
            progress(f"{name}, {threads} threads: turn {turn + 1} of {options.rounds}")
            ours.ask(), theirs.ask()
            answers = repeated(ours.ask, options.seconds / 4)
            waits += [wait for wait, _, _ in answers]
            computed += [computing(head) for _, head, _ in answers]
            peer_waits += [wait for wait, _, _ in repeated(theirs.ask, options.seconds / 4)]
            os.sched_setaffinity(0, computing_cores)
            alone()
            alone_times += repeated(alone, options.seconds / 4)
            os.sched_setaffinity(0, client_cores)
            for clients in (1, options.clients):
                for side, address in (("ours", service.address), ("theirs", peer.address)):
                    rate = throughput(address, name, x, clients, options.seconds / 4)
                    rates.setdefault((side, clients), []).append(rate)
    best = {key: max(values) for key, values in rates.items()}
    row = {
        "network": name, "threads": threads,
        "wait_ms": [min(waits), statistics.median(waits)], "compute_ms": [min(computed), statistics.median(computed)],
        "fastapi_ms": [min(peer_waits), statistics.median(peer_waits)],
        "onnxruntime_ms": [min(alone_times), statistics.median(alone_times)],
        "per_second": [best["ours", 1], best["ours", options.clients]],
        "fastapi_per_second": [best["theirs", 1], best["theirs", options.clients]], "difference": worst,
    }
    def pair(values):
        return f"{values[0]:8.2f}/{values[1]:7.2f}"

    print(
        f"{name:13}{threads:3}{pair(row['wait_ms'])}{pair(row['fastapi_ms'])}{min(peer_waits) / min(waits):6.2f}"
        f"{pair(row['compute_ms'])}{pair(row['onnxruntime_ms'])}{min(alone_times) / min(computed):6.2f}"
        f"{best['ours', 1]:8.1f}{best['ours', options.clients]:8.1f}"
        f"{best['ours', options.clients] / best['ours', 1]:6.2f}{best['theirs', 1]:8.1f}{best['theirs', options.clients]:8.1f}"
        f"  {worst:.1e}",
        flush=True,
    )
    return row


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", choices=[*NETWORKS, []], metavar="NETWORK", help=", ".join(NETWORKS))
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=2, help="of a turn, for each thing that is measured")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=pathlib.Path, help="keep the exported networks here, and take those that are there")
    parser.add_argument("--json", type=pathlib.Path, help="write the figures to this file")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as made:
        folder = options.folder or pathlib.Path(made)
        chosen = options.networks or list(NETWORKS)
        for name in chosen:
            onnx, models = folder / f"{name}.onnx", folder / name
            if not onnx.exists():
                progress(f"exporting {name}")
                folder.mkdir(exist_ok=True)
                networks.exported(networks.randomized(NETWORKS[name]()), torch.zeros(SHAPE), onnx)
            if not models.exists():
                models.mkdir()
                subprocess.run([binary(), "import", onnx, models / name], check=True, stdout=subprocess.DEVNULL)
        print(
            f"{'':16}{'client waits, ms':>17}{'FastAPI, ms':>15}{'ratio':>6}{'compute, ms':>17}{'ONNX Runtime, ms':>16}"
            f"{'ratio':>6}{'1/s':>8}{f'{options.clients} at once':>10}{'':4}{'FastAPI 1/s':>8}{f'{options.clients}':>6}  difference"
        )
        for name in chosen:
            for threads in options.threads:
                rows.append(measure(name, folder / f"{name}.onnx", folder / name, threads, options))
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
