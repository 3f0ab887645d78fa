"""Steps that several tests of Salesforce take: settled cases, refusals, a write and a look."""

from __future__ import annotations

from urllib.parse import unquote

from fakes.http import Fault
from fakes.salesforce.rig import pull

from escsync.adapter import (
    PersonRef,
    SetField,
)


def settled(sf, *, count=1, **how):
    """Cases that were pulled long ago."""
    cases = [sf.open(f"n{n}", OwnerId="dana") for n in range(count)]
    sf.org.clock.advance(hours=1)
    adapter = sf.connect(**how)
    cursor = pull(adapter).cursor
    sf.org.clock.advance(hours=1)
    return cases, adapter, cursor


def refuse(sf, word, code, status=400, times=50):
    """Queries that hold *word* are refused as *code*, whatever else is asked beside them."""

    def altered(body):
        parts = sf.server.log and body["compositeResponse"]
        asked = current["request"].body["compositeRequest"]
        told = [
            {**part, "httpStatusCode": status, "body": [{"errorCode": code, "message": "no"}]}
            if word in unquote(one["url"])
            else part
            for part, one in zip(parts or body["compositeResponse"], asked, strict=True)
        ]
        return {"compositeResponse": told}

    current = {}

    def matching(request):
        current["request"] = request
        return request.path.endswith("/composite") and any(
            word in unquote(part["url"]) for part in request.body["compositeRequest"]
        )

    fault = Fault(matching, alter=altered, times=times)
    sf.server.faults.append(fault)
    return fault


OK = SetField("health", None, "ok")


def read(sf, adapter, case):
    (ticket,) = adapter.read([sf.ref(case)])
    return ticket


def written(sf, adapter, case, *edits, conditional=True):
    version = read(sf, adapter, case).version if conditional else ""
    (one,) = sf.write(adapter, sf.change(case, *edits, version=version))
    return one


def owner(sf, handle):
    return SetField("owner", None, (PersonRef(sf.org.who(handle)),))


HTML = b"<!DOCTYPE html><html><body>Down for maintenance</body></html>"


def data(request):
    return "/services/data/v" in request.path


def refusal(code, message="no", fields=()):
    return [{"errorCode": code, "message": message, "fields": list(fields)}]


KEEP = {"Sforce-Auto-Assign": "FALSE"}


AT_NINE = "Tue, 03 Mar 2026 09:00:00 GMT"
