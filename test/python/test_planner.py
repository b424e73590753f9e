"""The planner's parts that need no BentoML: python -m unittest discover test/python."""

import functools
import importlib
import importlib.machinery
import json
import os
import sys
import tempfile
import traceback
import types
import unittest
import unittest.mock
from typing import Optional

SOURCES = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "src", "python"))
sys.path.insert(0, SOURCES)

from serve_bento_planner import (  # noqa: E402
    answer,
    config_options,
    grpc_check,
    importing,
    listening,
    metrics_server,
    names,
    raised,
    sources,
    workers,
    workload,
)
from serve_bento_planner.commands import runner_map  # noqa: E402
from serve_bento_planner.problem import PlanProblem  # noqa: E402
from serve_bento_planner.process import planned_process  # noqa: E402
from serve_bento_planner.recording import Watcher  # noqa: E402
from serve_bento_planner.text import Tokens, address_of  # noqa: E402


class TextTest(unittest.TestCase):
    def test_escapes_the_users_dollar_signs_and_fills_in_ours(self) -> None:
        tokens = Tokens()
        text = '{{"a": "{}", "cost": "$(port) $5"}}'.format(tokens.token("$(address:http)"))
        self.assertEqual(tokens.fill_in(text), '{"a": "$(address:http)", "cost": "$$(port) $$5"}')

    def test_tokens_are_not_prefixes_of_each_other(self) -> None:
        tokens = Tokens()
        made = [tokens.token("$({})".format(chr(97 + index))) for index in range(12)]
        self.assertEqual(tokens.fill_in(made[11] + made[1]), "$(l)$(b)")

    def test_an_id_cannot_end_its_placeholder(self) -> None:
        self.assertEqual(address_of("service:a) $(port"), "$(address:service:a%29%20%24%28port)")
        self.assertEqual(runner_map({'"q"': address_of("runner:q")}), '{"\\"q\\"": "$(address:runner:q)"}')


class ProcessTest(unittest.TestCase):
    def test_sockets_and_worker_numbers_become_placeholders_and_only_differences_stay(self) -> None:
        tokens = Tokens()
        args = ["-m", "x", "--fd", "$(circus.sockets.upper)", "--worker-id", "$(CIRCUS.WID)", "$(circus.env.x)"]
        env = {"PATH": os.environ["PATH"], "NEW": "1"}
        process = planned_process(Watcher("runner_upper", "python", args, 2, "/bento", env), tokens)
        wanted = ["python", "-m", "x", "--fd", "$(fd:self)", "--worker-id", "$(worker)", "$$(circus.env.x)"]
        self.assertEqual(process["argv"], wanted)
        self.assertEqual(process["env"], {"NEW": "1"})
        self.assertEqual((process["count"], process["sockets"], process["cwd"]), (2, ["self"], "/bento"))

    @unittest.skipIf(os.name == "nt", "only POSIX quotes the interpreter")
    def test_an_interpreter_with_a_space_is_one_argument(self) -> None:
        self.assertEqual(Watcher("w", "'/my env/python'", ["-m"]).argv(), ["/my env/python", "-m"])


class MetricsServerTest(unittest.TestCase):
    def watcher_args(self, args: "list[str]") -> "list[str]":
        return metrics_server.correcting(lambda name, args, **_: args)("w", args)

    def test_only_the_server_that_is_told_its_directory_late_is_corrected(self) -> None:
        module = metrics_server.MODULE
        old = [*module, "--fd", "1", "--prometheus-dir", "d"]
        self.assertEqual(self.watcher_args(old), [metrics_server.SCRIPT, *old[2:]])
        for other in ([*module, "--fd", "1"], ["-m", "bentoml_cli.worker.runner", "--prometheus-dir", "d"]):
            self.assertEqual(self.watcher_args(other), other)


class WorkersTest(unittest.TestCase):
    def created(self, values: "Optional[dict]", *args: str) -> "list[str]":
        return workers.run_by_us(lambda name, args, **_: args, values)("worker", list(args))

    def test_every_worker_is_run_by_our_script_and_no_other_program(self) -> None:
        for module in ("_bentoml_impl.worker.service", "bentoml_cli.worker.runner", "bentoml_cli.worker.grpc_api_server"):
            self.assertEqual(self.created(None, "-m", module, "svc"), [workers.SCRIPT, module, "svc"])
        for args in (["-m", "http.server"], ["/grpc_metrics.py"], ["--http-port=1"], []):
            self.assertEqual(self.created(None, *args), args)
        self.assertTrue(os.path.isfile(workers.SCRIPT))

    def test_the_values_of_a_build_file_go_to_workers(self) -> None:
        values = {"args": {"size": "$(huge)"}, "aliases": {"flowers": "iris:latest"}}
        args = self.created(values, "-m", "_bentoml_impl.worker.service", "service:Reader")
        wanted = ["--build-file-values", json.dumps(values), "_bentoml_impl.worker.service", "service:Reader"]
        self.assertEqual(args, [workers.SCRIPT, *wanted])


class SettingsTest(unittest.TestCase):
    def test_ours_come_after_what_the_user_has_set(self) -> None:
        before = os.environ.get(config_options.NAME)
        os.environ[config_options.NAME] = "a=1"
        try:
            key = config_options.key("services", "My svc", "workers")
            self.assertEqual(config_options.joined({key: 2}), 'a=1 services."My svc".workers=2')
        finally:
            del os.environ[config_options.NAME]
            if before is not None:
                os.environ[config_options.NAME] = before

    def test_an_unknown_runner_is_named_beside_those_there_are(self) -> None:
        with self.assertRaises(PlanProblem) as raised:
            names.check_runner_names({"runners": {"uper": {}}}, "shout", ["upper", "count"], "runner")
        self.assertEqual(raised.exception.line["code"], "unknown-runner")
        self.assertEqual(raised.exception.line["key"], "runnerUnknown")
        self.assertEqual(raised.exception.line["args"], {"service": "shout", "names": "uper", "known": "upper, count"})
        names.check_runner_names({"runners": {"upper": {}}}, "shout", ["upper"], "runner")


class WorkloadTest(unittest.TestCase):
    def test_resources_are_as_they_are_written_and_what_is_no_quantity_is_shown(self) -> None:
        said = {"cpu": 0.5, "memory": "4Gi", "gpu": None}
        self.assertEqual(workload.resources(said), {"resources": {"cpu": 0.5, "memory": "4Gi"}})
        self.assertEqual(workload.resources({"cpu": [1], "gpu": True}), {"resources": {"cpu": "[1]", "gpu": "True"}})
        self.assertEqual(workload.resources({"cpu": float("nan")}), {"resources": {"cpu": "nan"}})
        self.assertEqual(workload.resources({"cpu": "system", "memory": None}), {})

    def test_devices_of_a_runner_are_counted(self) -> None:
        config = {"runners": {"metrics": {"enabled": True}}}
        for devices, gpu in (([0, 2], 2), (2, 2), ("1", "1"), ([], None), (0, None)):
            runner = types.SimpleNamespace(resource_config={workload.DEVICES: devices})
            with self.subTest(devices=devices), unittest.mock.patch.multiple(
                workload, configuration=lambda: config, is_of_this_machine=lambda _: False
            ):
                found = workload.of_runner(runner)
                self.assertEqual(found.get("resources"), None if gpu is None else {"gpu": gpu})

    def test_metrics_that_are_switched_off_have_no_place(self) -> None:
        self.assertEqual(workload.served_metrics({"enabled": False}, "/metrics", "mine"), {})
        served = {"metrics": {"path": "/metrics", "namespace": "mine"}}
        self.assertEqual(workload.served_metrics(None, "/metrics", "mine"), served)


class ListeningTest(unittest.TestCase):
    def test_a_value_that_is_not_a_port_is_reported_with_its_source(self) -> None:
        for value in (70000, -1, 65536, "http", 80.5, True, ""):
            with self.subTest(value=value):
                found = listening.set_values({"port": value, "metrics": {"port": value}})
                text = str(value) or "''"
                self.assertEqual(
                    found,
                    {
                        "invalidPort": text,
                        "portSource": listening.CODE,
                        "invalidMetricsPort": text,
                        "metricsPortSource": listening.CODE,
                    },
                )

    def test_a_port_is_a_number_and_0_is_any(self) -> None:
        self.assertEqual(listening.set_values({"port": "3000"})["port"], 3000)
        self.assertEqual(listening.set_values({"host": "", "port": 0, "metrics": {"port": 0}}), {})


class RaisedTest(unittest.TestCase):
    def line(self, error: BaseException) -> dict:
        try:
            raise error
        except BaseException as caught:
            return raised.as_line(caught)

    def test_is_what_python_would_print(self) -> None:
        line = self.line(KeyError("iris"))
        self.assertEqual((line["type"], line["doing"]), ("raised", "import"))
        self.assertTrue(line["traceback"].startswith("Traceback (most recent call last):\n"))
        self.assertTrue(line["traceback"].endswith("KeyError: 'iris'\n"))

    def test_of_a_long_one_the_end_counts(self) -> None:
        text = self.line(ValueError("x" * 50000))["traceback"]
        self.assertEqual(len(text), raised.LONGEST)

    def test_has_no_frames_of_ours(self) -> None:
        with unittest.mock.patch.object(answer, "make_plan", side_effect=SystemExit(3)):
            line = answer.answer({}, lambda _: None)
        self.assertTrue(line["traceback"].endswith("SystemExit: 3\n"))
        self.assertNotIn("serve_bento_planner", line["traceback"])

    def test_says_when_a_deployment_hook_raised_it(self) -> None:
        failed = raised.DeploymentFailed()
        failed.__cause__ = ValueError("no table")
        with unittest.mock.patch.object(answer, "make_plan", side_effect=failed):
            line = answer.answer({}, lambda _: None)
        self.assertEqual(line["doing"], "deployment")
        self.assertIn("ValueError: no table", line["traceback"])

    def test_has_the_parts_of_the_chain_nearest_first(self) -> None:
        def work() -> None:
            try:
                os.listdir("/nope")
            except OSError as error:
                raise ValueError("two\nlines") from error

        try:
            work()
        except ValueError as error:
            chain = raised.as_line(error)["chain"]
        self.assertEqual(
            [(one["type"], one["message"], one["relation"]) for one in chain],
            [
                ("ValueError", "two\nlines", None),
                ("FileNotFoundError", "[Errno 2] No such file or directory: '/nope'", "cause"),
            ],
        )
        self.assertEqual([one["facts"] for one in chain], [{}, {"errno": 2, "file": "/nope"}])
        self.assertEqual([frame["function"] for frame in chain[0]["frames"]][-1], "work")
        self.assertEqual(chain[0]["frames"][-1]["file"], __file__)
        self.assertEqual(chain[0]["frames"][-1]["code"], 'raise ValueError("two\\nlines") from error')

    def test_says_in_fields_what_the_message_says_too(self) -> None:
        def facts(error: BaseException) -> object:
            return raised.chain(error)[0]["facts"]

        with self.assertRaises(ImportError) as missing:
            importlib.import_module("json.nothing")
        self.assertEqual(facts(missing.exception), {"module": "json.nothing"})
        self.assertEqual(facts(ModuleNotFoundError("No module named 'x'")), {})
        self.assertEqual(facts(OSError(28, "No space left on device", b"/data")), {"errno": 28, "file": "/data"})
        self.assertEqual(facts(OSError("odd", object(), 3)), {})

    def test_tells_what_sys_exit_hides(self) -> None:
        try:
            try:
                raise KeyError("iris")
            except KeyError:
                sys.exit(3)
        except SystemExit as error:
            error.__suppress_context__ = True
            chain = raised.chain(error)
        self.assertEqual([(one["type"], one["relation"]) for one in chain], [("SystemExit", None), ("KeyError", "context")])

    def test_an_exception_that_cannot_be_shown_is_shown_by_its_type(self) -> None:
        class Odd(Exception):
            def __str__(self) -> str:
                raise SystemExit(1)

        error = Odd()
        error.__cause__ = error
        line = self.line(error)
        self.assertEqual([one["message"] for one in line["chain"]], [""])
        self.assertIn("Odd", line["traceback"])

    def test_a_source_that_cannot_be_parsed_has_its_place(self) -> None:
        try:
            compile("a = (\n", "/x/service.py", "exec")
        except SyntaxError as error:
            [one] = raised.chain(error)
        self.assertEqual((one["frames"][-1]["file"], one["frames"][-1]["line"]), ("/x/service.py", 1))


class ImportingTest(unittest.TestCase):
    def test_reports_the_users_file_that_is_being_imported_and_leaves_no_trace_in_tracebacks(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for name, text in (("sb_outer.py", "import json.tool, sb_inner\nraise ValueError(1)"), ("sb_inner.py", "")):
                with open(os.path.join(folder, name), "w") as file:
                    file.write(text)
            reported: list = []
            sys.path.insert(0, folder)
            sys.modules.pop("json.tool", None)
            try:
                with importing.reporting(reported.append):
                    import sb_outer  # type: ignore[import-not-found] # noqa: F401
            except ValueError as error:
                shown = "".join(traceback.format_exception(ValueError, error, error.__traceback__))
            finally:
                sys.path.remove(folder)
                sys.modules.pop("sb_inner", None)
            outer, inner = os.path.join(folder, "sb_outer.py"), os.path.join(folder, "sb_inner.py")
            self.assertEqual(reported, [outer, inner, outer, None])
            self.assertNotIn("importing.py", shown)
            self.assertNotIn("<frozen", shown)
        self.assertNotIn("exec_module", vars(importlib.machinery.SourceFileLoader))


class SourcesTest(unittest.TestCase):
    def test_are_the_users_modules_wherever_they_are_and_links_beside_their_targets(self) -> None:
        with tempfile.TemporaryDirectory() as temporary:
            root = os.path.realpath(temporary)
            at = functools.partial(os.path.join, root)
            os.makedirs(at("project"))
            os.makedirs(at("site-packages"))
            for name in ("shared.py", "target.py", "site-packages/installed.py"):
                with open(at(name), "w"):
                    pass
            os.symlink(at("target.py"), at("project", "service.py"))
            # An editable install may be a link in site-packages to a folder of the user.
            os.makedirs(at("package"))
            with open(at("package/module.py"), "w"):
                pass
            os.symlink(at("package"), at("site-packages/linked"))
            linked = at("site-packages/linked/module.py")
            files = [at("project", "service.py"), at("shared.py"), at("site-packages/installed.py"), os.__file__, linked]
            modules = {str(number): types.SimpleNamespace(__file__=file) for number, file in enumerate(files)}
            with unittest.mock.patch.dict(sys.modules, modules):
                found = sources.sources(at("project"))
            self.assertIn(at("project", "bentofile.yaml"), found)
            for file in ("project/service.py", "project/service/__init__.py", "target.py", "shared.py", "package/module.py"):
                self.assertIn(at(file), found)
            for file in (at("site-packages/installed.py"), os.__file__, sources.__file__):
                self.assertNotIn(file, found)


class GrpcCheckTest(unittest.TestCase):
    @unittest.skipIf("grpc" in sys.modules, "grpc is there")
    def test_says_what_cannot_be_imported(self) -> None:
        hidden = {name: sys.modules.get(name) for name in ("grpc",)}
        sys.modules["grpc"] = None  # type: ignore[assignment]
        try:
            problem = grpc_check.problem({"reflection": True, "protocolVersion": "v1"})
        finally:
            for name, module in hidden.items():
                if module is None:
                    del sys.modules[name]
                else:
                    sys.modules[name] = module
        self.assertEqual((problem or {}).get("module"), "grpc")
        self.assertIn("ModuleNotFoundError", (problem or {}).get("traceback", ""))


if __name__ == "__main__":
    unittest.main()
