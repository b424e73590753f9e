"""The plan of a service with runners (`bentoml.Service`; in 1.4 `bentoml.legacy.Service`)."""

from typing import Any, Dict, List

import bentoml

from . import config_options, grpc_check, remote, tls, triton, workload
from .commands import given, option, runner_map, server_options, server_parameters, start_command
from .names import check_runner_names
from .problem import PlanProblem
from .process import planned_process
from .recording import Watcher, recording, replaced, watchers_of
from .runner_workers import set_worker_counts
from .text import Tokens, address_of, authority_of, component_id

Component = Dict[str, Any]
PROBES = {"live": "/livez", "ready": "/readyz"}


def plan(service: Any, request: Dict[str, Any]) -> Dict[str, Any]:
    runners = {runner.name: runner for runner in service.runners}
    check_runner_names(request, service.name, runners, "runner")
    if request.get("args"):
        raise PlanProblem("settings", "argsForRunners", {"service": service.name}, setting="serveBento.args")
    return LegacyPlan(service, runners, request).make()


class LegacyPlan:
    def __init__(self, service: Any, runners: Dict[str, Any], request: Dict[str, Any]) -> None:
        self.service = service
        self.runners = runners
        self.request = request
        self.ids = {name: component_id("runner", name) for name in runners}
        self.tokens = Tokens()
        self.holes = {name: self.hole(name) for name in runners}
        self.addresses = {name: self.tokens.token(hole) for name, hole in self.holes.items()}

    def hole(self, name: str) -> str:
        """What stands for its address."""
        is_triton = triton.is_triton(self.runners[name])
        elsewhere = remote.address(self.request, name)
        if elsewhere is None:
            return authority_of(self.ids[name]) if is_triton else address_of(self.ids[name])
        return remote.authority(name, elsewhere) if is_triton else remote.tcp(name, elsewhere)

    def make(self) -> Dict[str, Any]:
        workers = {name: own["workers"] for name, own in self.request.get("runners", {}).items() if own.get("workers")}
        set_worker_counts(workers)
        grpc = self.request["grpc"]
        unusable = grpc_check.problem(grpc) if grpc["enabled"] else None
        values = self.request.get("buildFileValues")
        with recording(self.tokens, values), replaced(bentoml, "load", lambda *_, **__: self.service):
            components = [self.runner(name) for name in self.ids]
            if self.request["http"]["enabled"]:
                components.append(self.http())
            if grpc["enabled"] and unusable is None:
                components.append(self.grpc())
        unavailable = [] if unusable is None else [grpc_check.unavailable(self.service.name, unusable)]
        return {"generation": "legacy", "components": components, "unavailable": unavailable}

    def runner(self, name: str) -> Component:
        from bentoml.start import start_runner_server

        own = self.request.get("runners", {}).get(name, {})
        runner = self.runners[name]
        elsewhere = remote.address(self.request, name)
        if elsewhere is not None:
            component = remote.planned(component_id("runner", name), "runner", name, elsewhere, PROBES)
            return triton.spoken_to(component, runner) if triton.is_triton(runner) else component
        if triton.is_triton(runner):
            triton.prepare(runner, self.tokens)
        watchers = self.ask(
            start_runner_server,
            runner_name=name,
            timeout=own.get("timeout"),
            host="127.0.0.1",
            port=1,
            **given(backlog=own.get("backlog")),
        )
        if triton.is_triton(runner):
            listening = triton.on_host(watchers, self.tokens)
            return triton.planned(self.component("runner", name, listening, [], calls=False), runner)
        counts = {name: own["workers"]} if own.get("workers") else {}
        options = [
            *("--runner-name", name),
            *option("--timeout", own.get("timeout")),
            *option("--backlog", own.get("backlog")),
        ]
        command = start_command("start-runner-server", self.request, *options, workers=counts)
        return {**self.component("runner", name, watchers, command, calls=False), **workload.of_runner(runner)}

    def http(self) -> Component:
        from bentoml.start import start_http_server

        http = self.request["http"]
        parameters = {**given(api_workers=http.get("apiWorkers")), **server_parameters(http)}
        timeout = http.get("timeout")
        ssl = tls.parameters(http, self.tokens)
        watchers = self.ask(
            start_http_server,
            runner_map=self.addresses,
            host=http["host"],
            port=1,
            timeout=timeout,
            **parameters,
            **ssl,
        )
        tls.check_configured(watchers[0].args, ssl, "http")
        options = [
            *("--runner-map", runner_map(self.holes)),
            *option("--api-workers", watchers[0].numprocesses),
            *option("--timeout", timeout),
            *server_options(http),
            *tls.options(ssl, self.tokens),
        ]
        command = start_command("start-http-server", self.request, *options)
        facts = workload.of_api_server("http", http.get("apiWorkers"))
        return {**self.component("http", self.service.name, watchers, command), **facts}

    def grpc(self) -> Component:
        from bentoml.start import start_grpc_server

        grpc = self.request["grpc"]
        protocol = grpc.get("protocolVersion")
        if protocol == "v1":  # what BentoML takes without being told
            protocol = None
        parameters = given(
            api_workers=grpc.get("apiWorkers"),
            reflection=grpc.get("reflection") or None,
            channelz=grpc.get("channelz") or None,
            max_concurrent_streams=grpc.get("maxConcurrentStreams"),
            protocol_version=protocol,
            backlog=grpc.get("backlog"),
        )
        ssl = tls.parameters(grpc, self.tokens)
        watchers = self.ask(
            start_grpc_server, runner_map=self.addresses, host=grpc["host"], port=1, **parameters, **ssl
        )
        tls.check_configured(watchers[0].args, ssl, "grpc")
        for watcher in watchers:
            if "--port" in watcher.args:
                watcher.args[watcher.args.index("--port") + 1] = self.tokens.token("$(port)")
        remote = [text for name, hole in self.holes.items() for text in ("--remote-runner", name + "=" + hole)]
        options = [
            *remote,
            *option("--api-workers", watchers[0].numprocesses),
            *(["--enable-reflection"] if grpc.get("reflection") else []),
            *(["--enable-channelz"] if grpc.get("channelz") else []),
            *option("--max-concurrent-streams", grpc.get("maxConcurrentStreams")),
            *option("--protocol-version", protocol),
            *option("--backlog", grpc.get("backlog")),
            *tls.options(ssl, self.tokens),
        ]
        command = start_command("start-grpc-server", self.request, *options)
        facts = workload.of_api_server("grpc", grpc.get("apiWorkers"))
        component = {**self.component("grpc", self.service.name, watchers, command), **facts}
        # The command has no options for the second server's address.
        address = {"host": "127.0.0.1", "port": self.tokens.token("$(metricsPort)")}
        metrics = {"api_server.grpc.metrics." + key: value for key, value in address.items()}
        component["commandEnv"] = {config_options.NAME: self.tokens.fill_in(config_options.joined(metrics))}
        return component

    def ask(self, start: Any, **kwargs: Any) -> List[Watcher]:
        return watchers_of(start, self.request["bento"], working_dir=self.request["workingDir"], **kwargs)

    def component(
        self, kind: str, name: str, watchers: List[Watcher], command: List[str], calls: bool = True
    ) -> Component:
        roles = ["metrics" if watcher.name == "prom_server" else "worker" for watcher in watchers]
        return {
            "id": component_id(kind, name),
            "kind": kind,
            "name": name,
            "dependsOn": list(self.ids.values()) if calls else [],
            "processes": [planned_process(watcher, self.tokens, role) for watcher, role in zip(watchers, roles)],
            "probes": PROBES,
            "command": command,
            "commandEnv": {},
        }
