"""Holders: a process is told apart from every other that there was."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from escsync.ledger.holder import here, known

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="only Linux tells of processes this way"
)
OWN = here("pass", os.getpid())


@pytest.mark.parametrize(
    ("holder", "dead"),
    [
        pytest.param(OWN, False, id="alive"),
        pytest.param(replace(OWN, start="1"), True, id="its number was given to another process"),
        pytest.param(replace(OWN, pid=2**22 + 1), True, id="nobody has its number"),
        pytest.param(replace(OWN, start="1", host="elsewhere"), False, id="another machine"),
        pytest.param(
            replace(OWN, start="1", boot="b"), False, id="a machine of the same name, or before its restart"
        ),
        pytest.param(
            replace(OWN, start="1", space="pid:[1]"), False, id="another container of the same machine"
        ),
        pytest.param(replace(OWN, start="", pid=2**22 + 1), False, id="not known when it began"),
        pytest.param(replace(OWN, space="", pid=2**22 + 1), False, id="not known where it counts"),
        pytest.param(here("pass", 1), False, id="somebody else's process"),
    ],
)
def test_only_a_process_that_is_certainly_gone_is_dead(holder, dead):
    """Whoever may live is waited for."""
    assert holder.dead is dead


def test_a_killed_process_is_dead_before_its_parent_has_noticed():
    """A zombie writes nothing any more."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    holder = here("pass", process.pid)
    alive = holder.dead
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    killed = holder.dead
    process.communicate()

    assert (alive, killed, holder.dead) == (False, True, True)


def test_a_holder_comes_back_from_its_written_form():
    """And a form that is none of ours is nobody."""
    assert known(OWN.written()) == OWN
    assert [known(text) for text in ("", "host/1/pass", "[]", '{"pid":1}', "null")] == [None] * 5
