"""Says in one JSON line what this interpreter is and which BentoML a real run of it would import.

Run as ``PYTHON -I -B probe.py REQUEST`` where REQUEST is a JSON object of the variables that -I ignores
and a real run obeys: PYTHONPATH, PYTHONUSERBASE, PYTHONNOUSERSITE. BentoML itself is not imported.
With ``tools`` after REQUEST it reports what can install packages and build bentos instead, with ``debugpy`` that, and
where debugpy is.
"""

import json
import os
import re
import signal
import site
import sys
import sysconfig
from typing import Any, Dict, List, Mapping, Sequence

Variables = Mapping[str, str]


def would_use_user_site(variables: Variables) -> bool:
    """What site.ENABLE_USER_SITE would be without -I."""
    if variables.get("PYTHONNOUSERSITE"):
        return False
    if sys.platform != "win32" and (os.getuid(), os.getgid()) != (os.geteuid(), os.getegid()):
        return False
    return sys.prefix == sys.base_prefix or venv_has_system_site()


def venv_has_system_site() -> bool:
    try:
        with open(os.path.join(sys.prefix, "pyvenv.cfg"), encoding="utf-8") as lines:
            for line in lines:
                key, _, value = line.partition("=")
                if key.strip().lower() == "include-system-site-packages":
                    return value.strip().lower() == "true"
    except OSError:
        pass
    return False


def user_site(variables: Variables) -> str:
    if variables.get("PYTHONUSERBASE"):
        os.environ["PYTHONUSERBASE"] = variables["PYTHONUSERBASE"]
    # Both were computed at start-up, before the variable was there.
    site.USER_BASE = site.USER_SITE = None
    return site.getusersitepackages()


def search_path(variables: Variables) -> List[str]:
    """Where a real run would look, in its order; the folder it starts in is left out."""
    paths = [path for path in variables.get("PYTHONPATH", "").split(os.pathsep) if path]
    if would_use_user_site(variables):
        paths.append(user_site(variables))
    return paths + sys.path


def bentoml_distribution(paths: List[str]) -> Any:
    try:
        from importlib.metadata import distributions
    except ImportError:
        return None
    for distribution in distributions(name="bentoml", path=paths):
        try:
            if distribution.version:
                return distribution
        except Exception:
            continue
    return None


def required_packages(distribution: Any) -> List[str]:
    """The packages that BentoML always needs, without those of its extras."""
    names = []
    for line in (distribution and distribution.requires) or []:
        requirement, _, marker = line.partition(";")
        name = re.match(r"[\w.-]+", requirement.strip())
        if name and "extra" not in marker:
            names.append(name.group().lower().replace("_", "-"))
    return names


def available(names: Sequence[str], paths: List[str]) -> List[str]:
    from importlib.machinery import PathFinder

    found = []
    for name in names:
        try:
            spec = PathFinder.find_spec(name, paths)
        except Exception:
            continue
        # A folder that happens to have the name has no loader.
        if spec is not None and spec.loader is not None:
            found.append(name)
    return found


def installs_into_user_site(variables: Variables) -> bool:
    """As pip decides where the interpreter's own folder is read-only, such as a system's Python."""
    return would_use_user_site(variables) and not os.access(sysconfig.get_path("purelib"), os.W_OK)


def tools(variables: Variables) -> Dict[str, Any]:
    for_user = installs_into_user_site(variables)
    # -I switches the user's site off, and pip could install nowhere.
    isolated = sys.path + ([user_site({})] if for_user else [])
    paths = search_path(variables)
    return {
        "isolation": "-E" if for_user else "-I",
        "installers": available(("pip", "uv", "ensurepip"), isolated),
        "modules": available(("pip", "uv"), paths),
        "requirements": required_packages(bentoml_distribution(paths)),
    }


def debugpy(variables: Variables) -> Dict[str, Any]:
    paths = search_path(variables)
    found = (path for path in paths if os.path.isfile(os.path.join(path, "debugpy", "_version.py")))
    return {
        **tools(variables),
        "version": version(),
        "tag": "%s-%s" % (sys.implementation.cache_tag, sysconfig.get_platform()),
        "debugpy": next(found, None),
    }


def version() -> str:
    return "%d.%d.%d" % sys.version_info[:3]


def main() -> None:
    if sys.platform != "win32":
        # Should whoever asked be gone and the disk hang.
        signal.alarm(15)
    variables = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
    reports = {"tools": tools, "debugpy": debugpy}
    report = reports.get("".join(sys.argv[2:]), interpreter)(variables)
    sys.stdout.write(json.dumps(report) + "\n")


def interpreter(variables: Variables) -> Dict[str, Any]:
    paths = search_path(variables)
    bentoml = bentoml_distribution(paths)
    return {
        "executable": sys.executable,
        "version": version(),
        "bentoml": bentoml and bentoml.version,
        "paths": paths,
    }


main()
