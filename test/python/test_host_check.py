"""Which Host headers reach BentoML versions that unpickle requests: python -m unittest discover test/python."""

import asyncio
import os
import sys
import unittest
from typing import Any, Dict, List
from unittest import mock

SOURCES = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "src", "python"))
sys.path.insert(0, SOURCES)

from serve_bento_worker import host_check  # noqa: E402

FORWARDED = ["name-3000.app.example"]
ACCEPTED = (
    *("127.0.0.1", "127.0.0.1:3000", "10.1.2.3:3000", "[::1]", "[::1]:3000", "[fe80::1]:80"),
    *("localhost", "localhost:3000", "LocalHost:3000", "a.b.localhost", "a.localhost:3000"),
    *("name-3000.app.example", "NAME-3000.app.example:443"),
)
REFUSED = (
    *("", ":3000", "evil.example", "evil.example:3000", "localhost.evil.example", "evillocalhost", ".localhost"),
    *("127.0.0.1.evil.example", "127.0.0.1@evil.example", "evil.example#localhost", "::1", "[::1", "[evil.example]"),
    *("localhost, evil.example", "localhost:3000:1", "localhost:x", "local\u212aost", "127.0.0.\u00b2"),
    *("app.example", "x.name-3000.app.example", "localhost\n"),
)


class Exchange:
    """One request to an application behind the check."""

    def __init__(self, kind: str, *hosts: bytes, **scope: Any) -> None:
        self.reached = False
        self.sent: List[Dict[str, Any]] = []
        headers = [(b"accept", b"*/*"), *((b"host", host) for host in hosts)]
        app = host_check.checked(self.app, FORWARDED)
        asyncio.run(app({"type": kind, "headers": headers, **scope}, self.receive, self.send))

    async def app(self, *_: Any) -> None:
        self.reached = True

    async def receive(self) -> Dict[str, Any]:
        raise AssertionError("nothing of a refused request is read")

    async def send(self, message: Dict[str, Any]) -> None:
        self.sent.append(message)


class HostCheckTest(unittest.TestCase):
    def test_accepts_addresses_localhost_and_forwarded_hosts(self) -> None:
        for host in ACCEPTED:
            for kind in ("http", "websocket"):
                with self.subTest(host=host, kind=kind):
                    exchange = Exchange(kind, host.encode())
                    self.assertTrue(exchange.reached)
                    self.assertEqual(exchange.sent, [])

    def test_refuses_every_other_host(self) -> None:
        for host in REFUSED:
            with self.subTest(host=host):
                exchange = Exchange("http", host.encode("utf-8"))
                self.assertFalse(exchange.reached)
                self.assertEqual(exchange.sent[0]["status"], 403)

    def test_refuses_a_missing_and_a_repeated_host(self) -> None:
        self.assertFalse(Exchange("http").reached)
        self.assertFalse(Exchange("http", b"localhost", b"localhost").reached)
        self.assertFalse(Exchange("websocket", b"localhost", b"evil.example").reached)

    def test_says_why_and_what_to_do(self) -> None:
        start, body = Exchange("http", b"evil.example").sent
        self.assertEqual((start["type"], body["type"]), ("http.response.start", "http.response.body"))
        self.assertIn((b"content-length", str(len(body["body"])).encode()), start["headers"])
        for text in (b"Host header", b"CVE-2025-27520", b"localhost", b"1.4.3"):
            self.assertIn(text, body["body"])

    def test_refuses_web_sockets_as_the_server_can(self) -> None:
        refused = Exchange("websocket", b"evil.example")
        self.assertEqual(refused.sent, [{"type": "websocket.close", "code": 1008}])
        able = Exchange("websocket", b"evil.example", extensions={"websocket.http.response": {}})
        types = [message["type"] for message in able.sent]
        self.assertEqual(types, ["websocket.http.response.start", "websocket.http.response.body"])
        self.assertFalse(refused.reached or able.reached)

    def test_lets_the_start_and_the_end_of_the_server_through(self) -> None:
        self.assertTrue(Exchange("lifespan").reached)

    def test_is_around_the_application_that_uvicorn_has_loaded(self) -> None:
        class Config:
            loaded_app: Any = None

            def load(self) -> None:
                self.loaded_app = "app"

        with mock.patch.object(host_check, "checked", lambda app, forwarded: (app, forwarded)):
            host_check.put_around(Config, FORWARDED)
            config = Config()
            config.load()
        self.assertEqual(config.loaded_app, ("app", FORWARDED))

    def test_is_for_workers_of_class_services_and_hidden_from_their_code(self) -> None:
        changed: List[str] = []
        with mock.patch.object(host_check, "after_import", lambda name, change: changed.append(name)):
            for module in ("bentoml_cli.worker.runner", host_check.MODULE):
                with mock.patch.dict(os.environ, {host_check.VARIABLE: "a.example"}):
                    host_check.check_hosts(module)
                    self.assertNotIn(host_check.VARIABLE, os.environ)
        self.assertEqual(changed, ["uvicorn.config"])


if __name__ == "__main__":
    unittest.main()
