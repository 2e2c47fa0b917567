"""TLS as the process serves it: its files, SIGHUP, and the health check of a container."""

import os
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time

from service import ROOT, Service, binary

CERTIFICATES = ROOT / "Tests" / "HTTPServerTests" / "Certificates"
REQUEST = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"


def identity(folder, name):
    """The certificate and key that the server is to serve now."""
    for kind in ("pem", "key"):
        shutil.copy(CERTIFICATES / f"{name}.{kind}", folder / f"new.{kind}")
        os.replace(folder / f"new.{kind}", folder / f"served.{kind}")
    return ["--tls-certificate", str(folder / "served.pem"), "--tls-key", str(folder / "served.key")]


def context(certificate=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(CERTIFICATES / "authority.pem")
    if certificate:
        context.load_cert_chain(CERTIFICATES / f"{certificate}.pem", CERTIFICATES / f"{certificate}.key")
    return context


def connect(service, certificate=None):
    return context(certificate).wrap_socket(socket.create_connection(service.address, 60))


def name(client):
    return client.getpeercert()["subject"][0][0][1]


def health(service, *arguments, **environment):
    host, port = service.address
    command = [binary(), "health", "--host", host, "--port", str(port), "--timeout", "30", *arguments]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120)


def test_new_files_are_served_on_sighup_and_no_connection_is_lost(tmp_path):
    with Service(arguments=identity(tmp_path, "one")) as service:
        failures, answers, ends = [], [], threading.Event()

        def work():
            count, kept = 0, connect(service)
            while not ends.is_set():
                try:
                    for client in (kept, connect(service)):
                        client.sendall(REQUEST)
                        answer = client.recv(4096)
                        assert answer.startswith(b"HTTP/1.1 200"), answer
                        count += 1
                        if client is not kept:
                            client.close()
                        elif b"\r\nConnection: close" in answer:
                            kept = connect(service)
                except (OSError, AssertionError) as error:
                    failures.append(error)
                    kept = connect(service)
            answers.append(count)

        workers = [threading.Thread(target=work) for _ in range(8)]
        for worker in workers:
            worker.start()
        for number in range(20):
            expected = ("two", "one")[number % 2]
            identity(tmp_path, expected)
            os.kill(service.process.pid, signal.SIGHUP)
            end = time.monotonic() + 60
            while name(connect(service)) != f"{expected}.test":
                assert time.monotonic() < end
        ends.set()
        for worker in workers:
            worker.join(120)
        assert not failures and sum(answers) > 20, failures


def test_files_that_cannot_be_used_are_reported_and_the_old_ones_served_on(tmp_path):
    with Service(arguments=identity(tmp_path, "one")) as service:
        for name_of_key in ("two.key", "encrypted.key", "make"):
            shutil.copy(CERTIFICATES / name_of_key, tmp_path / "served.key")
            before = sum("keeping the certificates" in line for line in service.log)
            os.kill(service.process.pid, signal.SIGHUP)
            end = time.monotonic() + 60
            while sum("keeping the certificates" in line for line in service.log) == before:
                assert time.monotonic() < end
                time.sleep(0.01)
            assert name(connect(service)) == "one.test"


def test_files_that_cannot_be_used_are_an_error_at_the_start(tmp_path):
    for key, reason in (("two.key", "does not belong"), ("encrypted.key", "encrypted"), ("missing", "cannot read")):
        arguments = ["--tls-certificate", str(CERTIFICATES / "one.pem"), "--tls-key", str(CERTIFICATES / key)]
        try:
            with Service(arguments=arguments):
                raise AssertionError("it started")
        except SystemExit as error:
            assert reason in str(error) and "Usage" not in str(error)


def test_health_asks_by_tls_where_the_server_has_a_certificate(tmp_path):
    with Service(arguments=identity(tmp_path, "one")) as service:
        assert health(service, CONVSERVE_TLS_CERTIFICATE=str(tmp_path / "served.pem")).returncode == 0
        plain = health(service)
        assert plain.returncode == 1 and "answers 400" in plain.stderr


def test_health_shows_a_certificate_where_the_server_wants_one(tmp_path):
    arguments = [*identity(tmp_path, "one"), "--tls-client-ca", str(CERTIFICATES / "authority.pem")]
    with Service(arguments=arguments) as service:
        served = {"CONVSERVE_TLS_CERTIFICATE": str(tmp_path / "served.pem")}
        without = health(service, **served)
        assert without.returncode == 1 and "--client-certificate" in without.stderr, without.stderr

        def shown(certificate):
            return {"CONVSERVE_HEALTH_CERTIFICATE": str(CERTIFICATES / f"{certificate}.pem"),
                    "CONVSERVE_HEALTH_KEY": str(CERTIFICATES / f"{certificate}.key")}

        assert health(service, **served, **shown("client")).returncode == 0
        for refused in ("stranger-client", "expired-client"):
            answer = health(service, **served, **shown(refused))
            assert answer.returncode == 1 and "--client-certificate" in answer.stderr, answer.stderr
        bad = health(service, "--client-key", str(CERTIFICATES / "two.key"), **served, **shown("client"))
        assert bad.returncode == 1 and "cannot be used" in bad.stderr
        client = connect(service, "client")
        client.sendall(REQUEST)
        assert client.recv(4096).startswith(b"HTTP/1.1 200")
