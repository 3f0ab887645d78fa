"""Nearness: what was probably meant by a project, an issue type or a status that this Jira does not know."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from itertools import islice

from escsync.adapter import TrackerError
from escsync.web import tidy

from .forms import Forms, called, entries
from .settings import JiraScope

_MOST = 300
"""Projects that are looked through; a site may have thousands."""


def nearest(word: str, names: Iterable[str]) -> str:
    """The one of *names* that *word* probably means, or ""."""
    plain = {_letters(name): name for name in reversed(list(names)) if name}
    close = difflib.get_close_matches(_letters(word), plain, n=1, cutoff=0.65)
    return plain[close[0]] if close else ""


def meant(word: str, names: Iterable[str], key: str, otherwise: str) -> str:
    """What to do about *word*, which stands at *key*: first what was probably meant, and else *otherwise*."""
    near = tidy(nearest(word, names))[:80]
    return f"did you mean {near!r}? Then correct {key}; or else: {otherwise}" if near else otherwise


def project_meant(forms: Forms, wanted: str, otherwise: str) -> str:
    """The same of a project's key, as far as the account may see the projects."""
    try:
        keys = [str(one.get("key") or "") for one in islice(forms.projects(), _MOST)]
    except TrackerError:
        keys = []
    # One that is listed and may not be looked at is no other.
    return meant(wanted, [key for key in keys if key != wanted], "scope.project", otherwise)


def strange_type(forms: Forms, scope: JiraScope) -> tuple[str, str] | None:
    """What is wrong with `scope.issue_type`, and what to do; None where the project has it, or does not say."""
    project = forms.project(scope.project) if scope.project and scope.issue_type else None
    kinds = entries(project, "issueTypes")
    if not kinds or any(called(one, scope.issue_type) for one in kinds):
        return None
    names = [tidy(str(one.get("name") or "")) for one in kinds]
    listed = f"write one of those that it has: {', '.join(names[:12])[:200]}"
    said = f"the project {scope.project} has no issue type {scope.issue_type!r}"
    return said, meant(scope.issue_type, names, "scope.issue_type", listed)


def _letters(word: str) -> str:
    return "".join(ch for ch in word.casefold() if ch.isalnum())
