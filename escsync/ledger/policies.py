"""Policies as the ledger keeps them: their JSON read back to an equal value, without a validator."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from escsync.domain.policy import Policy

from .codec import dumps


def from_policy(policy: Policy) -> str:
    """The content that makes *policy* what it is; waivers apply whatever policy is pinned and are left out."""
    return dumps(replace(policy, waivers=()).to_json())


def to_policy(content: Any) -> Policy:
    """The policy that *from_policy* wrote; ValueError where this version of escsync cannot read it."""
    try:
        policy = _read(Policy, content)
    except (TypeError, KeyError, ArithmeticError, AttributeError) as error:
        raise ValueError(str(error)) from error
    if isinstance(policy, Policy):
        return policy
    raise ValueError("not a policy")


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, content: Any) -> Any:
    """*content* as the type *kind* says: the few forms that policy.py uses."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _one_of(arguments, content)
    if origin is Literal:
        return content
    if origin is tuple:
        return tuple(_read(arguments[0], item) for item in content)
    if origin is list:
        return [_read(arguments[0], item) for item in content]
    if origin is not None and issubclass(origin, Mapping):
        return {_read(arguments[0], key): _read(arguments[1], value) for key, value in content.items()}
    if is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        known = {field.name for field in fields(kind)}
        if unknown := content.keys() - known:
            raise ValueError(f"unknown policy keys: {', '.join(sorted(unknown))}")
        return kind(**{name: _read(hints[name], value) for name, value in content.items()})
    if kind is date:
        return date.fromisoformat(content)
    if kind is Decimal:
        return Decimal(content)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(content)
    return content


def _one_of(kinds: tuple[Any, ...], content: Any) -> Any:
    if content is None:
        return None
    shaped = list if isinstance(content, list) else dict if isinstance(content, dict) else str
    for kind in kinds:
        origin = get_origin(kind) or kind
        fits = (
            origin is shaped
            or (shaped is list and origin is tuple)
            or (shaped is dict and is_dataclass(kind))
        )
        if fits:
            return _read(kind, content)
    return content
