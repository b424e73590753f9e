"""The sources as a whole: what Python 3.8 can read, and what is always there."""

import ast
import pathlib
import sys
import unittest
from typing import Iterator

SOURCES = pathlib.Path(__file__).resolve().parents[2] / "src" / "python"
OWN = {path.stem for path in SOURCES.iterdir()} | {path.stem for path in (SOURCES / "helper").iterdir()}


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.split(".")[0]


class SourcesTest(unittest.TestCase):
    def test_python_3_8_can_read_every_file(self) -> None:
        for path in SOURCES.rglob("*.py"):
            with self.subTest(path=str(path.relative_to(SOURCES))):
                text = path.read_text(encoding="utf-8")
                ast.parse(text, str(path), feature_version=(3, 8))
                compile(text, str(path), "exec")

    @unittest.skipIf(sys.version_info < (3, 10), "the list of standard modules is as old as Python 3.10")
    def test_the_helper_imports_the_standard_library_only(self) -> None:
        for path in (SOURCES / "helper").glob("*.py"):
            with self.subTest(path=path.name):
                strangers = set(imported(ast.parse(path.read_text(encoding="utf-8")))) - OWN
                self.assertEqual(strangers - set(sys.stdlib_module_names), set())

    @unittest.skipIf(sys.version_info < (3, 10), "the list of standard modules is as old as Python 3.10")
    def test_nothing_else_imports_more_than_bentoml_and_its_server(self) -> None:
        for path in SOURCES.rglob("*.py"):
            with self.subTest(path=str(path.relative_to(SOURCES))):
                strangers = set(imported(ast.parse(path.read_text(encoding="utf-8")))) - OWN - {"bentoml", "uvicorn"}
                self.assertEqual(strangers - set(sys.stdlib_module_names), set())


if __name__ == "__main__":
    unittest.main()
