"""people.yaml and accounts.csv: who is who, checked against each other, each mistake with its line."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from escsync.config import load
from escsync.config.accounts import accounts
from escsync.config.document import parse
from escsync.config.people import directory
from escsync.domain.people import Money, PersonKind, PersonRef, Role

BERLIN = ZoneInfo("Europe/Berlin")
WHOLE = """\
people:
  - id: dana
    name: Dana Reyes
    email: dana@acme.example
    time_zone: America/New_York
    roles: [csm, {role: support_manager, from: 2026-03-03, to: "2026-03-04T12:00:00Z"}]
    ids: {support: 557058}
    absences: [{from: 2026-06-03, to: 2026-06-10, fallback: idris}]
    may_approve_exceptions: {limit: "5000 EUR"}
  - id: idris
    name: Idris Bello
    email: idris@acme.example
    roles: [{role: support_director, from: 2026-03-03}]
    fallback: dana
    may_approve_exceptions: true
  - {id: box, name: Escalations, kind: shared_mailbox}
fallback_owner: idris
"""


def problems(text):
    """What is wrong with *text*, as it is printed."""
    return [str(problem) for problem in directory(parse(text, "people.yaml"), BERLIN)[1]]


def test_everybody_is_read_with_roles_absences_and_rights():
    """Ids are text, a bare role is held always, an amount has its currency."""
    found, wrong = directory(parse(WHOLE, "people.yaml"), BERLIN)
    dana, idris = found.people["dana"], found.people["idris"]

    assert wrong == []
    assert found.find("support", PersonRef(id="557058")) is dana
    assert Role.CSM in dana.roles(datetime(1999, 1, 1, tzinfo=UTC))
    assert dana.approve_limit == Money(Decimal(5000), "EUR")
    assert (dana.may_approve_exceptions, idris.may_approve_exceptions, idris.approve_limit) == (
        True,
        True,
        None,
    )
    assert dana.absence(datetime(2026, 6, 10, 23, tzinfo=UTC)).fallback == "idris"
    assert found.people["box"].kind is PersonKind.SHARED_MAILBOX
    assert found.fallback_owner == "idris"


def test_a_role_begins_at_midnight_where_the_person_works():
    """Else in the policy zone; an instant is one everywhere (decisions 84 and 85)."""
    found, _ = directory(parse(WHOLE, "people.yaml"), BERLIN)
    dana, idris = found.people["dana"].tenures[1], found.people["idris"].tenures[0]

    assert dana.since == datetime(2026, 3, 3, 5, tzinfo=UTC)
    assert dana.until == datetime(2026, 3, 4, 12, tzinfo=UTC)
    assert idris.since == datetime(2026, 3, 2, 23, tzinfo=UTC)


MISTAKES = {
    "an unknown key": ("    name: Dana", "    nmae: Dana", ":3: people[0].nmae: unknown key; did you mean 'name'?"),
    "timezone": ("    time_zone:", "    timezone:", ":5: people[0].timezone: unknown key; did you mean 'time_zone'?"),
    "an offset": ("America/New_York", '"-05:00"', ":5: people[0].time_zone: '-05:00' is an offset; write an IANA zone"),
    "an unknown role": ("[csm,", "[cms,", ":6: people[0].roles[0]: 'cms' is not one of"),
    "a role of another company": ("role: support_manager", "role: manager", "did you mean 'support_manager'?"),
    "a role that ends first": ("from: 2026-03-03, to", "from: 2026-05-03, to", ":6: people[0].roles[1]: ends before it"),
    "a day that is none": ("from: 2026-03-03, to", "from: 2026-02-30, to", "'2026-02-30' is no day; write 2026-03-31"),
    "a year that is none": ("from: 2026-03-03, to", "from: 0001-01-01, to", "the year 1 is not between 1900 and 2200; what has no limit"),
    "an instant without a zone": ("12:00:00Z", "12:00:00", "'2026-03-04T12:00:00' has no time zone; write"),
    "an absence that ends first": ("to: 2026-06-10", "to: 2026-06-01", ":8: people[0].absences[0]: ends before it"),
    "a fallback who is nobody": ("fallback: idris}", "fallback: idrs}", "'idrs' is the id of nobody in this file; did you mean 'idris'?"),
    "a fallback to oneself": ("fallback: dana", "fallback: idris", ":14: people[1].fallback: is the same person"),
    "a fallback that is a mailbox": ("fallback: dana", "fallback: box", "'box' is no human and can own nothing"),
    "a global fallback who is nobody": ("owner: idris", "owner: ana", ":17: fallback_owner: 'ana' is the id of nobody in this file; did you mean 'dana'?"),
    "an amount without a currency": ('"5000 EUR"', "5000", ":9: people[0].may_approve_exceptions.limit: '5000' is no amount; write for example '5000 EUR'"),
    "two people with one id": ("id: idris", "id: dana", ":10: people[1].id: 'dana' is the id of two people"),
    "two people with one e-mail": ("idris@", "DANA@", ":12: people[1].email: 'DANA@acme.example' is already the e-mail of dana"),
    "one native id twice": ("    fallback: dana", "    ids: {support: 557058}", ":14: people[1].ids.support: '557058' already belongs to dana"),
    "a list for a native id": ("{support: 557058}", "{support: [1]}", ":7: people[0].ids.support: expected an id, as text"),
    "an unknown kind": ("shared_mailbox", "mailbox", "did you mean 'shared_mailbox'?"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_about_a_person_is_told_with_its_line(old, new, said):
    """A wrong directory gives wrong verdicts, so nothing in it is guessed."""
    assert old in WHOLE

    found = problems(WHOLE.replace(old, new, 1))

    assert any(said in problem for problem in found), found
    assert not said.startswith(":") or f"people.yaml{said}" in "".join(found)


def test_a_directory_that_is_no_mapping_is_told():
    """A list at the top is the commonest way to get it wrong."""
    assert problems("- {id: a}\n")[0].startswith("people.yaml:1: (file): expected a mapping")
    assert problems("")[0].startswith("people.yaml:1: (file): expected a mapping")


HEADER = "id,name,tier,arr,currency,customer_since,csm,time_zone,account_executive,renewal_date\n"


@pytest.fixture
def sheet(tmp_path):
    """Reads a CSV file of this content."""

    def read(text, encoding="utf-8"):
        (tmp_path / "accounts.csv").write_bytes(text.encode(encoding))
        found, wrong = accounts(tmp_path / "accounts.csv")
        return found, [str(problem).removeprefix(f"{tmp_path}/") for problem in wrong]

    return read


def test_an_account_is_found_by_its_id_or_its_name(sheet):
    """Values are normalised as far as that is safe."""
    found, wrong = sheet(
        HEADER + '1,"Alder, AG",Mid Market,120000.50,eur,2023-02-01,lena,Europe/Berlin,,2027-02-01\n'
    )
    row = found.find("1", None)

    assert wrong == []
    assert found.find(None, "alder, ag") is row
    assert (row.tier, row.arr, row.currency, row.csm) == ("mid_market", "120000.50", "EUR", "lena")
    assert (row.customer_since, row.renewal_date) == (date(2023, 2, 1), date(2027, 2, 1))


@pytest.mark.parametrize(
    "text", ["\ufeffid,name\r\n1,Alder\r\n", "id;name\n1;Alder\n", "name,id\n\nAlder,1\n,\n"]
)
def test_what_spreadsheets_save_is_read(sheet, text):
    """With a byte order mark, with semicolons, with empty lines, columns in any order."""
    found, wrong = sheet(text)

    assert (wrong, found.find("1", None).name) == ([], "Alder")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,nmae\n", "accounts.csv:1: nmae: unknown column; did you mean 'name'?"),
        ("id,id\n", "accounts.csv:1: id: the column stands there twice"),
        ("tier,arr\n", "accounts.csv:1: id: there is neither a column id nor a column name to join on"),
        ("id,name\n1,A\n1,B\n", "accounts.csv:3: id: '1' stands there twice, first in line 2"),
        ("name,arr\nA,1\na,2\n", "accounts.csv:3: name: 'a' stands there twice, first in line 2"),
        ("id,name\n1,A,x\n", "accounts.csv:2: (file): has 3 cells, the header 2; quote cells with commas"),
        ("id,arr\n1,12k\n", "accounts.csv:2: arr: '12k' is no number; write 120000 or 120000.50"),
        ("id,arr\n1,-5\n", "accounts.csv:2: arr: '-5' is less than nothing"),
        ("id,arr\n1,NaN\n", "accounts.csv:2: arr: 'NaN' is no number; write 120000 or 120000.50"),
        ("id,currency\n1,EURO\n", "accounts.csv:2: currency: 'EURO' is no currency; write EUR or USD"),
        ("id,tier\n1,enterprize\n", "did you mean 'enterprise'?"),
        ("id,time_zone\n1,CET\n", "accounts.csv:2: time_zone: 'CET' is an abbreviation"),
        ('id,name,renewal_date\n1,"A\nB",2026-01-01\n2,C,01.02.2026\n', "accounts.csv:4: renewal_date: '01.02.2026' is"),
        ("id,name,arr\n,,5\n", "accounts.csv:2: id: the row has neither an id nor a name"),
        ('id,name\n1,"A\n', "accounts.csv:2: (file): is no CSV"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_row_is_told_with_its_line(sheet, text, said):
    """The line is that of the file, where a cell spans several, too."""
    _, wrong = sheet(text)

    assert said in "".join(wrong)


def test_a_sheet_in_another_encoding_is_told(sheet):
    """Names would be garbled and then not found."""
    assert "is not UTF-8; save it as `CSV UTF-8`" in sheet("id,name\n1,Käse\n", "latin-1")[1][0]


def test_every_bad_row_is_told_at_once(sheet):
    """And the good ones are read."""
    found, wrong = sheet("id,arr\n1,x\n2,5\n3,y\n")

    assert [problem.split(" ")[0] for problem in wrong] == ["accounts.csv:2:", "accounts.csv:4:"]
    assert [row.id for row in found.rows] == ["2"]


def test_an_id_has_one_form_however_it_was_copied(tmp_path):
    """Salesforce shows 15 characters in its addresses and 18 in its answers: one person."""
    (tmp_path / "escsync.yaml").write_text(
        "version: 1\ntimezone: UTC\ncompany: Acme\npeople: people.yaml\ntrackers:\n  support:\n"
        "    adapter: salesforce\n    connection: {url: https://acme.my.salesforce.com, session_id: '${env:S}'}\n"
        "    scope: {where: IsEscalated = TRUE}\n",
        "utf-8",
    )
    (tmp_path / "people.yaml").write_text(
        "people:\n  - {id: dana, name: Dana Reyes, ids: {support: 005dM0000000024}}\n", "utf-8"
    )

    for offline in (False, True):
        known = load(tmp_path / "escsync.yaml", environ={"S": "hush"}, offline=offline).directory
        (native,) = known.people["dana"].ids.values()

        assert len(native) == 18
        assert known.find("support", PersonRef(native)) is known.people["dana"]


def test_an_id_under_a_name_that_is_nearly_a_tracker_s_is_a_warning(tmp_path):
    """The directory may serve another configuration, too; where it is a typing mistake, doctor shows it."""
    (tmp_path / "escsync.yaml").write_text(
        "version: 1\ntimezone: UTC\ncompany: Acme\npeople: people.yaml\ntrackers:\n"
        "  support: {adapter: local, connection: {path: t.db}}\n",
        "utf-8",
    )
    (tmp_path / "people.yaml").write_text(
        "people:\n  - {id: dana, name: Dana, ids: {suport: '1', crm: '2'}}\n"
        "  - {id: idris, name: Idris, ids: {support: '3'}}\n",
        "utf-8",
    )

    (warning,) = load(tmp_path / "escsync.yaml", environ={}).warnings

    assert str(warning).endswith(
        "people.yaml:2: people[0].ids.suport: there is no tracker 'suport'; did you mean 'support'?"
    )
