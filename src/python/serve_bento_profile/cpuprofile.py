"""Writes samples in the format of V8, `.cpuprofile`, which VS Code opens."""

import json
import os
from types import CodeType
from typing import Any, Callable, Dict, Iterator, List, Tuple
from urllib.parse import quote

from .call_tree import Call, Node
from .sampler import Sampler

CHUNK = 1000
MICROSECONDS = 1_000_000


def write(sampler: Sampler, path: str, interval: float, is_wanted: Callable[[], bool]) -> None:
    """Writes the file piece by piece, so that the other threads can run meanwhile; it is there once it is whole.

    Raises an OSError where it cannot be written, or is not wanted any more.
    """
    partial = f"{path}.partial"
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            for piece in pieces(sampler, interval):
                file.write(piece)
        if not is_wanted():
            raise InterruptedError("it is not wanted any more")
        os.replace(partial, path)
    except BaseException:
        os.unlink(partial)
        raise


def pieces(sampler: Sampler, interval: float) -> Iterator[str]:
    timeline = joined(sampler, interval)
    durations = [round(seconds * MICROSECONDS) for _, seconds in timeline]
    yield '{"nodes":['
    for number, node in enumerate(sampler.tree.nodes):
        yield ("," if number else "") + json.dumps(node_of(node), separators=(",", ":"))
    yield '],"startTime":0,"endTime":%d,"samples":' % sum(durations)
    yield from array([node + 1 for node, _ in timeline])
    yield ',"timeDeltas":'
    # Each is the time before its sample, so that the last sample ends with the profile.
    yield from array([0, *durations[:-1]] if durations else [])
    yield "}"


def array(numbers: List[int]) -> Iterator[str]:
    yield "["
    for begin in range(0, len(numbers), CHUNK):
        yield ("," if begin else "") + ",".join(map(str, numbers[begin : begin + CHUNK]))
    yield "]"


def joined(sampler: Sampler, interval: float) -> List[Tuple[int, float]]:
    """The threads one after the other, the busiest first. Of one that was idle all the time, one sample is enough."""
    timeline: List[Tuple[int, float]] = []
    for thread in sorted(sampler.threads.values(), key=lambda one: -one.busy):
        if thread.busy > 0:
            timeline += thread.samples
        elif thread.samples:
            timeline.append((thread.samples[-1][0], interval))
    return timeline


def node_of(node: Node) -> Dict[str, Any]:
    ticks = [{"line": line, "ticks": count} for line, count in sorted(node.lines.items())]
    return {
        # From 1, as V8 has them.
        "id": node.number + 1,
        "callFrame": call_frame(node.call),
        "hitCount": sum(node.lines.values()),
        **({"children": [child + 1 for child in node.children]} if node.children else {}),
        **({"positionTicks": ticks} if ticks else {}),
    }


def call_frame(call: Call) -> Dict[str, Any]:
    if not isinstance(call, CodeType):
        # As V8 has what is no function, such as `(idle)`.
        return {"functionName": call, "scriptId": "0", "url": "", "lineNumber": -1, "columnNumber": -1}
    return {
        "functionName": getattr(call, "co_qualname", call.co_name),
        "scriptId": "0",
        "url": url_of(call.co_filename),
        # From 0.
        "lineNumber": max(0, call.co_firstlineno - 1),
        "columnNumber": 0,
    }


def url_of(file: str) -> str:
    """Code without a file has a name such as `<string>`."""
    return "file://" + quote(file, errors="surrogateescape") if os.path.isabs(file) else file
