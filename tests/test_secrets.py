"""Secrets come from outside the file, stay text, and are never shown."""

import json
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escsync.cli.faults import Discretion
from escsync.secrets import Unresolved, literal, refers, resolve, scrub


def test_a_reference_becomes_what_it_names_and_stays_text(tmp_path):
    """A token of digits is not taken for a number."""
    (tmp_path / "key").write_text("s3cret\n")

    found = resolve("a ${env:PIN} b ${file:key}", environ={"PIN": "007"}, folder=tmp_path)

    assert found.text == "a 007 b s3cret"
    assert found.parts == ("007", "s3cret")


def test_a_resolved_text_does_not_show_itself(tmp_path):
    """A value printed by accident holds no secret."""
    found = resolve("${env:PIN}", environ={"PIN": "hush-hush"}, folder=tmp_path)

    assert "hush-hush" not in repr(found)


@pytest.mark.parametrize(
    ("text", "message", "suggestion"),
    [
        ("${env:TOKN}", "the environment variable TOKN is not set", "${env:TOKEN}"),
        ("${env:EMPTY}", "the environment variable EMPTY is set but empty", ""),
        ("${env:A-B}", "'A-B' is no name of an environment variable", ""),
        ("${file:none}", "the file none cannot be read (No such file or directory)", ""),
        ("${file:}", "the file  cannot be read (Is a directory)", ""),
        ("${file:blank}", "the file blank is empty", ""),
        ("${file:binary}", "the file binary is not UTF-8 text", ""),
        ("${file:large}", "the file large is larger than 65536 bytes: no secret", ""),
        ("${TOKEN}", "${TOKEN} is no reference; write ${env:NAME} or ${file:PATH}", "${env:TOKEN}"),
        ("${ENV:TOKEN}", "${ENV:TOKEN} is no reference; write ${env:NAME} or ${file:PATH}", "${env:TOKEN}"),
        ("${env:TOKEN", "${env:TOKEN is no reference; write ${env:NAME} or ${file:PATH}", "${env:TOKEN}"),
    ],
)
def test_a_reference_that_leads_nowhere_says_which_and_why(tmp_path, text, message, suggestion):
    """The message names the reference and what was probably meant, never a value."""
    (tmp_path / "blank").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "large").write_text("x" * 70_000)

    with pytest.raises(Unresolved) as caught:
        resolve(text, environ={"TOKEN": "hush", "EMPTY": " "}, folder=tmp_path)

    assert caught.value.message == message
    assert caught.value.suggestion == suggestion


def test_what_is_written_out_is_told_from_what_is_referred_to():
    """`literal` leaves only what stands in the file."""
    assert literal("a${env:X}b${file:/y}") == "ab"
    assert refers("a${env:X}")
    assert refers("${nonsense}")
    assert not refers("100 $")


@given(st.text(min_size=4), st.text(), st.text())
def test_a_scrubbed_message_holds_no_secret(secret, before, after):
    """Whatever a library puts into its message, a secret of some length is taken out of it."""
    assert secret == "***" * (len(secret) // 3) or secret not in scrub(before + secret + after, [secret])


@pytest.mark.parametrize("user", ["bot@acme.example", "bot@acme.exampl", "bot@acme.examp"])
@pytest.mark.parametrize("secret", ["cloud-api-token", 'a/b?c=d>>>e+f~ "g', "gr\u00fc\u00dfe/\u20ac"])
def test_a_secret_is_hidden_in_every_guise_in_which_it_travels(user, secret):
    """A server may repeat the header, the address or the body as it came, or written anew in its own JSON."""
    login = f"{user}:{secret}".encode()
    codes = [encode(login).decode() for encode in (b64encode, urlsafe_b64encode)]
    told = [secret, quote(secret, safe=""), quote(secret), quote_plus(secret), json.dumps(secret)[1:-1]]
    told += [json.dumps(secret)[1:-1].replace("/", "\\/"), *codes, *(code.rstrip("=") for code in codes)]
    told += [quote(code, safe="") for code in codes]
    discretion = Discretion({"JIRA_TOKEN": secret})

    for one in told:
        left = discretion.clean(f"you sent {one} to us").removeprefix("you sent ").removesuffix(" to us")

        # What is left of a login are the first characters, which are those of the user, and its padding.
        assert left.partition("***")[2].strip("=%3D") == ""
        assert len(left.partition("***")[0]) <= (len(user) + 2) * 4 / 3


def test_of_two_secrets_the_longer_is_hidden_first():
    """Else the part that both share would be hidden, and the rest of the longer one stand bare."""
    discretion = Discretion({"ORG_KEY": "00D000000000001"})
    discretion.keep(["00D000000000001!AQ.7.secret"])

    assert discretion.clean("session 00D000000000001!AQ.7.secret") == "session ***"


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (
            "postgresql+psycopg://esc:${env:PW}@db/escsync",
            "postgresql+psycopg://esc:a%40b%2Fc%3Fd%25@db/escsync",
        ),
        ("postgresql+psycopg://esc@db/${env:PW}", "postgresql+psycopg://esc@db/a@b/c?d%"),
        ("${env:PW}", "a@b/c?d%"),
    ],
)
def test_a_password_in_an_address_cannot_end_it(tmp_path, address, told):
    """Whatever characters it has; elsewhere the text is as it is."""
    found = resolve(address, environ={"PW": "a@b/c?d%"}, folder=tmp_path, login=True)

    assert found.text == told
