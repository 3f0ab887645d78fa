"""What answers look like, in the versions of the API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .dates import stamp
from .outline import OLDEST, Outline
from .page import Block, Comment, Page
from .schema import LONE_TITLE, TEXTS, Property, User
from .texts import plain

CUT = 25
"""So many people or relations a page shows of one property."""


class Renderer(Outline):
    """People, pages, comments and blocks."""

    # -- people

    def person(self, user_id: str) -> dict[str, Any]:
        """Somebody inside a property: nameless where unknown, removed, or not to be seen."""
        user = self.world.users.get(user_id)
        if user is not None and user.kind == "group":
            return {"object": "group", "id": user.id, "name": user.name}
        if user is None or user.removed or "read_users" not in self.world.can:
            return self.partial(user_id)
        return self.user(user) | ({"bot": {}} if user.kind == "bot" else {})

    def user(self, user: User) -> dict[str, Any]:
        told = {
            "object": "user",
            "id": user.id,
            "name": user.name,
            "avatar_url": user.avatar,
            "type": user.kind,
        }
        if user.kind == "bot":
            return told | {"bot": self._bot() if user.id == self.world.me else {}}
        return told | {"person": {"email": user.email} if "read_emails" in self.world.can else {}}

    def _bot(self) -> dict[str, Any]:
        return {
            "owner": {"type": "workspace", "workspace": True},
            "workspace_name": self.world.name,
            "workspace_id": self.world.id,
            "workspace_limits": {"max_file_upload_size_in_bytes": 5242880},
        }

    # -- pages

    def page(self, page: Page, wanted: Iterable[Property] | None = None) -> dict[str, Any]:
        if page.source is None:
            shown = {"title": self.value(page, LONE_TITLE)}
        else:
            chosen = page.source.ordered if wanted is None else wanted
            shown = {p.name: self.value(page, p) for p in chosen}
        return self.dated(
            {
                "object": "page",
                "id": page.id,
                "created_time": stamp(page.created_at),
                "last_edited_time": stamp(page.edited_at),
                "created_by": self.partial(page.created_by),
                "last_edited_by": self.partial(page.edited_by),
                "cover": page.cover,
                "icon": page.icon,
                "parent": self._parent(page),
                "in_trash": page.in_trash,
                "is_archived": False,
                "is_locked": page.locked,
                "properties": shown,
                "url": self.world.url(page),
                "public_url": None,
            },
            page.in_trash,
        )

    def _parent(self, page: Page) -> dict[str, Any]:
        if page.source is None:
            if not page.parent:
                return {"type": "workspace", "workspace": True}
            return {"type": "page_id", "page_id": page.parent}
        database = {"database_id": page.source.database.id}
        if self.version == OLDEST:
            return {"type": "database_id", **database}
        return {"type": "data_source_id", "data_source_id": page.source.id, **database}

    def value(self, page: Page, held: Property) -> dict[str, Any]:
        """A property as a page shows it."""
        whole = self.content(page, held)
        told = {"id": held.key, "type": held.type, held.type: whole}
        if held.type in {"people", "relation"}:
            told[held.type] = whole[:CUT]
            if held.type == "relation":
                told["has_more"] = len(whole) > CUT
        return told

    def content(self, page: Page, held: Property) -> Any:
        """The whole value, in the form that answers have."""
        raw = page.values.get(held.id, held.empty)
        match held.type:
            case "select" | "status":
                return self._option(held, raw)
            case "multi_select":
                return [shown for one in raw if (shown := self._option(held, one))]
            case "people":
                return [self.person(one) for one in raw]
            case "relation":
                return [{"id": one} for one in raw]
            case "unique_id":
                return {"prefix": held.config.get("prefix"), "number": page.number}
            case "created_time":
                return stamp(page.created_at)
            case "last_edited_time":
                return stamp(page.edited_at)
            case "created_by":
                return self.person(page.created_by)
            case "last_edited_by":
                return self.person(page.edited_by)
            case "formula":
                return held.compute(page) if held.compute else {"type": "string", "string": None}
            case "rollup":
                return self._rollup(page, held)
        return raw

    @staticmethod
    def _option(held: Property, raw: Any) -> dict[str, Any] | None:
        option = held.option(raw) if raw else None
        return {"id": option.id, "name": option.name, "color": option.color} if option else None

    def _rollup(self, page: Page, held: Property) -> dict[str, Any]:
        """What related pages hold, of 25 of them at most."""
        function = str(held.config.get("function", "show_original"))
        assert page.source is not None
        relation = page.source.find(held.config["relation"])
        assert relation is not None
        related = page.values.get(relation.id) or []
        if function == "count":
            return {"type": "number", "number": len(related), "function": function}
        items = []
        for id_ in related[:CUT]:
            other = self.world.pages[id_]
            target = other.source.find(held.config["property"]) if other.source else None
            if target is not None:
                items.append({"type": target.type, target.type: self.content(other, target)})
        return {"type": "array", "array": items, "function": function}

    # -- comments and blocks

    def comment(self, comment: Comment) -> dict[str, Any]:
        author = self.world.users.get(comment.author)
        kind = "integration" if author is not None and author.kind == "bot" else "user"
        block = {"type": "block_id", "block_id": comment.block}
        return {
            "object": "comment",
            "id": comment.id,
            "parent": block if comment.block else {"type": "page_id", "page_id": comment.page},
            "discussion_id": comment.discussion,
            "created_time": stamp(comment.created_at),
            "last_edited_time": stamp(comment.edited_at),
            "created_by": self.partial(comment.author),
            "rich_text": comment.runs,
            "display_name": {"type": kind, "resolved_name": author.name if author else None},
        }

    def block(self, block: Block, parent: str, *, children: bool = False) -> dict[str, Any]:
        told = {
            "object": "block",
            "id": block.id,
            "parent": {"type": "page_id", "page_id": parent},
            "created_time": stamp(block.created_at),
            "last_edited_time": stamp(block.edited_at),
            "created_by": self.partial(block.created_by),
            "last_edited_by": self.partial(block.created_by),
            "has_children": children,
            "in_trash": block.in_trash,
            "type": block.type,
            block.type: block.content,
        }
        return self.dated(told, block.in_trash)


def words(page: Page, held: Property) -> str:
    """The text of a text property."""
    return (
        plain(page.values.get(held.id) or ()) if held.type in TEXTS else str(page.values.get(held.id) or "")
    )
