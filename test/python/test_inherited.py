"""Packages that forked workers inherit: python -m unittest discover test/python."""

import importlib
import importlib.util
import os
import sys
import tempfile
import unittest
from typing import Any

SOURCES = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "src", "python"))
sys.path.insert(0, SOURCES)

from serve_bento_worker.inherited import hide  # noqa: E402


class InheritedTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for name, value in (("path", list(sys.path)), ("meta_path", list(sys.meta_path))):
            self.addCleanup(setattr, sys, name, value)
        sys.path.insert(0, folder.name)
        self.runs = os.path.join(folder.name, "runs")
        note = "with open({!r}, 'a') as file:\n    file.write(__name__ + ' ')\n".format(self.runs)
        for name in ("heirloom", "keepsake"):
            os.mkdir(os.path.join(folder.name, name))
            for module in ("__init__", "inner", "later"):
                with open(os.path.join(folder.name, name, module + ".py"), "w") as file:
                    file.write(note)
                self.addCleanup(sys.modules.pop, (name + "." + module).replace(".__init__", ""), None)
        importlib.invalidate_caches()
        self.package: Any = importlib.import_module("heirloom.inner") and sys.modules["heirloom"]
        importlib.import_module("keepsake")
        os.remove(self.runs)

    def test_are_hidden_until_they_are_imported_and_not_run_again(self) -> None:
        spec, inner, finders = self.package.__spec__, self.package.inner, list(sys.meta_path)
        hide(["heirloom", "keepsake", "never_imported"])
        self.assertNotIn("heirloom", sys.modules)
        self.assertIs(importlib.import_module("heirloom"), self.package)
        self.assertIs(sys.modules["heirloom"], self.package)
        self.assertIs(self.package.__spec__, spec)
        self.assertIs(importlib.import_module("heirloom.inner"), inner)
        self.assertFalse(os.path.exists(self.runs))
        self.assertNotIn("keepsake", sys.modules)
        importlib.import_module("keepsake")
        self.assertEqual(sys.meta_path, finders)

    def test_come_with_the_import_of_one_of_their_modules(self) -> None:
        hide(["heirloom"])
        namespace: Any = {}
        exec("import heirloom.inner\nfrom heirloom import later", namespace)
        self.assertIs(namespace["heirloom"], self.package)
        # Only what the fork server had not imported is run.
        with open(self.runs) as file:
            self.assertEqual(file.read(), "heirloom.later ")

    def test_can_be_looked_for_without_being_imported(self) -> None:
        spec = self.package.__spec__
        hide(["heirloom"])
        found = importlib.util.find_spec("heirloom")
        assert found is not None
        self.assertEqual((found.name, found.origin, found.cached), (spec.name, spec.origin, spec.cached))
        self.assertEqual(found.submodule_search_locations, spec.submodule_search_locations)
        self.assertNotIn("heirloom", sys.modules)


if __name__ == "__main__":
    unittest.main()
