"""The comments of an issue, over REST."""

from __future__ import annotations

from fakes.http import Reply, Request

from .accept import Refused
from .rest import Rest, route


class CommentRoutes(Rest):
    """One comment, a page of comments, and their properties."""

    page_limit = 100

    @route("GET", "/issue/{id}/comment")
    def listed(self, request: Request, id: str) -> Reply:
        issue = self.issue(id)
        found = list(issue.comments)
        if request.one("orderBy").startswith("-"):
            found.reverse()
        start = request.number("startAt", 0)
        size = min(request.number("maxResults", self.page_limit), self.page_limit)
        page = found[start : start + size]
        properties = "properties" in request.one("expand")
        told = [self.render.comment(c, service=self.service(issue), properties=properties) for c in page]
        return Reply(200, {"startAt": start, "maxResults": size, "total": len(found), "comments": told})

    @route("POST", "/issue/{id}/comment")
    def add_comment(self, request: Request, id: str) -> Reply:
        issue = self.issue(id)
        self.writable()
        self.check_body(request)
        comment = self.say(issue, request.body)
        return Reply(201, self.render.comment(comment, service=self.service(issue), properties=True))

    @route("GET", "/issue/{id}/comment/{comment}")
    def get_comment(self, request: Request, id: str, comment: str) -> Reply:
        issue = self.issue(id)
        found = self.comment_of(issue, comment)
        properties = "properties" in request.one("expand")
        return Reply(200, self.render.comment(found, service=self.service(issue), properties=properties))

    @route("PUT", "/issue/{id}/comment/{comment}")
    def put_comment(self, request: Request, id: str, comment: str) -> Reply:
        issue = self.issue(id)
        self.writable()
        self.check_body(request)
        found = self.rewrite(issue, self.comment_of(issue, comment), request.body)
        return Reply(200, self.render.comment(found, service=self.service(issue), properties=True))

    @route("DELETE", "/issue/{id}/comment/{comment}")
    def drop_comment(self, request: Request, id: str, comment: str) -> Reply:
        issue = self.issue(id)
        self.writable()
        issue.delete_comment(self.comment_of(issue, comment))
        return Reply(204)

    def check_body(self, request: Request) -> None:
        body = request.body.get("body") if isinstance(request.body, dict) else None
        if told := self.reader.body_fault(body):
            raise Refused(400, errors={"comment": told})

    @route("GET", "/comment/{comment}/properties/{key}")
    def comment_property(self, request: Request, comment: str, key: str) -> Reply:
        for issue in self.world.issues.values():
            for known in issue.comments:
                if str(known.id) == comment and key in known.properties:
                    return Reply(200, {"key": key, "value": known.properties[key]})
        raise Refused(404, f"The property '{key}' does not exist.")

    @route("PUT", "/comment/{comment}/properties/{key}")
    def put_comment_property(self, request: Request, comment: str, key: str) -> Reply:
        self.writable()
        for issue in self.world.issues.values():
            for known in issue.comments:
                if str(known.id) == comment:
                    new = key not in known.properties
                    stamp = issue.updated
                    issue.rewrite(known.id, known.text, known.adf, known.editor, {key: request.body})
                    issue.updated = stamp
                    return Reply(201 if new else 200)
        raise Refused(404, f"Can not find a comment for the id: {comment}.")
