"""Record ids: 15 characters in which case matters, and three more that make them safe where it does not."""

from __future__ import annotations

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def made(prefix: str, number: int) -> str:
    """The 18 characters of the *number*th record; two of them may differ in case alone."""
    text = ""
    while number:
        number, rest = divmod(number, 62)
        text = DIGITS[rest] + text
    return long(f"{prefix}dM0{text:0>9}")


def long(short: str) -> str:
    """15 characters with the three that tell which of them are capitals."""
    chunks = (short[at : at + 5] for at in (0, 5, 10))
    return short + "".join(SUFFIX[sum(ch.isupper() << at for at, ch in enumerate(c))] for c in chunks)


def full(told: object) -> str | None:
    """An id of 15 or 18 characters in its long form, None for what is none."""
    if not isinstance(told, str) or len(told) not in {15, 18} or not (told.isascii() and told.isalnum()):
        return None
    return long(told[:15])
