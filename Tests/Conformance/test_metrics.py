"""GET /metrics as Prometheus reads it, and by the rules of `promtool check metrics`."""

import re

import pytest
from prometheus_client.parser import text_string_to_metric_families

SEED = {"input": [[1, 2, 3], [4, 5, 6], [7, 8, 9]], "weight": [[0, 1], [2, 3]]}
UNITS = ("seconds", "bytes", "total", "info", "fds", "connections", "depth", "running")


def read(service):
    status, headers, raw = service.request("GET", "/metrics")
    assert status == 200 and headers["content-type"].startswith("text/plain; version=0.0.4")
    return raw.decode()


@pytest.fixture(scope="module")
def text(service):
    service.post("/v1/conv2d", SEED)
    service.request("GET", "/no/such/path")
    return read(service)


def test_every_family_is_declared_once_with_help_and_type(text):
    helps = re.findall(r"^# HELP (\S+) \S", text, re.MULTILINE)
    types = re.findall(r"^# TYPE (\S+) (counter|gauge|histogram)$", text, re.MULTILINE)
    assert len(helps) == len(set(helps)) == len(types)
    assert sorted(helps) == sorted(name for name, _ in types)


def test_names_and_units_follow_the_conventions(text):
    for family in text_string_to_metric_families(text):
        assert re.fullmatch(r"(convserve|process)_[a-z_]+", family.name)
        # The parser takes the suffix off a counter's name.
        name = family.name + "_total" if family.type == "counter" else family.name
        assert name.rsplit("_", 1)[1] in UNITS, name
        assert name.endswith("_total") == (family.type == "counter"), name
        assert not re.search(r"_(milliseconds|ms|kb|mb|percent)(_|$)", name)
        for sample in family.samples:
            assert "le" not in sample.labels or family.type == "histogram"
            assert all(re.fullmatch("[a-z_]+", label) for label in sample.labels)


def test_histograms_are_cumulative_and_agree_with_their_counts(text):
    seen = 0
    for family in text_string_to_metric_families(text):
        if family.type != "histogram":
            continue
        series = {}
        for sample in family.samples:
            labels = tuple(sorted((k, v) for k, v in sample.labels.items() if k != "le"))
            series.setdefault(labels, []).append(sample)
        for samples in series.values():
            buckets = [(float(s.labels["le"]), s.value) for s in samples if s.name.endswith("_bucket")]
            count = next(s.value for s in samples if s.name.endswith("_count"))
            total = next(s.value for s in samples if s.name.endswith("_sum"))
            assert buckets == sorted(buckets) and buckets[-1] == (float("inf"), count)
            assert [value for _, value in buckets] == sorted(value for _, value in buckets)
            assert total >= 0
            seen += 1
    assert seen >= 5


def test_a_request_is_counted_and_timed(service, text):
    def value(name, **labels):
        for family in text_string_to_metric_families(read(service)):
            for sample in family.samples:
                if sample.name == name and sample.labels == labels:
                    return sample.value
        return 0

    before = {stage: value("convserve_request_stage_seconds_count", route="conv2d", stage=stage)
              for stage in ("parse", "queue", "compute", "write")}
    answered = value("convserve_requests_total", route="conv2d", status="200")
    busy = value("convserve_engine_busy_seconds_total")
    service.post("/v1/conv2d", SEED)
    assert value("convserve_requests_total", route="conv2d", status="200") == answered + 1
    for stage, count in before.items():
        assert value("convserve_request_stage_seconds_count", route="conv2d", stage=stage) == count + 1
    assert value("convserve_engine_busy_seconds_total") > busy
    assert value("convserve_connections") >= 1
    assert value("process_resident_memory_bytes") > 1e6
