"""The people of a workspace."""

from __future__ import annotations

from fakes.http import Reply, Request

from .comments import CommentRoutes
from .refusal import restricted
from .rest import route

_HINT = (
    "Make sure your integration has capabilities to read user information. With those capabilities, "
    "only members and guests in the integration's workspace are visible."
)


class PeopleRoutes(CommentRoutes):
    """*personal*: the token is a person's own, which lists nobody."""

    personal = False

    @route("GET", "/users")
    def get_users(self, request: Request) -> Reply:
        """Members and bots; no guests, no groups, nobody who left."""
        self.asked(request, {"page_size", "start_cursor"})
        self.may("read_users")
        if self.personal:
            raise restricted()
        known = sorted(self.world.users.values(), key=lambda u: u.kind == "bot")
        listed = [u for u in known if u.kind != "group" and not u.guest and not u.removed]
        return Reply(200, self.paged(request, [self.render.user(u) for u in listed], type="user", user={}))

    @route("GET", "/users/me")
    def get_me(self, request: Request) -> Reply:
        return Reply(200, self.render.user(self.world.users[self.world.me]))

    @route("GET", "/users/{id}")
    def get_user(self, request: Request, id: str) -> Reply:
        if id == "me":
            return self.get_me(request)
        self.may("read_users")
        id_ = self.uuid("user_id", id)
        user = self.world.users.get(id_)
        if user is None or user.removed or user.kind == "group":
            raise self.missing("user", id_, _HINT)
        return Reply(200, self.render.user(user))
