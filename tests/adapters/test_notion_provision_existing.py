"""Provisioning into a database that people work in: it is completed, and nothing that is there is touched."""

from __future__ import annotations

import pytest
from fakes.http import Fault
from fakes.notion.errand import errand, inventory, is_write, nth, writes
from fakes.notion.rig import rig
from fakes.notion.trouble import broken
from hypothesis import given, settings, strategies

from escsync.adapter import Level, Rejected

MAPPED = {"owner": "Owner"}


@pytest.fixture
def notion():
    """A workspace with one database of escalations, which people have set up."""
    with rig() as made:
        yield made


def source(notion):
    return notion.site.escalations


def stages(notion):
    """The statuses as a configuration would map them."""
    return {"intake": "Open", "investigation": "Investigating", "closed": "Closed"}


def run(notion, only=(), **fields):
    """An errand with these fields mapped; *only* these wishes."""
    return errand(notion, fields=MAPPED | fields, stages=stages(notion)).apply(only=only)


def test_what_is_there_stays_as_it_is(notion):
    """Ids, names, types, options with their colours and descriptions, every value; something is added, nothing else."""
    page = notion.site.create(Tier="SMB", Severity="Data issue", Status="Pending", Health="ok")
    source(notion).find("Severity").option("Data issue").color = "pink"
    source(notion).find("Severity").option("Data issue").description = "Theirs"
    before = inventory(notion.world)
    done = run(notion)
    after = inventory(notion.world)

    for key, (name, type, description, options) in before["properties"].items():
        now = after["properties"][key]
        assert (now[0], now[1], now[2], now[3][: len(options)]) == (name, type, description, options)
    assert {
        k: v for k, v in after["pages"][page.id][0].items() if k in before["pages"][page.id][0]
    } == before["pages"][page.id][0]
    assert after["databases"] == before["databases"]
    assert done.failures == []
    assert len(after["properties"]) > len(before["properties"])


def test_a_second_time_changes_nothing(notion):
    """All is mapped by then, or remains for a person to do."""
    done = run(notion)
    before, sent = inventory(notion.world), len(writes(notion))

    left = done.apply().gaps

    assert [gap.id for gap in left if not gap.by_hand] == []
    assert (inventory(notion.world), len(writes(notion))) == (before, sent)


def test_what_is_called_like_a_field_and_fits_is_found(notion):
    """Nothing is written for it, only the configuration learns its id."""
    sent = len(writes(notion))
    done = run(notion, ["severity", "root_cause"])

    found = {gap.subject: gap.found for gap in done.gaps}
    assert (found["fields.severity"], found["options.severity"]) == (True, False)
    assert done.settings["fields", "severity"] == notion.site.id("Severity")
    assert len(writes(notion)) - sent == 2


def test_options_are_added_and_the_others_sent_back(notion):
    """What is left out of such a request is deleted, cells and all."""
    page = notion.site.create(Health="ok")
    held = source(notion).find("Health")
    held.options = [o for o in held.options if o.name == "ok"] + [held.offer("theirs", "brown")]
    kept = list(held.options)

    run(notion, ["health"], health=held.key)

    assert [o.name for o in held.options] == ["ok", "theirs", "Due soon", "Breached"]
    assert held.options[:2] == kept
    assert held.options[2].description.endswith("escsync:option")
    assert page.values[held.id] == kept[0].id


def test_statuses_that_are_mapped_and_not_there_are_added(notion):
    """To the others, which stay in their groups."""
    told = {**stages(notion), "candidate": "Triage"}

    errand(notion, fields=MAPPED, stages=told).apply(only=["tone"])

    assert [(o.name, o.group) for o in source(notion).find("Status").options][-1] == ("Triage", "To-do")
    assert source(notion).find("Status").option("Closed").group == "Complete"


@pytest.mark.parametrize(
    ("name", "spelled", "subject", "words", "clicks"),
    [
        ("tone", "Tone", "fields.tone", "has no property 'Tone'", "did you mean 'Tone!'"),
        ("tone", "Findings", "options.tone", "", ""),
        ("due_at", "Created", "fields.due_at", "a created_time cannot be written", "Next deadline"),
        ("tone", "History reviewed", "fields.tone", "of the type checkbox cannot hold this", "tone: Tone"),
        (
            "tone",
            "q%3DaB",
            "fields.tone",
            "looks like the id of a property that is gone",
            "remove the entry, then `escsync provision --apply` makes it anew",
        ),
        ("account.name", "Account.Name", "", "", ""),
        (
            "account.csm",
            "Account.CSM",
            "fields.account.csm",
            "has no property 'CSM'",
            "add the property there",
        ),
        ("tone", "TWIN", "fields.tone", "may be any of several", "map one by its id"),
    ],
)
def test_what_a_person_has_to_do_is_said_click_by_click(notion, name, spelled, subject, words, clicks):
    """A mapping that cannot be met is left as it is, and nothing is made in its place."""
    for twin in ("Twin", "twin"):
        notion.world.add_property(source(notion), twin, "select")
    notion.world.add_property(source(notion), "Tone!", "select")
    before = inventory(notion.world)

    done = run(notion, [name], **{name: spelled})

    hand = {gap.subject: gap for gap in done.gaps if gap.by_hand}
    assert words in (hand[subject].what if subject in hand else "")
    assert clicks in (hand[subject].by_hand if subject in hand else "")
    assert inventory(notion.world) == before


@pytest.mark.parametrize(
    ("type", "words"),
    [
        ("checkbox", "of the type checkbox cannot hold this"),
        ("relation", "of the type relation cannot hold this"),
    ],
)
def test_a_name_that_something_else_bears_is_left_to_it(notion, type, words):
    """Written by that name, Notion would change its type and empty its cells: a free one is proposed, and works."""
    config = {"data_source_id": notion.site.accounts.id} if type == "relation" else {}
    notion.world.add_property(source(notion), "Tone", type, **config)
    before = inventory(notion.world)

    done = run(notion, ["tone"])
    (gap,) = done.gaps
    unchanged = inventory(notion.world)
    followed = run(notion, ["tone"], tone="Tone (escsync)")

    assert words in gap.what
    assert "write `fields: {tone: Tone (escsync)}`" in gap.by_hand
    assert unchanged == before
    assert source(notion).find(followed.settings["fields", "tone"]).name == "Tone (escsync)"


def test_a_name_that_is_mapped_to_something_else_is_not_found_for_a_second_field(notion):
    """One property stands for one thing."""
    notion.world.add_property(source(notion), "Tone", "select", ("Private",))

    (gap,) = run(notion, ["tone"], severity="Tone").gaps

    assert "it stands for something else already" in gap.what


@pytest.mark.parametrize(
    ("options", "words"),
    [(98, "has too many for them to be added through the API"), (96, ""), (0, "takes no commas")],
)
def test_notions_own_limits_are_told_before(notion, options, words):
    """A request holds a hundred options, and none has a comma."""
    names = [f"o{n}" for n in range(options)]
    held = notion.world.add_property(source(notion), "Loudness", "select", names)
    done = errand(notion, fields=MAPPED | {"tone": held.key}, stages=stages(notion))
    commas = {"options": {"tone": {"public": ("Public, everywhere",)}}} if not options else {}

    done.apply(only=["tone"], **commas)

    hands = [gap.what for gap in done.gaps if gap.by_hand]
    assert words in "".join(hands)
    assert bool(hands) is bool(words)
    assert len(held.options) == (99 if options == 96 else options)


def test_boxes_of_a_multi_select_are_made_with_it(notion):
    """`Checks#Engineering` and `Checks#History` share one property, and stay as they are written."""
    boxes = {
        "checklist.history_reviewed": "Checks#History",
        "checklist.eng_product_consulted": "Checks#Engineering",
    }

    done = run(notion, list(boxes), **boxes)

    assert [o.name for o in source(notion).find("Checks").options] == ["History", "Engineering"]
    assert source(notion).find("Checks").type == "multi_select"
    assert done.settings["fields", "checklist.history_reviewed"] == "Checks#History"
    assert done.apply(only=list(boxes)).gaps == []


def test_of_several_properties_the_one_that_lacks_is_made(notion):
    """The list keeps its others."""
    done = errand(notion, fields={"owner": ["Owner", "Deputy"]}, stages=stages(notion)).apply(only=["tone"])

    assert done.settings["fields", "owner"] == ["Owner", source(notion).find("Deputy").key]


def test_one_that_was_renamed_is_known_by_its_mark(notion):
    """Whatever people call it; the configuration may have been lost meanwhile."""
    first = run(notion, ["tone"])
    source(notion).find("Tone").name = "How loud they are"

    again = run(notion, ["tone"])

    assert [(gap.found, gap.what) for gap in again.gaps] == [(True, "property 'How loud they are' (select)")]
    assert again.settings["fields", "tone"] == first.settings["fields", "tone"]


def test_what_people_make_between_the_look_and_the_deed_is_not_overwritten(notion):
    """A property of that name that came meanwhile would lose its type."""
    done = errand(notion, fields=MAPPED, stages=stages(notion))
    (gap,) = (gap for gap in done.look(["tone"]) if gap.subject == "fields.tone")
    notion.world.add_property(source(notion), "Tone", "number")

    with pytest.raises(Rejected, match="is a number by now"):
        done.adapter.provide(gap)

    assert source(notion).find("Tone").type == "number"


def test_options_that_people_add_between_the_look_and_the_deed_are_kept(notion):
    """The property is read once more before it is changed."""
    held = notion.world.add_property(source(notion), "Tone", "select", ("Private",))
    done = errand(notion, fields=MAPPED | {"tone": held.key}, stages=stages(notion))
    (gap,) = done.look(["tone"])
    held.offer("Theirs")

    done.adapter.provide(gap)

    assert [o.name for o in held.options] == ["Private", "Theirs", "Threat public", "Public"]


@pytest.mark.parametrize("lost", [True, False], ids=["answer lost", "not done"])
@pytest.mark.parametrize("number", range(2))
def test_each_write_that_goes_wrong_is_made_good_once(notion, number, lost):
    """A property and an option; the next run finds what was made."""
    notion.world.add_property(source(notion), "Brand exposure", "select", ("Low", "High"))
    wanted = ["tone", "brand_exposure"]
    stays = Fault(lambda r: is_write(r) and ("Tone" in str(r.body)) is (number == 0), broken(), times=9)
    notion.server.faults.append(nth(number, after=True, reset=True) if lost else stays)
    first = run(notion, wanted)
    notion.server.faults.clear()

    again = errand(notion, fields=MAPPED, stages=stages(notion)).apply(only=wanted)

    assert first.failures == [] if lost else first.failures
    assert [o.name for o in source(notion).find("Brand exposure").options][:2] == ["Low", "High"]
    assert len(source(notion).find("Brand exposure").options) == 5
    assert [p.name for p in source(notion).properties.values()].count("Tone") == 1
    assert again.apply(only=wanted).gaps == []


def test_no_status_is_guessed_in_a_workflow_that_is_not_ours(notion):
    """Where none is mapped, a person says which stands for which stage; nothing is added unasked."""
    before = inventory(notion.world)["properties"]
    done = errand(notion, fields=MAPPED).apply(only=["tone"])

    (gap,) = (gap for gap in done.gaps if gap.subject == "stages")
    assert "stages: {intake: ..." in gap.by_hand
    assert before.items() <= inventory(notion.world)["properties"].items()


def test_a_status_that_is_misspelt_is_not_made(notion):
    """It is a letter away from one that is there."""
    done = errand(notion, fields=MAPPED, stages={"investigation": "Investigatin"}).apply(only=["tone"])

    (gap,) = (gap for gap in done.gaps if gap.subject == "stages.investigation")
    assert "did you mean 'Investigating'?" in gap.by_hand
    assert source(notion).find("Status").option("Investigatin") is None


def test_no_views_are_put_into_a_database_that_is_not_ours(notion):
    """People have theirs."""
    done = run(notion)

    assert not [gap for gap in done.gaps if gap.id.startswith("view")]
    assert [view.name for view in source(notion).database.views] == ["Default view"]


_NAMES = ("Tone", "tone", "Escalation health", "Root cause", "Next deadline", "ID", "Tone (escsync)", "Owner")
_TYPES = (
    "select",
    "multi_select",
    "rich_text",
    "number",
    "checkbox",
    "date",
    "people",
    "url",
    "created_time",
)
_OPTIONS = ("Public", "PRIVATE", "ok", "Breached", "due_soon", "Product bug", "Theirs", "Ours")


@given(
    tables=strategies.dictionaries(
        strategies.sampled_from(_NAMES),
        strategies.tuples(
            strategies.sampled_from(_TYPES), strategies.lists(strategies.sampled_from(_OPTIONS), unique=True)
        ),
        max_size=6,
    ),
    mapped=strategies.dictionaries(
        strategies.sampled_from(("tone", "health", "root_cause", "due_at")), strategies.sampled_from(_NAMES)
    ),
)
@settings(max_examples=20, deadline=None, derandomize=True)
def test_whatever_people_have_set_up_stays_and_a_second_run_finds_nothing_to_make(tables, mapped):
    """Names, types and options of all kinds, mapped or not, fitting or not."""
    with rig() as notion:
        source(notion).properties = {
            p.id: p for p in source(notion).properties.values() if p.name in ("Name", "Status")
        }
        for name, (type, options) in tables.items():
            notion.world.add_property(source(notion), name, type, options if "select" in type else ())
        before = inventory(notion.world)["properties"]
        wanted = ["tone", "health", "root_cause", "due_at"]

        done = errand(notion, fields=mapped, stages=stages(notion)).apply(only=wanted)
        after, failures = inventory(notion.world)["properties"], done.failures
        again = done.look(only=wanted)

        assert {
            id: (*row[:3], row[3][: len(before[id][3])]) for id, row in after.items() if id in before
        } == before
        assert failures == []
        assert [gap for gap in again if not gap.by_hand] == []


def test_doctor_is_content_with_what_was_made(notion):
    """No field, option or status that is mapped fails."""
    done = run(notion)

    problems = [p for p in notion.connect(**done.how).check() if p.level is Level.FAIL]

    assert problems == []
