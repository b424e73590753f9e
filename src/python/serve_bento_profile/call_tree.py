"""Adds up stacks to a tree of calls."""

from types import CodeType, FrameType
from typing import Dict, List, Optional, Tuple, Union

# Of a very deep recursion, the outermost calls are left out.
DEEPEST = 500
ROOT, IDLE, OMITTED = "(root)", "(idle)", "(outer calls omitted)"
# What a node stands for: a function, or what is in parentheses and has no code.
Call = Union[CodeType, str]


class Node:
    __slots__ = ("call", "children", "lines", "number")

    def __init__(self, number: int, call: Call) -> None:
        self.number = number
        self.call = call
        self.children: List[int] = []
        # How often each line was the one that ran.
        self.lines: Dict[int, int] = {}


class CallTree:
    def __init__(self) -> None:
        self.nodes: List[Node] = []
        self._numbers: Dict[Tuple[int, Call], int] = {}
        self.root = self._add(ROOT, None)

    def child(self, parent: int, call: Call) -> int:
        """The number of the node for this call from that one."""
        number = self._numbers.get((parent, call))
        if number is None:
            number = self._numbers[parent, call] = self._add(call, parent)
        return number

    def stack(self, parent: int, innermost: FrameType) -> int:
        """The number of the node for the innermost call of the stack. Keeps no frame: those hold what is in variables."""
        codes: List[CodeType] = []
        frame: Optional[FrameType] = innermost
        while frame is not None and len(codes) < DEEPEST:
            codes.append(frame.f_code)
            frame = frame.f_back
        number = parent if frame is None else self.child(parent, OMITTED)
        for code in reversed(codes):
            number = self.child(number, code)
        return number

    def count(self, number: int, line: int) -> None:
        lines = self.nodes[number].lines
        lines[line] = lines.get(line, 0) + 1

    def _add(self, call: Call, parent: Optional[int]) -> int:
        number = len(self.nodes)
        self.nodes.append(Node(number, call))
        if parent is not None:
            self.nodes[parent].children.append(number)
        return number
