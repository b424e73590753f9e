"""The planner's parts that need no BentoML: python -m unittest discover test/python."""

import os
import sys
import tempfile
import unittest

SOURCES = os.path.join(os.path.dirname(__file__), "..", "..", "src", "python")
sys.path.insert(0, SOURCES)

from serve_bento_planner import config_options, grpc_check, known_causes, metrics_server, names  # noqa: E402
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
        self.assertEqual(runner_map({'"q"': "runner:q"}), '{"\\"q\\"": "$(address:runner:q)"}')


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
        self.assertEqual(raised.exception.code, "unknown-runner")
        self.assertIn("uper", raised.exception.message)
        self.assertIn("it has upper, count", raised.exception.message)
        names.check_runner_names({"runners": {"upper": {}}}, "shout", ["upper"], "runner")


class KnownCausesTest(unittest.TestCase):
    def explain(self, error: BaseException) -> PlanProblem:
        try:
            raise error
        except BaseException as raised:
            return known_causes.explain(raised, {"bento": "service:svc", "workingDir": os.sep + "nowhere"})

    def test_each_has_its_repair(self) -> None:
        cases = [
            (ModuleNotFoundError("No module named 'bentoml'", name="bentoml"), "no-bentoml", "pip install bentoml"),
            (ModuleNotFoundError("x", name="pkg_resources"), "import-failed", '"setuptools<81"'),
            (ModuleNotFoundError("x", name="sklearn.svm"), "import-failed", "pip install scikit-learn"),
            (ImportError("cannot import name 'service' from 'google.protobuf'"), "grpc-unavailable", '"protobuf<5"'),
            (ValueError("x requires runners {'a'}, but only set() are provided."), "missing-runner", "{'a'}"),
            (KeyError("first\nsecond"), "import-failed", "KeyError"),
            (SystemExit(2), "import-failed", "sys.exit(2)"),
        ]
        for error, code, text in cases:
            with self.subTest(error=repr(error)):
                problem = self.explain(error)
                self.assertEqual(problem.code, code)
                self.assertIn(text, problem.message)
                self.assertNotIn("\n", problem.message)

    def test_the_users_frame_counts_through_bentomls_wrapping(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            file = os.path.join(os.path.realpath(directory), "model.py")
            with open(file, "w") as source:
                source.write("\n\nraise LookupError('no weights')\n")
            try:
                try:
                    with open(file) as source:
                        exec(compile(source.read(), file, "exec"), {})
                except LookupError as error:
                    raise RuntimeError("wrapped") from error
            except RuntimeError as error:
                problem = known_causes.explain(error, {"bento": "model", "workingDir": directory})
        self.assertEqual((problem.file, problem.line, problem.exception), (file, 3, "LookupError"))
        self.assertIn("no weights (model.py:3)", problem.message)


class GrpcCheckTest(unittest.TestCase):
    @unittest.skipIf("grpc" in sys.modules, "grpc is there")
    def test_says_what_to_install(self) -> None:
        hidden = {name: sys.modules.get(name) for name in ("grpc",)}
        sys.modules["grpc"] = None  # type: ignore[assignment]
        try:
            message = grpc_check.problem(reflection=True)
        finally:
            for name, module in hidden.items():
                if module is None:
                    del sys.modules[name]
                else:
                    sys.modules[name] = module
        self.assertIn("grpc cannot be imported", message or "")
        self.assertIn('"grpcio-reflection<1.63"', message or "")


if __name__ == "__main__":
    unittest.main()
