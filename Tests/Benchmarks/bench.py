#!/usr/bin/env python3
"""Measures layers and networks with `convbench` and with the peers that this Python can import, turn by turn, and prints
a table: the best peer of each layer, ours, and by how much we are ahead. The last result is kept, and compared with."""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
NETWORKS = ["resnet18", "resnet50", "mobilenet_v2", "squeezenet"]
FILES = ["convolutions", "other-convolutions", "pooling", "elementwise", *(f"networks/{name}" for name in NETWORKS)]


class Ours:
    """A convbench that measures what it is asked for."""

    def __init__(self, convbench, file, threads):
        command = [convbench, "layers", file, "--threads", str(threads), "--on-demand"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, question):
        self.process.stdin.write(f"{question}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def times(run, seconds=0.05):
    """Milliseconds of one run: the least and the median."""
    run(), run()
    samples, start = [], time.perf_counter()
    while len(samples) < 5 or (time.perf_counter() - start < seconds and len(samples) < 2000):
        begin = time.perf_counter()
        run()
        samples.append((time.perf_counter() - begin) * 1e3)
    return min(samples), statistics.median(samples)


def bodies(file):
    """(name, body of POST /v1/shapes) of each layer of a file."""
    content = json.load(open(file))
    if isinstance(content, dict):
        return [(os.path.splitext(os.path.basename(file))[0], content)]
    return [(entry["name"], {"input_shape": entry["input_shape"], "layers": [entry["layer"]]}) for entry in content]


def prepared(peers, body):
    """What can run the body, by peer. A peer that cannot is left out."""
    found = {}
    for name, prepare in peers.items():
        try:
            run = prepare(json.loads(json.dumps(body)))
            if run:
                run()
                found[name] = run
        except Exception:
            continue
    return found


def measure(file, threads, peers, options):
    ours = Ours(options.convbench, file, threads)
    rows, entries = [], bodies(file)
    for index, (name, body) in enumerate(entries):
        if options.only and options.only not in name:
            continue
        if sys.stderr.isatty():
            print(f"\r\033[K{os.path.basename(file)} {index + 1}/{len(entries)} {name}", end="", file=sys.stderr, flush=True)
        runs = prepared(peers, body)
        taken, peak = {"ours": []}, []
        for _ in range(options.rounds):
            peak.append(ours.ask("peak")["gflops"])
            answer = ours.ask(index)
            taken["ours"].append((answer["min_ms"], answer["ms"]))
            for peer, run in runs.items():
                taken.setdefault(peer, []).append(times(run))
        row = {"name": name, "algorithm": answer["algorithm"], "gflops_peak": max(peak), "threads": threads}
        row["min"] = {who: min(least for least, _ in samples) for who, samples in taken.items()}
        row["median"] = {who: statistics.median(middle for _, middle in samples) for who, samples in taken.items()}
        work = answer["gflops"] * answer["ms"] / row["min"]["ours"], answer["gbytes_s"] * answer["ms"] / row["min"]["ours"]
        row["gflops"], row["gbytes_s"] = work
        rows.append(row)
        del runs
    ours.close()
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    return rows


def show(title, rows, before):
    print(f"\n{title}")
    print(f"{'layer':38} {'best peer':>9} {'':12} {'ours':>9} {'ratio':>6} {'GF/s':>6} {'GB/s':>6} {'of peak':>7}  {'':10} change")
    ratios = []
    for row in rows:
        peers = {who: ms for who, ms in row["min"].items() if who != "ours"}
        ours, best = row["min"]["ours"], min(peers, key=peers.get) if peers else ""
        ratio = peers[best] / ours if peers else math.nan
        if peers:
            ratios.append(ratio)
        old = before.get((title, row["name"]))
        change = f"{100 * (ours / old - 1):+.0f} %" if old else ""
        peak = row["gflops"] / row["gflops_peak"] / row["threads"]
        share = f"{100 * peak:.0f} %" if row["gflops"] >= 1 else ""
        print(f"{row['name']:38} {peers.get(best, math.nan):9.4f} {best:12} {ours:9.4f} {ratio:6.2f} {row['gflops']:6.0f}"
              f" {row['gbytes_s']:6.1f} {share:>7}  {row['algorithm']:10} {change}")
    if ratios:
        mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
        print(f"{'geometric mean':38} {'':32} {mean:6.2f}   least {min(ratios):.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", help="layer files or networks (default: all beside this script)")
    parser.add_argument("--convbench", default=os.path.join(HERE, "../../.build/release/convbench"))
    parser.add_argument("--threads", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=5, help="turns of each side for each layer")
    parser.add_argument("--only", default="", help="layers whose names hold this")
    parser.add_argument("--peers", default="", help="only these, with commas between; \"none\": ours alone")
    parser.add_argument("--kept", default=os.path.join(HERE, "../../bench-results/bench.json"), help="where the last result is")
    options = parser.parse_args()
    before = {}
    if os.path.exists(options.kept):
        for title, rows in json.load(open(options.kept))["tables"].items():
            before.update({(title, row["name"]): row["min"]["ours"] for row in rows})
    tables, versions = {}, {}
    for threads in options.threads:
        peers = {}
        if options.peers != "none":
            try:
                import peers as known

                peers, versions = known.installed(threads), known.versions()
            except ImportError as error:
                print(f"no peers: {error}", file=sys.stderr)
        if options.peers:
            peers = {name: peer for name, peer in peers.items() if name in options.peers.split(",")}
        if threads == 1 and hasattr(os, "sched_setaffinity"):
            allowed = os.sched_getaffinity(0)
            os.sched_setaffinity(0, {max(allowed)})
        for file in options.files or [f"{HERE}/{name}.json" for name in FILES]:
            title = f"{os.path.splitext(os.path.basename(file))[0]}, {threads} thread{'s' if threads > 1 else ''}"
            tables[title] = measure(file, threads, peers, options)
            show(title, tables[title], before)
        if threads == 1 and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, allowed)
    kept = {"versions": versions, "tables": tables}
    if os.path.exists(options.kept):
        kept["tables"] = json.load(open(options.kept))["tables"] | tables
    os.makedirs(os.path.dirname(os.path.abspath(options.kept)), exist_ok=True)
    json.dump(kept, open(options.kept, "w"), indent=1)
    if versions:
        print("\n" + ", ".join(f"{name} {version}" for name, version in versions.items()))


if __name__ == "__main__":
    main()
