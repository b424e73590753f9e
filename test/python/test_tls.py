"""TLS as BentoML takes it, and as its workers forget it: python -m unittest discover test/python."""

import os
import ssl
import sys
import types
import unittest
from typing import List
from unittest import mock

SOURCES = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "src", "python"))
sys.path.insert(0, SOURCES)

from serve_bento_planner import tls  # noqa: E402
from serve_bento_planner.problem import PlanProblem  # noqa: E402
from serve_bento_planner.text import Tokens  # noqa: E402
from serve_bento_worker import tls as worker_tls  # noqa: E402

HTTP = "bentoml_cli.worker.http_api_server"
GRPC = "bentoml_cli.worker.grpc_api_server"


class ParametersTest(unittest.TestCase):
    def test_are_none_without_tls(self) -> None:
        self.assertEqual(tls.parameters({"enabled": True}, Tokens()), {})

    def test_are_bentomls_and_leave_the_files_open(self) -> None:
        tokens = Tokens()
        asked = {"clientCertificates": "required", "version": "TLSv1.2", "caFile": "/a$b.pem", "ciphers": "ECDHE"}
        given = tls.parameters({"tls": asked}, tokens)
        self.assertEqual(given["ssl_version"], int(ssl.PROTOCOL_TLSv1_2))
        self.assertEqual(given["ssl_cert_reqs"], 2)
        options = tls.options(given, tokens)
        self.assertEqual(options[:4], ["--ssl-certfile", "$(certFile)", "--ssl-keyfile", "$(keyFile)"])
        self.assertEqual(options[-4:], ["--ssl-ca-certs", "/a$$b.pem", "--ssl-ciphers", "ECDHE"])

    def test_leave_to_bentoml_what_is_not_asked_for(self) -> None:
        given = tls.parameters({"tls": {"clientCertificates": "none", "version": "auto"}}, Tokens())
        self.assertEqual(sorted(given), ["ssl_certfile", "ssl_keyfile"])

    def test_of_bentomls_own_configuration_are_refused(self) -> None:
        tls.check_configured(["--fd", "3"], {}, "http")
        tls.check_configured(["--ssl-certfile", "a"], {"ssl_certfile": "a"}, "http")
        with self.assertRaises(PlanProblem) as raised:
            tls.check_configured(["--ssl-certfile", "a"], {}, "grpc")
        self.assertEqual(raised.exception.line["code"], "tls")
        self.assertEqual(raised.exception.line["setting"], "serveBento.grpc.tls.certFile")


class WorkerTest(unittest.TestCase):
    def made(self, *argv: str) -> dict:
        uvicorn = types.SimpleNamespace(Config=lambda app, **options: options)
        with mock.patch.dict(sys.modules, {"uvicorn": uvicorn}):
            worker_tls.correct([HTTP, *argv])
            return uvicorn.Config("app", backlog=1)

    def test_heeds_what_was_asked_for(self) -> None:
        options = ("--ssl-version", "5", "--ssl-cert-reqs", "2", "--ssl-ciphers", "ECDHE")
        self.assertEqual(
            self.made(*options), {"backlog": 1, "ssl_version": 5, "ssl_cert_reqs": 2, "ssl_ciphers": "ECDHE"}
        )

    def test_leaves_what_bentoml_passes_by_itself(self) -> None:
        self.assertEqual(self.made("--ssl-version", "17", "--ssl-ciphers", "TLSv1"), {"backlog": 1})

    def test_changes_only_legacy_workers(self) -> None:
        changed: List[str] = []
        with mock.patch.object(worker_tls, "after_import", lambda name, change: changed.append(name)):
            for module in ("_bentoml_impl.worker.service", "bentoml_cli.worker.runner", HTTP, GRPC):
                worker_tls.correct([module, "--ssl-certfile", "a"])
        self.assertEqual(changed, ["uvicorn", "bentoml.grpc.utils"])


if __name__ == "__main__":
    unittest.main()
