"""What several rules begin with."""

from __future__ import annotations

from domain.story import (
    CLOSURE_TEXT,
    UPDATE_TEXT,
    Story,
    at,
)


def owned():
    """Dana owns it and has acknowledged."""
    return Story().own("09:05", "dana").ack("09:30")


def finished():
    """Everything done but the check-in."""
    story = owned().investigated("10:00").solved("10:30").say("11:00", "dana", UPDATE_TEXT, "customer_update")
    story.set("2026-03-05T15:00", "implemented_at", at("2026-03-05T15:00"))
    story.say("2026-03-05T15:40", "dana", CLOSURE_TEXT, "closure")
    story.set("2026-03-05T15:45", "root_cause", "product_bug").set(
        "2026-03-05T15:45", "breakdown_point", "product"
    )
    story.set("2026-03-05T15:46", "follow_up.scheduled_for", at("2026-03-11T09:00"), "priya")
    return story.move("2026-03-05T15:50", "closed")
