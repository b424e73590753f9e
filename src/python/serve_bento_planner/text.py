"""Placeholders of the plan; see src/core/plan/placeholders.ts for how they are filled."""

import os
from typing import Dict
from urllib.parse import quote


def component_id(kind: str, name: str) -> str:
    return kind if kind in ("http", "grpc") else "{}:{}".format(kind, name)


def address_of(component: str) -> str:
    # Names of services are free text; an id must not end its placeholder early.
    return "$(address:{})".format(quote(component, safe=":"))


def authority_of(component: str) -> str:
    return "$(authority:{})".format(quote(component, safe=":"))


def escape(text: str) -> str:
    return text.replace("$", "$$")


class Tokens:
    """Stand-ins that pass through BentoML unchanged and that no text of a user contains."""

    def __init__(self) -> None:
        self._nonce = os.urandom(8).hex()
        self._placeholders: Dict[str, str] = {}

    def token(self, placeholder: str) -> str:
        token = "serve-bento-{}-{}-".format(self._nonce, len(self._placeholders))
        self._placeholders[token] = placeholder
        return token

    def fill_in(self, text: str) -> str:
        """Escapes what is the user's and puts the placeholders in."""
        text = escape(text)
        for token, placeholder in self._placeholders.items():
            text = text.replace(token, placeholder)
        return text
