"""BentoML's default configuration of class services, which each of their workers would parse and check again.

That takes half of the time until a forked worker is ready.
"""

import pickle
import sys
from typing import Any, Dict, List, Tuple

MODULE = "bentoml._internal.configuration.containers"
SPECIFICATION = "bentoml._internal.configuration.v2"
# Of the file's format. The other one, 1, is read when BentoML is imported.
VERSION = 2


def read_once() -> None:
    """Reads and checks the default configuration. From then on, BentoML gets a copy, and checks only differences from it."""
    containers: Any = sys.modules.get(MODULE)
    read = getattr(containers, "get_default_config", None)
    if read is None:
        return
    default = read(version=VERSION)
    # Of plain values only: made from it faster than by copying.
    known = pickle.dumps(default)

    def get_default_config(version: int) -> Any:
        return pickle.loads(known) if version == VERSION else read(version=version)

    containers.get_default_config = get_default_config
    schema = getattr(sys.modules.get(SPECIFICATION), "SCHEMA", None)
    if schema is not None:
        check_once(schema, default)


def check_once(schema: Any, default: Dict[str, Any]) -> None:
    """Makes a schema (of the package `schema`) remember which parts of the default configuration are valid.

    It checks nested dictionaries with other schemas of its own class. The checks depend on nothing but the values.
    """
    # The valid values of each schema of a dictionary, by its identity. These schemas live as long as their module.
    valid: Dict[int, List[Tuple[Any, Any]]] = {}
    original = type(schema)
    is_learning = True

    class Remembering(original):  # type: ignore[misc, valid-type]
        def validate(self, data: Any, *args: Any, **options: Any) -> Any:
            expected = self.schema
            if not isinstance(expected, dict) or not isinstance(data, dict) or args or options:
                return super().validate(data, *args, **options)
            for value, result in valid.get(id(expected), ()):
                if is_same(value, data):
                    return result
            result = super().validate(data)
            if is_learning:
                valid.setdefault(id(expected), []).append((data, result))
            return result

    schema.__class__ = Remembering
    try:
        schema.validate(default)
    except Exception:
        # The worker gets the same error.
        valid.clear()
    is_learning = False


def is_same(one: Any, other: Any) -> bool:
    """Whether both are equal and have the same types: 1 is not True here."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return len(one) == len(other) and all(name in other and is_same(value, other[name]) for name, value in one.items())
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(is_same, one, other))
    return bool(one == other)
