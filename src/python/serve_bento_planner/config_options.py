"""BENTOML_CONFIG_OPTIONS, which every process of BentoML reads when it starts."""

import os
from typing import Mapping, Union

NAME = "BENTOML_CONFIG_OPTIONS"


def joined(options: Mapping[str, Union[int, str]]) -> str:
    """What the user has set, then ours, which win."""
    own = ["{}={}".format(key, value) for key, value in options.items()]
    return " ".join([*filter(None, [os.environ.get(NAME)]), *own])


def key(*parts: str) -> str:
    return ".".join(part if part.replace("_", "a").isalnum() else '"{}"'.format(part) for part in parts)
