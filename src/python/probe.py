"""Says in one JSON line what this interpreter is and which BentoML a real run of it would import.

Run as ``PYTHON -I -B probe.py REQUEST`` where REQUEST is a JSON object of the variables that -I ignores
and a real run obeys: PYTHONPATH, PYTHONUSERBASE, PYTHONNOUSERSITE. BentoML itself is not imported.
"""

import json
import os
import signal
import site
import sys


def would_use_user_site(variables):
    """What site.ENABLE_USER_SITE would be without -I."""
    if variables.get("PYTHONNOUSERSITE"):
        return False
    for real, effective in (("getuid", "geteuid"), ("getgid", "getegid")):
        if hasattr(os, real) and getattr(os, real)() != getattr(os, effective)():
            return False
    return sys.prefix == sys.base_prefix or venv_has_system_site()


def venv_has_system_site():
    try:
        with open(os.path.join(sys.prefix, "pyvenv.cfg"), encoding="utf-8") as lines:
            for line in lines:
                key, _, value = line.partition("=")
                if key.strip().lower() == "include-system-site-packages":
                    return value.strip().lower() == "true"
    except OSError:
        pass
    return False


def user_site(variables):
    if variables.get("PYTHONUSERBASE"):
        os.environ["PYTHONUSERBASE"] = variables["PYTHONUSERBASE"]
    # Both were computed at start-up, before the variable was there.
    site.USER_BASE = site.USER_SITE = None
    return site.getusersitepackages()


def search_path(variables):
    """Where a real run would look, in its order; the folder it starts in is left out."""
    paths = [path for path in variables.get("PYTHONPATH", "").split(os.pathsep) if path]
    if would_use_user_site(variables):
        paths.append(user_site(variables))
    return paths + sys.path


def bentoml_version(paths):
    try:
        from importlib.metadata import distributions
    except ImportError:
        return None
    for distribution in distributions(name="bentoml", path=paths):
        try:
            version = distribution.version
        except Exception:
            continue
        if version:
            return version
    return None


def main():
    if hasattr(signal, "alarm"):
        # Should whoever asked be gone and the disk hang.
        signal.alarm(15)
    variables = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
    paths = search_path(variables)
    report = {
        "executable": sys.executable,
        "version": "%d.%d.%d" % sys.version_info[:3],
        "bentoml": bentoml_version(paths),
        "paths": paths,
    }
    sys.stdout.write(json.dumps(report) + "\n")


main()
