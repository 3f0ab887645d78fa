"""A Notion workspace in memory: what the API shows, and what tests change as people would."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from fakes.jira.clock import Clock

from .dates import told
from .ids import bare, property_id, uuid_of
from .page import Comment, Page
from .schema import CHOICES, TEXTS, Database, DataSource, Property, User, View
from .texts import typed

CAPABILITIES = frozenset(
    {
        "read_content",
        "update_content",
        "insert_content",
        "read_comments",
        "insert_comments",
        "read_users",
        "read_emails",
    }
)
HOST = "https://app.notion.com/p/"


class Workspace:
    """*me* is the connection's bot, *can* what it may do; *blind*: nothing is shared with it any more.

    *viewless*: views are not served. *prefixes* are those of unique ids elsewhere, which no other table may have.
    *deaf* are plain ids of properties whose writes are accepted and change nothing. *before_write* is called, each
    once, right before the next write is carried out.
    """

    def __init__(self, clock: Clock | None = None, name: str = "Acme") -> None:
        self.clock = clock or Clock()
        self.name = name
        self.id = uuid_of("workspace", name)
        self.can = set(CAPABILITIES)
        self.blind = False
        self.viewless = False
        self.prefixes: set[str] = set()
        self.deaf: set[str] = set()
        self.before_write: list[Callable[[], None]] = []
        self.users: dict[str, User] = {}
        self.databases: dict[str, Database] = {}
        self.sources: dict[str, DataSource] = {}
        self.pages: dict[str, Page] = {}
        self.comments: list[Comment] = []
        self.resolved: set[str] = set()
        self._count = 0
        self.me = self.add_user("escsync", "Escalation Sync", kind="bot").id
        self.home = self.add_page("Escalations").id

    def new_id(self, *words: object) -> str:
        self._count += 1
        return uuid_of(self.name, self._count, *words)

    # -- setting up

    def add_user(self, handle: str, name: str, **more: Any) -> User:
        mail = {"email": f"{handle}@acme.example"} if more.get("kind", "person") == "person" else {}
        user = User(uuid_of("user", handle), name, **(mail | more))
        self.users[user.id] = user
        return user

    def add_page(self, title: str, parent: str = "") -> Page:
        """A page at the top of the workspace, or below another one."""
        page = self._page(None, parent, self.me)
        page.values = {"title": typed(title)}
        return page

    def add_database(self, title: str, parent: str = "") -> Database:
        """A database with one data source of the same name, whose only property is its title."""
        made = Database(self.new_id("database"), title, parent or self.home, self.clock.now())
        self.databases[made.id] = made
        self.add_source(made, title)
        return made

    def add_source(self, database: Database, title: str) -> DataSource:
        now = self.clock.now()
        source = DataSource(self.new_id("source"), title, database, now, self.me, now)
        source.properties["title"] = Property("title", "Name", "title")
        database.sources.append(source)
        self.sources[source.id] = source
        if not database.views:
            self.add_view(database, source, "Default view", "table")
        return source

    def add_view(self, database: Database, source: DataSource, name: str, type_: str) -> View:
        view = View(self.new_id("view"), name, type_, source.id, self.clock.now(), self.me)
        database.views.append(view)
        return view

    def add_property(
        self, source: DataSource, name: str, type_: str, options: Iterable[str] = (), **config: Any
    ) -> Property:
        """*options* of a status property may name their group: "Done:Complete"."""
        compute = config.pop("compute", None)
        made = Property(property_id(source.properties, source.title, name), name, type_, [], config, compute)
        for spelled in options:
            label, _, group = spelled.partition(":") if type_ == "status" else (spelled, "", "")
            made.offer(label, group=group or "To-do")
        source.properties[made.id] = made
        for page in self.rows(source):
            page.values[made.id] = made.empty
        source.edited_at = self.clock.now()
        return made

    # -- looking up

    def rows(self, source: DataSource) -> list[Page]:
        return [page for page in self.pages.values() if page.source is source and not page.purged]

    def sees(self, page: Page) -> bool:
        """Can the connection see it?"""
        hidden = page.hidden or page.purged or self.blind
        return not hidden and not (page.source and page.source.hidden)

    def url(self, page: Page) -> str:
        words = "".join(ch if ch.isascii() and ch.isalnum() else "-" for ch in page.title[:80])
        slug = "-".join(part for part in words.split("-") if part)
        return HOST + (f"{slug}-" if slug else "") + bare(page.id)

    # -- people working

    def open(self, source: DataSource, values: Mapping[str, Any], by: str) -> Page:
        """A new row; *values* by the names or ids of properties, as people would give them."""
        page = self.draft(source, by)
        self.number(page)
        self._fill(page, values)
        return page

    def draft(self, source: DataSource, by: str) -> Page:
        """A new row with nothing in it, and without a number as yet."""
        page = self._page(source, "", by)
        page.values = {p.id: p.empty for p in source.properties.values()}
        return page

    @staticmethod
    def number(page: Page) -> None:
        """Give a row the next number of its table."""
        if page.source is not None:
            page.source.counter += 1
            page.number = page.source.counter

    def edit(self, page: Page, values: Mapping[str, Any], by: str) -> None:
        self._fill(page, values)
        self.touch(page, by)

    def touch(self, page: Page, by: str) -> None:
        page.edited_at, page.edited_by = self.clock.now(), by

    def trash(self, page: Page, by: str, *, gone: bool = True) -> None:
        page.in_trash = gone
        self.touch(page, by)

    def move(self, page: Page, source: DataSource, by: str) -> None:
        """To another table: what has a property of the same name and type there goes along."""
        before, page.source = page.source, source
        values, page.values = page.values, {p.id: p.empty for p in source.properties.values()}
        for held in before.properties.values() if before else ():
            there = source.find(held.name)
            if there is not None and there.type == held.type and held.id in values:
                page.values[there.id] = self._carried(held, there, values[held.id])
        self.touch(page, by)

    @staticmethod
    def _carried(held: Property, there: Property, value: Any) -> Any:
        """Options go by their names."""
        if held.type not in CHOICES:
            return value
        names = [o.name for o in held.options if o.id in (value if isinstance(value, list) else [value])]
        ids = [option.id for name in names if (option := there.option(name))]
        return ids if isinstance(value, list) else next(iter(ids), there.empty)

    def relate(self, page: Page, held: Property, ids: list[str]) -> None:
        """Set a relation; where it is two-way, the other side follows."""
        other = self.sources[held.config["data_source_id"]].find(held.config.get("synced"))
        before = set(page.values.get(held.id) or ())
        page.values[held.id] = list(dict.fromkeys(ids))
        for id_ in (before ^ set(ids)) if other else ():
            assert other is not None
            back = self.pages[id_].values.setdefault(other.id, [])
            back.append(page.id) if id_ in ids else back.remove(page.id)

    def contains(self, page: Page) -> bool:
        """Is there anything on it or under it?"""
        under = any(p.parent == page.id and not p.in_trash for p in self.pages.values())
        tables = any(d.parent == page.id and not d.in_trash for d in self.databases.values())
        return under or tables or any(not block.in_trash for block in page.blocks)

    def say(self, page: Page, runs: list[dict[str, Any]] | str, by: str, discussion: str = "") -> Comment:
        """A comment on the page; the page itself does not change by it. One thread holds those of a page."""
        open_ = (c.discussion for c in self.comments if c.page == page.id and not c.block)
        thread = discussion or next((d for d in open_ if d not in self.resolved), "")
        now = self.clock.now()
        text = typed(runs) if isinstance(runs, str) else runs
        made = Comment(
            self.new_id("comment"), page.id, thread or self.new_id("discussion"), by, now, now, text
        )
        self.comments.append(made)
        return made

    def rewrite(self, comment: Comment, runs: list[dict[str, Any]] | str) -> None:
        comment.runs = typed(runs) if isinstance(runs, str) else runs
        comment.edited_at = self.clock.now()

    def retract(self, comment: Comment) -> None:
        self.comments.remove(comment)

    def resolve(self, comment: Comment) -> None:
        """Close the comment's thread."""
        self.resolved.add(comment.discussion)

    def _page(self, source: DataSource | None, parent: str, by: str) -> Page:
        now = self.clock.now()
        id_ = self.new_id("page")
        page = Page(id_, source, parent, len(self.pages), now, by, now, by)
        self.pages[id_] = page
        return page

    def subpage(self, parent: str, by: str) -> Page:
        """A page under a page."""
        return self._page(None, parent, by)

    def _fill(self, page: Page, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            found = page.source.find(name) if page.source else None
            if found is None:
                raise ValueError(f"no property {name!r}")
            page.values[found.id] = self.inner(found, value)

    @staticmethod
    def inner(held: Property, value: Any) -> Any:
        """A value as a test gives it, in the form in which it is kept."""
        if value is None:
            return held.empty if held.type != "status" else None
        if held.type in TEXTS:
            return typed(value) if isinstance(value, str) else value
        if held.type in CHOICES:
            wanted = value if held.type == "multi_select" else [value]
            options = [held.option(one) for one in wanted]
            if None in options:
                raise ValueError(f"{held.name} has no such option")
            ids = [option.id for option in options if option]
            return ids if held.type == "multi_select" else ids[0]
        if held.type in {"people", "relation"}:
            return list(value)
        if held.type == "date" and isinstance(value, str | date | datetime):
            return told(value)
        return value
