"""What is imported before workers are forked, by the generation of what they serve. What a version lacks is left out."""

from typing import Dict, FrozenSet, Tuple

# Each takes a few milliseconds. They come before the others, because a planner is forked between two imports.
SERVER = (
    "anyio._backends._asyncio",
    "prometheus_client.multiprocess",
    "prometheus_client.parser",
    "psutil",
    "starlette.applications",
    "uvicorn",
    "uvicorn.lifespan.on",
    "uvicorn.loops.asyncio",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
)

TRACING = (
    "opentelemetry.context.contextvars_context",
    "opentelemetry.instrumentation.asgi",
    "opentelemetry.sdk.trace",
    "opentelemetry.sdk.trace.export",
    "opentelemetry.instrumentation.aiohttp_client",
)

# Imported first: the planner needs little more, and is forked while the stack is imported. They take most of the time.
PLANNER: Dict[str, Tuple[str, ...]] = {
    "service": ("bentoml", "_bentoml_sdk"),
    "legacy": ("bentoml", "_bentoml_sdk.service", "bentoml._internal.service.loader"),
}

# The other modules that all workers of class services import, except those that they run.
SERVICE = (
    *SERVER,
    *TRACING,
    "_bentoml_impl.client.proxy",
    "_bentoml_impl.client.proxy2",
    "_bentoml_impl.frameworks.importer",
    "_bentoml_impl.loader",
    "_bentoml_impl.server.app",
    "_bentoml_impl.server.proxy",
    "_bentoml_impl.server.serving",
    "_bentoml_impl.tasks.result",
    "_bentoml_impl.worker.patch",
    "_bentoml_sdk.service.factory",
    "bentoml._internal.configuration.v2",
    "bentoml._internal.container",
    "bentoml._internal.log",
    "bentoml._internal.runner.container",
    "bentoml._internal.runner.utils",
    "bentoml._internal.server.http.access",
    "bentoml._internal.server.http.instruments",
    "bentoml._internal.server.http.traffic",
    "bentoml._internal.server.metrics.prometheus",
    "bentoml._internal.service.loader",
    "bentoml._internal.utils.args",
    "bentoml._internal.utils.circus",
    "bentoml._internal.utils.pickle",
    "bentoml._internal.utils.telemetry",
    "bentoml.container",
    "pydantic._internal._dataclasses",
)

# A runner's worker sets the number of threads, and sees to it that BentoML comes after that: only what others wrote,
# and nothing that reads those variables. Before 1.2 its HTTP worker also refuses an imported prometheus_client.
LEGACY = (
    *SERVER,
    *TRACING,
    "a2wsgi",
    "aiohttp",
    "annotated_types",
    "asgiref.sync",
    "attrs",
    "bentoml._internal.configuration.containers",
    "bentoml._internal.io_descriptors.utils",
    "bentoml._internal.log",
    "bentoml._internal.marshal",
    "bentoml._internal.runner.container",
    "bentoml._internal.runner.runner_handle.local",
    "bentoml._internal.runner.runner_handle.remote",
    "bentoml._internal.runner.utils",
    "bentoml._internal.server.http.access",
    "bentoml._internal.server.http.instruments",
    "bentoml._internal.server.http.traffic",
    "bentoml._internal.server.http_app",
    "bentoml._internal.server.metrics.prometheus",
    "bentoml._internal.utils.alg",
    "bentoml._internal.utils.metrics",
    "bentoml._internal.utils.pickle",
    "bentoml._internal.utils.telemetry",
    "bentoml.legacy",
    "bentoml_cli.worker",
    "cattr",
    "cattrs.gen",
    "certifi",
    "click",
    "cloudpickle",
    "dateutil.parser",
    "dateutil.tz",
    "deepmerge",
    "fs",
    "fs.copy",
    "fs.mirror",
    "fs.tempfs",
    "fsspec",
    "httpcore",
    "httpx",
    "httpx_ws",
    "importlib_metadata",
    "jinja2",
    "jinja2.ext",
    "jinja2.sandbox",
    "multipart",
    "packaging.version",
    "pathspec",
    "pkgutil",
    "pydantic.json_schema",
    "pydantic.main",
    "pydantic.networks",
    "pydantic.type_adapter",
    "python_multipart",
    "requests",
    "rich.console",
    "rich.logging",
    "rich.progress",
    "rich.syntax",
    "rich.table",
    "rich.traceback",
    "schema",
    "simple_di",
    "simple_di.providers",
    "starlette.exceptions",
    "starlette.middleware",
    "starlette.middleware.cors",
    "starlette.routing",
    "starlette.staticfiles",
    "tarfile",
    "wrapt",
    "yaml",
)

STACKS: Dict[str, Tuple[str, ...]] = {"service": SERVICE, "legacy": LEGACY}
# Libraries that read the number of threads or the available devices when they are imported.
TOO_EARLY: Dict[str, FrozenSet[str]] = {"service": frozenset(), "legacy": frozenset(("numpy", "tensorflow", "torch"))}

# A runner's worker refuses to run if BentoML was imported before the worker has set its variables. Before BentoML 1.2, the
# HTTP worker refuses an imported prometheus_client, because the worker sets the metrics directory itself.
HIDDEN: Dict[str, FrozenSet[str]] = {"service": frozenset(), "legacy": frozenset(("bentoml", "prometheus_client"))}
