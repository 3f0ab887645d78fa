"""Who is who on a tracker is proposed with its reason, and never decided."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escsync.adapter import Level, PersonKind, TrackerPerson
from escsync.config.document import parse
from escsync.domain.people import Directory, Person
from escsync.setup.people import roster
from escsync.setup.people.matching import EMAIL, NAME, USERNAME, known, matches, proposals

NORA = Person("nora", "Nora Lind", email="nora@acme.example")
SAM = Person("sam", "Sam Okafor", email="s@acme.example")


def found(*accounts, people=(NORA,)):
    """What is proposed for *people*."""
    return matches(Directory(people), "support", accounts)


@pytest.mark.parametrize(
    ("account", "by", "sure"),
    [
        (TrackerPerson("1", "N. L.", email="Nora@Acme.example"), EMAIL, True),
        (TrackerPerson("1", "N. L.", username="NORA"), USERNAME, True),
        (TrackerPerson("1", "N. L.", username="nora@acme.example"), USERNAME, True),
        (TrackerPerson("1", "nora  LIND"), NAME, False),
        (TrackerPerson("1", "N. L."), "", False),
        (TrackerPerson("1", "Nora Lind", email="nora@acme.example", kind=PersonKind.BOT), "", False),
    ],
)
def test_an_account_is_proposed_by_what_it_has_in_common(account, by, sure):
    """An e-mail or a username; the name alone is a weak sign, and only a human is somebody."""
    (match,) = found(account)

    assert (match.by, match.sure) == (by, sure)


def test_the_better_sign_goes_before_the_weaker_one():
    """An account with the e-mail, although another one has the name."""
    (match,) = found(TrackerPerson("1", "Nora Lind"), TrackerPerson("2", "x", email="nora@acme.example"))

    assert [one.id for one in match.accounts] == ["2"]


def test_a_name_that_two_accounts_or_two_people_have_says_nothing():
    """Not even weakly."""
    twins = found(TrackerPerson("1", "Nora Lind"), TrackerPerson("2", "Nora Lind"))
    namesakes = found(TrackerPerson("1", "Nora Lind"), people=(NORA, Person("nora2", "Nora Lind")))

    assert [match.accounts for match in (*twins, *namesakes)] == [(), (), ()]


def test_who_has_an_id_is_asked_about_no_more():
    """And an account that is somebody's is nobody else's; who left needs none."""
    dana = Person("dana", "Dana", email="nora@acme.example", ids={"support": "1"})
    left = Person("lena", "Lena", active=False)

    some = found(TrackerPerson("1", "x", email="nora@acme.example"), people=(NORA, dana, left))

    assert [(match.person.id, match.accounts) for match in some] == [("nora", ())]


def test_an_account_that_two_people_may_have_is_nobodys_for_sure():
    """A username that fits one and an e-mail that fits the other."""
    nora2 = Person("n.lind", "N. Lind", email="nora@other.example")

    one, two = found(TrackerPerson("1", "x", username="nora"), people=(NORA, nora2))

    assert (one.shared, one.sure, two.shared, two.sure) == (True, False, True, False)
    assert "somebody else's" in next(iter(proposals("support", [one]))).message


def test_of_several_accounts_the_active_ones_count():
    """Somebody who left and came back has two."""
    (match,) = found(
        TrackerPerson("1", "x", email="nora@acme.example", active=False),
        TrackerPerson("2", "x", email="nora@acme.example"),
    )

    assert [one.id for one in match.accounts] == ["2"]


def test_an_id_is_looked_at_too():
    """Is it there, is it human, is it active?"""
    people = [Person(name, name, ids={"support": id}) for id, name in enumerate("abcd")]
    accounts = [
        TrackerPerson(0, "A"),
        TrackerPerson(1, "B", active=False),
        TrackerPerson(2, "C", kind=PersonKind.QUEUE),
    ]

    lines = list(known(Directory(people), "support", accounts))

    assert [line.level for line in lines] == [Level.OK, *[Level.WARNING] * 3]
    assert "no assignable account 3" in lines[3].message


# -- the file

BLOCK = """\
# The team.
people:
  - id: nora      # since 2024
    name: Nora Lind
    email: nora@acme.example
    # ids: {support: "..."}
  - {id: sam, name: Sam Okafor, email: s@acme.example}   # flow
fallback_owner: nora
"""
BY_EMAIL = [
    TrackerPerson("5b1", "Nora # Lind", email="nora@acme.example"),
    TrackerPerson("077", "S", username="sam"),
]


def test_the_proposed_file_is_the_old_one_and_the_ids():
    """Each with its reason; every comment is still there."""
    some = matches(Directory([NORA, SAM]), "support", BY_EMAIL)

    text = roster.proposed(BLOCK, {"support": some})

    assert text.splitlines() == [
        "# The team.",
        "people:",
        "  - id: nora      # since 2024",
        '    ids: {support: "5b1"}  # proposed by escsync doctor: the account of Nora # Lind has the same e-mail',
        "    name: Nora Lind",
        "    email: nora@acme.example",
        '    # ids: {support: "..."}',
        "  # proposed by escsync doctor: the account of S has the same username",
        '  - {id: sam, name: Sam Okafor, email: s@acme.example, ids: {support: "077"}}   # flow',
        "fallback_owner: nora",
    ]


@pytest.mark.parametrize(
    "ids",
    ["    ids: {crm: x}\n", "    ids:\n      crm: x   # hers\n", "    ids: {}\n", "    ids:\n", "    ids: {\n      crm: x, # hers\n    }\n",
     "    ids: &hers {crm: x}\n"],
)  # fmt: skip
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_an_id_finds_its_place_among_others(ids, newline):
    """However they are written, with whatever line ends."""
    text = f"people:\n  - id: nora\n    name: Nora Lind\n{ids}  - id: last\n    name: L\n".replace(
        "\n", newline
    )
    before = parse(text, "").data

    new = roster.proposed(text, {"support": found(*BY_EMAIL)})

    after = parse(new, "").data
    assert after["people"][0]["ids"] == {**(before["people"][0]["ids"] or {}), "support": "5b1"}
    assert after["people"][1:] == before["people"][1:]
    assert "proposed by escsync doctor" in new
    assert new.count("\n") == new.count(newline)


@pytest.mark.parametrize(
    "accounts",
    [
        [TrackerPerson("1", "Nora Lind")],
        [TrackerPerson("1", "x", username="nora"), TrackerPerson("2", "y", username="nora")],
    ],
)
@pytest.mark.parametrize("text", [BLOCK, "people: [{id: nora, name: Nora Lind}]\n"])
def test_what_is_a_guess_is_a_comment(accounts, text):
    """A name alone, or several: the file says what it said before."""
    new = roster.proposed(text, {"support": found(*accounts)})

    assert parse(new, "").data == parse(text, "").data
    assert "# nora: ids: {support: " in new


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=12), st.text(min_size=1, max_size=12), st.sampled_from([True, False]))
def test_whatever_a_tracker_calls_people_the_file_says_what_it_said(name, id, sure):
    """And the id, exactly, or nothing."""
    account = TrackerPerson(
        id, name, email="nora@acme.example" if sure else "", username="" if sure else "nora"
    )

    new = parse(roster.proposed(BLOCK, {"support": found(account)}), "").data

    before = parse(BLOCK, "").data
    held = new["people"][0].pop("ids", None)
    assert new == before
    assert held is None or (isinstance(held["support"], str | int) and str(held["support"]) == id)


def test_a_file_that_is_no_roster_stays_as_it_is():
    """Whatever it is."""
    for text in ("", "- a\n", "people: 7\n", "a: [", "people:\n  - x\n"):
        assert roster.proposed(text, {"support": found(*BY_EMAIL)}) == text


def test_a_team_without_people_gets_a_file_to_fill_in():
    """Every human who is there, one who is on two trackers once; no role is guessed."""
    text = roster.starting(
        {
            "support": [
                TrackerPerson("u1", "Dana: Reyes", email="dana@acme.example"),
                TrackerPerson("u2", "Dana", username="d"),
                TrackerPerson("q1", "Queue", kind=PersonKind.QUEUE),
                TrackerPerson("u3", "Left", active=False),
            ],
            "crm": [TrackerPerson("005", "D. Reyes", email="DANA@acme.example"), TrackerPerson("006", "")],
        }
    )

    people = parse(text, "").data["people"]
    assert [(one["id"], one["name"], one["ids"]) for one in people] == [
        ("dana", "Dana: Reyes", {"support": "u1", "crm": "005"}),
        ("dana-2", "Dana", {"support": "u2"}),
        ("006", "006", {"crm": "006"}),
    ]
    assert all("roles" not in one for one in people)
    assert text.count("# roles: ") == 3
    assert parse(roster.starting({}), "").data == {"people": []}
