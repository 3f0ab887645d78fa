"""What adapters of web APIs share: addresses, secrets, a server's clock, waits and words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from escsync.web import http_date, loopback, retry_after, sendable, tidy

NOON = "Tue, 03 Mar 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("host", "here"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("a.localhost", True),
     ("localhost.evil.example", False), ("10.0.0.1", False), ("127.0.0.1.evil.example", False), ("", False)],
)  # fmt: skip
def test_only_this_machine_is_loopback(host, here):
    """Plain http carries credentials no further."""
    assert loopback(host) is here


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "30"}, 30),
        ({"Retry-After": " 1.5 "}, 1.5),
        ({"Retry-After": "-4"}, 0),
        ({"Retry-After": "Tue, 03 Mar 2026 12:02:00 GMT", "Date": NOON}, 120),
        ({"Retry-After": "Tue, 03 Mar 2026 11:00:00 GMT", "Date": NOON}, 0),
        ({"Retry-After": "Tue, 03 Mar 2026 12:02:00 GMT"}, None),
        ({"Retry-After": "Sat, 01 Jan 2000 00:30:00 GMT", "Date": "Sat, 01 Jan 2000 00:00:00 GMT"}, 1800),
        ({"Retry-After": "Tue, 03 Mar 2026 13:01:00 +0100", "Date": NOON}, 60),
        ({"Retry-After": "Sun, 03 May 2026 12:00:00 GMT", "Date": NOON}, 86_400),
        ({"Retry-After": "1e300"}, 86_400),
        ({"Retry-After": "Tue, 03 Mar 99999999999999999999 12:00:00 GMT", "Date": NOON}, None),
        ({"Retry-After": "soon", "Date": NOON}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": "nan"}, None),
        ({}, None),
    ],
)
def test_a_wait_is_read_in_both_forms(headers, seconds):
    """A date counts from the server's own clock, however wrong, and never from ours; no wait is longer than a day."""
    assert retry_after(headers) == seconds


def test_a_date_header_is_an_instant_or_nothing():
    """Rubbish is no time."""
    assert http_date(NOON) == datetime(2026, 3, 3, 12, tzinfo=UTC)
    assert http_date("yesterday") is None
    assert http_date("") is None
    assert http_date("Fri, 31 Dec 9999 23:59:59 -0100") is None
    assert http_date("Tue, 03 Mar 99999999999999999999 12:00:00 GMT") is None


@pytest.mark.parametrize("secret", [" s3cret", "s3cret\n", "s3\x00cret", "s3cr\u00e9t"])
def test_a_secret_that_was_not_copied_whole_is_refused_unquoted(secret):
    """What is wrong is said, what it is is not."""
    with pytest.raises(ValueError, match="copied whole") as caught:
        sendable(secret)

    assert secret.strip() not in str(caught.value)


def test_a_servers_words_fit_one_line_and_quote_nobody():
    """Control characters, sheer length and long quotations are taken out."""
    told = tidy(
        "bad\r\nvalue 'The customer wrote that they will leave us and go public at once' \u202egpj "
        + "x" * 500
    )

    assert "customer" not in told
    assert told.isprintable()
    assert len(told) <= 160
