"""The resources of single records, queries and describes."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from typing import Any

from fakes.http import Reply

from .accept import Stale, Writer, http_date
from .cursors import Cursors
from .describe import Describer
from .record import Refused, Row, not_found
from .routes import Asked, route
from .schema import Field, SObject
from .soql_run import Runner
from .values import ZONED, shown, stamp
from .world import Org


class Rows:
    """Handlers; *cursors* keeps the queries that go on."""

    org: Org
    cursors: Cursors

    def object(self, name: str) -> SObject:
        for known, sobject in self.org.objects.items():
            if known.casefold() == name.casefold() and known not in self.org.lost and known != "Name":
                return sobject
        raise not_found()

    # -- queries

    @route("GET", "/query")
    @route("GET", "/queryAll")
    def query(self, asked: Asked) -> Reply:
        text = asked.request.one("q")
        if not text:
            raise Refused("MALFORMED_QUERY", "SOQL statements cannot be empty or null")
        all_ = asked.request.path.rstrip("/").endswith("/queryAll")
        runner = Runner(self.org, self.cursors, asked.root, asked.user, all_=all_)
        return Reply(200, self.cursors.first(runner.run(text), asked.root, asked.user, self._batch(asked)))

    @route("GET", "/query/{locator}")
    @route("GET", "/queryAll/{locator}")
    def more(self, asked: Asked, locator: str) -> Reply:
        return Reply(200, self.cursors.next(locator, asked.root, asked.user))

    @staticmethod
    def _batch(asked: Asked) -> int | None:
        told = asked.headers.get("sforce-query-options", "")
        _, _, size = told.replace(" ", "").partition("batchSize=")
        return int(size) if size.isdigit() else None

    # -- describes

    @route("GET", "/sobjects")
    def describe_global(self, asked: Asked) -> Reply:
        return Reply(200, Describer(self.org, asked.root).everything())

    @route("GET", "/sobjects/{name}")
    def brief(self, asked: Asked, name: str) -> Reply:
        told = Describer(self.org, asked.root).brief(self.object(name))
        return Reply(200, {"objectDescribe": told, "recentItems": []})

    @route("GET", "/sobjects/{name}/describe")
    def describe(self, asked: Asked, name: str) -> Reply:
        return Reply(200, Describer(self.org, asked.root).whole(self.object(name)))

    # -- what changed, by the server's own account

    @route("GET", "/sobjects/{name}/updated")
    @route("GET", "/sobjects/{name}/deleted")
    def replication(self, asked: Asked, name: str) -> Reply:
        """Seconds do not count, and the two ends must lie apart."""
        sobject = self.object(name)
        if "r" not in sobject.rights:
            raise not_found()
        ends = [asked.request.one(end) for end in ("start", "end")]
        if not all(ZONED.fullmatch(end) for end in ends):
            raise Refused("INVALID_REPLICATION_DATE", "startDate and endDate are required")
        start, end = (self.org.inner("Case", {"ClosedDate": e})["ClosedDate"].replace(second=0) for e in ends)
        if end - start <= timedelta(minutes=1):
            raise Refused("INVALID_REPLICATION_DATE", "startDate must be at least one minute before endDate")
        gone = asked.request.path.rstrip("/").endswith("/deleted")
        rows = [
            row
            for row in self.org.visible(sobject.name, all_=True)
            if row.deleted is gone and start <= row.get("SystemModstamp") < end
        ]
        covered = {"latestDateCovered": stamp(min(end, self.org.clock.now()).replace(second=0))}
        if not gone:
            return Reply(200, {"ids": [row.id for row in rows], **covered})
        deleted = [{"id": row.id, "deletedDate": stamp(row.get("SystemModstamp"))} for row in rows]
        oldest = {"earliestDateAvailable": stamp(self.org.clock.now() - timedelta(days=15))}
        return Reply(200, {"deletedRecords": deleted, **oldest, **covered})

    # -- records

    @route("GET", "/sobjects/{name}/{id}")
    def read(self, asked: Asked, name: str, id: str) -> Reply:
        sobject = self.object(name)
        row = Writer(self.org, asked.user).find(sobject, id)
        headers = self._stamped(row)
        since = asked.headers.get("if-modified-since")
        if since is not None and row.get("SystemModstamp") <= http_date(since):
            return Reply(304, None, headers)
        return Reply(200, self.told(asked, sobject, row, asked.request.many("fields")), headers)

    @route("POST", "/sobjects/{name}")
    def create(self, asked: Asked, name: str) -> Reply:
        row = self.writer(asked).create(self.object(name), asked.body)
        where = {"Location": f"{asked.root}/sobjects/{row.type}/{row.id}"}
        return Reply(201, {"id": row.id, "success": True, "errors": []}, where)

    @route("PATCH", "/sobjects/{name}/{id}")
    def update(self, asked: Asked, name: str, id: str) -> Reply:
        writer, sobject = self.writer(asked), self.object(name)
        try:
            writer.update(sobject, writer.find(sobject, id), asked.body)
        except Stale:
            return Reply(412, None)
        return Reply(204)

    @route("DELETE", "/sobjects/{name}/{id}")
    def delete(self, asked: Asked, name: str, id: str) -> Reply:
        writer, sobject = self.writer(asked), self.object(name)
        writer.delete(sobject, writer.find(sobject, id))
        return Reply(204)

    @route("GET", "/sobjects/{name}/{key}/{value}")
    def read_by(self, asked: Asked, name: str, key: str, value: str) -> Reply:
        sobject = self.object(name)
        found = self.matching(sobject, self.key(sobject, key), value)
        if not found:
            raise not_found()
        return Reply(200, self.told(asked, sobject, found[0], asked.request.many("fields")))

    @route("PATCH", "/sobjects/{name}/{key}/{value}")
    def upsert(self, asked: Asked, name: str, key: str, value: str) -> Reply:
        """By an external id; two matches are 300."""
        sobject, writer = self.object(name), self.writer(asked)
        field = self.key(sobject, key)
        found = self.matching(sobject, field, value)
        match found:
            case []:
                if asked.request.one("updateOnly") == "true":
                    raise not_found()
                row = writer.create(sobject, dict(asked.body) | {field.name: value})
                return Reply(201, {"id": row.id, "success": True, "errors": [], "created": True})
            case [row]:
                try:
                    writer.update(sobject, row, asked.body)
                except Stale:
                    return Reply(412, None)
                return Reply(200, {"id": row.id, "success": True, "errors": [], "created": False})
        return Reply(300, [f"{asked.root}/sobjects/{sobject.name}/{row.id}" for row in found])

    def writer(self, asked: Asked) -> Writer:
        return Writer(self.org, asked.user, asked.headers)

    def key(self, sobject: SObject, name: str) -> Field:
        """The field by which an upsert matches."""
        field = sobject.field(name)
        hidden = field is not None and (sobject.name, field.name) in self.org.invisible
        if field is None or hidden or not (field.external or field.lookup or field.type == "id"):
            message = f"Provided external ID field does not exist or is not accessible: {name}"
            raise Refused("NOT_FOUND", message, status=404)
        return field

    def matching(self, sobject: SObject, field: Field, value: str) -> list[Row]:
        wanted = value.casefold()
        return [
            row
            for row in self.org.visible(sobject.name)
            if str(row.get(field.name) or "").casefold() == wanted
        ]

    def told(self, asked: Asked, sobject: SObject, row: Row, names: list[str]) -> dict[str, Any]:
        """A record as JSON: the fields that were asked for, else all that may be seen."""
        hidden = {name for kind, name in self.org.invisible if kind == sobject.name}
        fields = [field for field in sobject.fields.values() if field.name not in hidden]
        if names:
            known = {field.name.casefold(): field for field in fields}
            for name in names:
                if name.casefold() not in known:
                    message = f"No such column '{name}' on sobject of type {sobject.name}"
                    raise Refused("INVALID_FIELD", message)
            fields = [known[name.casefold()] for name in ("Id", *names)]
        url = f"{asked.root}/sobjects/{row.type}/{row.id}"
        told: dict[str, Any] = {"attributes": {"type": row.type, "url": url}}
        return told | {field.name: shown(field, row.get(field.name)) for field in fields}

    def _stamped(self, row: Row) -> dict[str, str]:
        """Last-Modified tells SystemModstamp, wherever there is one; only Accounts have a tag."""
        at = row.get("SystemModstamp")
        if at is None:
            return {}
        told = {"Last-Modified": format_datetime(at, usegmt=True)}
        return told | ({"ETag": f'"{row.id}{int(at.timestamp())}--gzip"'} if row.type == "Account" else {})
