"""Runs BentoML's command line as the program ``bentoml`` does: no module comes from the working directory or from here.

Run as ``PYTHON run_bentoml.py build .``; everything after the script goes to BentoML.
"""

import os
import sys

# Python puts the folder of a script first, except with -P or PYTHONSAFEPATH.
HERE = os.path.dirname(os.path.abspath(__file__))
if sys.path and os.path.abspath(sys.path[0]) == HERE:
    del sys.path[0]

import runpy  # noqa: E402

sys.argv[0] = "bentoml"
runpy.run_module("bentoml", run_name="__main__", alter_sys=True)
