"""Soundness: what is about to be written into a tracker's section leaves a configuration that loads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from escsync.config import vocabulary
from escsync.config.document import Document
from escsync.offers import Key

from .writeback import leaves


def unsound(
    whole: Document, section: tuple[str, ...], settings: Mapping[Key, Any]
) -> Iterator[tuple[Key, str]]:
    """Each of *settings* with which the vocabulary of *section* would be wrong, and why; *whole* is all that is said so far."""
    held: Any = whole.data
    for name in section:
        held = held.get(name) if isinstance(held, dict) else None
    if not isinstance(held, dict):
        return
    known = _wrong(whole, section, held)
    for key, value in leaves(settings):
        trial = _with(held, key, value)
        new = [message for message in _wrong(whole, section, trial) if message not in known]
        if new:
            yield (
                key,
                f"it {new[0]}, and nothing would load the file: change the other entry, then run this again",
            )
        else:
            held = trial


def _wrong(whole: Document, section: tuple[str, ...], data: dict[str, Any]) -> list[str]:
    return [problem.message for problem in vocabulary.build(whole, section, data)[1]]


def _with(data: Any, key: Key, value: Any) -> dict[str, Any]:
    name, *more = key
    held = data if isinstance(data, dict) else {}
    return {**held, name: _with(held.get(name), tuple(more), value) if more else value}
