"""The plan of class services (`@bentoml.service`, BentoML 1.2 and later)."""

import contextlib
import importlib
import os
import types
from typing import Any, Container, Dict, Iterator, List

from . import config_options, grpc_check, remote, tls, workload
from .commands import given, option, runner_map, server_options, server_parameters, start_command
from .names import check_runner_names
from .problem import line
from .process import planned_process
from .recording import Watcher, recording, replaced, watchers_of
from .text import Tokens, address_of, component_id, escape

Component = Dict[str, Any]
RUNNER_MAP = "BENTOML_RUNNER_MAP"


def plan(service: Any, request: Dict[str, Any]) -> Dict[str, Any]:
    every = served_with(service)
    dependencies = [name for name in every if name != service.name]
    check_runner_names(request, service.name, dependencies, "dependency")
    options = config_options.joined(wanted_options(service.name, request))
    if options:
        # Read by inject_config here, and by each worker: it computes limits from the number of workers.
        os.environ[config_options.NAME] = options
    service.inject_config()
    elsewhere = {name: where for name in dependencies for where in [remote.address(request, name)] if where}
    names = dependencies_first(service, elsewhere)
    tokens = Tokens()
    ssl = tls.parameters(request["http"], tokens)
    with recording(tokens, request.get("buildFileValues")), asking(service) as serving:
        watchers = watchers_of(
            serving.serve_http,
            request["bento"],
            working_dir=request["workingDir"],
            host=request["http"]["host"],
            port=1,
            **server_parameters(request["http"]),
            # It starts none of these. What only a remote one calls is not needed here.
            **given(dependency_map={name: "" for name in dependencies if name in elsewhere or name not in names} or None),
            **ssl,
        )
    served = {watcher_service(watcher, service.name): watcher for watcher in watchers}
    if not request["http"]["enabled"]:
        del served[service.name]
    names = [name for name in names if name in served or name in elsewhere]
    ids = {name: component_id("http" if name == service.name else "service", name) for name in names}
    addresses = {name: escape(elsewhere[name]) if name in elsewhere else address_of(ids[name]) for name in names}
    components = [
        remote.planned(ids[name], "service", name, elsewhere[name], probes(every[name]))
        if name in elsewhere
        else planned(every[name], ids, runner_map(addresses), served[name], tokens, request, options)
        for name in names
    ]
    for component in components:
        if component["kind"] == "http":
            tls.check_configured(served[service.name].args, ssl, "http")
            component["command"] += tls.options(ssl, tokens)
    unavailable = []
    if request["grpc"]["enabled"]:
        problem = line("grpc-unavailable", "grpcOfClasses", {"service": service.name}, setting="serveBento.grpc.enabled")
        unavailable.append(grpc_check.unavailable(service.name, problem))
    return {"generation": "service", "components": components, "unavailable": unavailable}


@contextlib.contextmanager
def asking(service: Any) -> Iterator[Any]:
    """serve_http, without its directory for sockets and without its deployment hooks."""
    serving = importlib.import_module("_bentoml_impl.server.serving")
    loader = importlib.import_module("_bentoml_impl.loader")
    utils = importlib.import_module("bentoml._internal.utils")
    no_directory = types.SimpleNamespace(mkdtemp=lambda *_, **__: os.path.join(os.sep, "serve-bento"))
    with contextlib.ExitStack() as stack:
        for name in ("load", "import_service"):
            if hasattr(loader, name):
                stack.enter_context(replaced(loader, name, lambda *_, **__: service))
        stack.enter_context(replaced(serving, "tempfile", no_directory))
        stack.enter_context(replaced(serving, "server_on_deployment", lambda *_, **__: None))
        if hasattr(serving, "reserve_free_port"):
            stack.enter_context(replaced(serving, "reserve_free_port", utils.reserve_free_port))
        yield serving


def wanted_options(entry: str, request: Dict[str, Any]) -> Dict[str, Any]:
    http = request["http"]
    wanted = {entry: (http.get("apiWorkers"), http.get("timeout"))}
    for name, own in request.get("runners", {}).items():
        wanted[name] = (own.get("workers"), own.get("timeout"))
    options = {}
    for name, (workers, timeout) in wanted.items():
        if workers is not None:
            options[config_options.key("services", name, "workers")] = workers
        if timeout is not None:
            options[config_options.key("services", name, "traffic", "timeout")] = timeout
    return options


def watcher_service(watcher: Watcher, entry: str) -> str:
    prefix = "service_"
    return watcher.name[len(prefix) :] if watcher.name.startswith(prefix) else entry


def served_with(service: Any) -> Dict[str, Any]:
    """The service and its dependencies by name; 1.4 leaves out those that are reached at a URL."""
    services: Dict[str, Any]
    try:
        services = service.all_services(exclude_urls=True)
    except TypeError:
        services = service.all_services()
    return services


def called(service: Any) -> List[Any]:
    return [dependency.on for dependency in service.dependencies.values() if dependency.on is not None]


def dependencies_first(service: Any, elsewhere: Container[str]) -> List[str]:
    order: List[str] = []
    seen = set()

    def visit(one: Any) -> None:
        if one.name in seen:
            return
        seen.add(one.name)
        for dependency in [] if one.name in elsewhere else called(one):
            visit(dependency)
        order.append(one.name)

    visit(service)
    return order


def planned(
    service: Any,
    ids: Dict[str, str],
    addresses: str,
    watcher: Watcher,
    tokens: Tokens,
    request: Dict[str, Any],
    options: str,
) -> Component:
    name = service.name
    process = planned_process(watcher, tokens)
    process["env"][RUNNER_MAP] = addresses
    if options:
        process["env"][config_options.NAME] = tokens.fill_in(options)
    is_entry = ids[name] == "http"
    own = request["http"] if is_entry else request.get("runners", {}).get(name, {})
    if not is_entry:
        # serve_http gives it to the socket only, and the worker listens once more.
        process["argv"] += option("--backlog", own.get("backlog"))
    depends = [one.name for one in called(service)]
    command_env = {key: text for key, text in process["env"].items() if key not in (RUNNER_MAP, "PROMETHEUS_MULTIPROC_DIR")}
    command_options = [
        *option("--service-name", name),
        *("--runner-map", addresses),
        *server_options(own),
    ]
    return {
        "id": ids[name],
        "kind": ids[name].split(":", 1)[0],
        "name": name,
        "dependsOn": [ids[other] for other in dict.fromkeys(depends) if other in ids],
        "processes": [process],
        "probes": probes(service),
        "command": start_command("start-http-server", request, *command_options),
        "commandEnv": command_env,
        **workload.of_service(service),
    }


def probes(service: Any) -> Dict[str, str]:
    prefix = (getattr(service, "path_prefix", None) or "").strip("/")
    endpoints = (service.config or {}).get("endpoints") or {}

    def path(name: str) -> str:
        moved = endpoints.get(name)
        parts = [moved] if moved else [prefix, name]
        return "/" + "/".join(part.strip("/") for part in parts if part)

    return {"live": path("livez"), "ready": path("readyz")}
