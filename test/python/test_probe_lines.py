"""Access logs without our probes, and changes to modules once they are imported: python -m unittest discover test/python."""

import asyncio
import importlib
import importlib.machinery
import logging
import os
import sys
import tempfile
import types
import unittest
from typing import Any, List

SOURCES = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "src", "python"))
sys.path.insert(0, SOURCES)

from serve_bento_worker import probe_lines  # noqa: E402
from serve_bento_worker.after_import import after_import  # noqa: E402
from serve_bento_worker.inherited import hide  # noqa: E402

OURS = b"serve-bento-probe"


class HttpTest(unittest.TestCase):
    def setUp(self) -> None:
        self.addCleanup(setattr, logging.Logger, "handle", logging.Logger.handle)

    def ask(self, user_agent: bytes, status: int, logger: str = "bentoml.access") -> List[str]:
        lines: List[str] = []

        class Collecting(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                lines.append(record.getMessage())

        async def app(scope: dict, receive: object, send: Any) -> None:
            await send({"type": "http.response.start", "status": status})
            log = logging.getLogger(logger)
            # As a service that configures logging by itself.
            log.handlers, log.filters, log.propagate = [Collecting()], [], False
            log.setLevel(logging.INFO)
            log.info("asked")

        class Config:
            loaded_app: Any = None

            def load(self) -> None:
                self.loaded_app = app

        async def send(_: dict) -> None:
            pass

        probe_lines.of_http(Config)
        config = Config()
        config.load()
        scope = {"type": "http", "headers": [(b"user-agent", user_agent)]}
        asyncio.run(config.loaded_app(scope, None, send))
        return lines

    def test_a_probe_that_succeeded_is_not_in_the_access_log(self) -> None:
        for logger in ("bentoml.access", "uvicorn.access", "my.service.access"):
            self.assertEqual(self.ask(OURS, 200, logger), [])

    def test_nor_one_that_follows_a_redirect(self) -> None:
        self.assertEqual(self.ask(OURS, 307), [])

    def test_one_that_failed_is_and_so_are_requests_of_others_and_other_lines(self) -> None:
        self.assertEqual(self.ask(OURS, 503), ["asked"])
        self.assertEqual(self.ask(b"curl", 200), ["asked"])
        self.assertEqual(self.ask(OURS, 200, "my.service"), ["asked"])


class GrpcTest(unittest.TestCase):
    def is_logged(self, *metadata: Any) -> bool:
        logged: List[bool] = []

        class Interceptor:
            async def intercept_service(self, continuation: Any, details: Any) -> Any:
                logged.append(True)
                return await continuation(details)

        async def continuation(details: Any) -> str:
            return "handler"

        probe_lines.of_grpc(Interceptor)
        details = types.SimpleNamespace(invocation_metadata=metadata)
        self.assertEqual(asyncio.run(Interceptor().intercept_service(continuation, details)), "handler")
        return logged == [True]

    def test_our_calls_are_not_in_the_access_log(self) -> None:
        self.assertFalse(self.is_logged(("user-agent", "serve-bento-probe grpc-node-js/1.14.0")))

    def test_calls_of_others_are(self) -> None:
        for agent in ("grpc-node-js/1.14.0", "serve-bento-probes grpc-python/1", "grpc-python/1 serve-bento-probe"):
            self.assertTrue(self.is_logged(("user-agent", agent)))
        self.assertTrue(self.is_logged(("other", "serve-bento-probe")))
        self.assertTrue(self.is_logged())


class AfterImportTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(setattr, sys, "path", list(sys.path))
        self.addCleanup(setattr, sys, "meta_path", list(sys.meta_path))
        self.addCleanup(sys.modules.pop, "changed_later", None)
        sys.path.insert(0, folder.name)
        with open(os.path.join(folder.name, "changed_later.py"), "w") as file:
            file.write("value = 1\n")

    def test_changes_a_module_once_it_is_imported_and_each_change_holds(self) -> None:
        seen: List[Any] = []
        after_import("changed_later", lambda module: setattr(module, "value", module.value + 1))
        after_import("changed_later", lambda module: setattr(module, "value", module.value * 10))
        after_import("changed_later", lambda module: seen.append(module.__name__))
        self.assertEqual(seen, [])
        self.assertNotIn("changed_later", sys.modules)
        import changed_later  # type: ignore[import-not-found]

        self.assertEqual(changed_later.value, 20)
        self.assertEqual(seen, ["changed_later"])
        after_import("changed_later", lambda module: seen.append(module.value))
        self.assertEqual(seen, ["changed_later", 20])

    def test_changes_a_module_of_an_inherited_package_once_the_package_is_imported(self) -> None:
        seen: List[str] = []
        package, module = types.ModuleType("inherited"), types.ModuleType("inherited.inner")
        package.__spec__ = importlib.machinery.ModuleSpec("inherited", None, is_package=True)
        for one in (package, module):
            self.addCleanup(sys.modules.pop, one.__name__, None)
            sys.modules[one.__name__] = one
        hide(["inherited"])
        after_import("inherited.inner", lambda module: seen.append(module.__name__))
        self.assertEqual(seen, [])
        self.assertIs(importlib.import_module("inherited"), package)
        self.assertEqual(seen, ["inherited.inner"])

    def test_of_a_module_that_does_not_exist_changes_nothing(self) -> None:
        after_import("no_such_module_at_all", lambda _: self.fail())
        with self.assertRaises(ModuleNotFoundError):
            __import__("no_such_module_at_all")


if __name__ == "__main__":
    unittest.main()
