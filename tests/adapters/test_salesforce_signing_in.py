"""Tokens: how they are got, renewed, and kept to themselves."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs

import jwt
import pytest
from escsync_salesforce.session import Session
from escsync_salesforce.settings import SalesforceConnection
from fakes.http import Fault, Reply
from fakes.salesforce import trouble
from fakes.salesforce.rig import pull, rig
from fakes.salesforce.signin import CLIENT_ID, private_key

from escsync.adapter import Denied, Move, Stage, TrackerError


@pytest.fixture
def sf():
    with rig() as made:
        made.open("x")
        yield made


def tokens(sf):
    return sf.server.calls("POST", "/oauth2/token")


@pytest.mark.parametrize("grant", ["secret", "key", "session"])
def test_every_way_to_sign_in_leads_to_the_same_account(sf, grant):
    """Client credentials, a signed assertion, a token from elsewhere."""
    adapter = sf.connect(connection=getattr(sf, grant)())

    assert len(pull(adapter).tickets) == 1
    assert adapter.me == sf.org.who("escsync")
    assert len(tokens(sf)) == (grant != "session")


@pytest.mark.parametrize("skew", [timedelta(0), timedelta(hours=-9), timedelta(days=400)])
def test_an_assertion_is_dated_by_the_servers_clock(sf, skew):
    """A pass may look at another day, and this machine may be wrong; RS256, for this org and three minutes."""
    adapter = sf.connect(connection=sf.key(), clock=lambda: sf.org.clock.now() + skew)
    pull(adapter)

    (request,) = tokens(sf)
    assertion = parse_qs(request.body.decode())["assertion"][0]
    claims = jwt.decode(assertion, options={"verify_signature": False})

    assert jwt.get_unverified_header(assertion)["alg"] == "RS256"
    assert (claims["iss"], claims["sub"], claims["aud"]) == (CLIENT_ID, "escsync@acme.example", sf.server.url)
    assert claims["exp"] == int(sf.org.clock.now().timestamp()) + 180


def test_a_pass_gets_one_token(sf):
    """However many requests it makes."""
    adapter = sf.connect()
    pull(adapter)
    list(adapter.people())
    list(adapter.check())

    assert len(tokens(sf)) == 1


def test_an_expired_session_is_renewed_once_and_the_request_made_again(sf):
    """Whole, and counted as often as it was made."""
    adapter = sf.connect()
    cursor = pull(adapter).cursor
    again = sf.again(adapter)
    pull(again, cursor)
    before = again.calls
    sf.face.signin.end()

    pull(again, cursor)

    assert again.calls - before == 2
    assert len(tokens(sf)) == 3
    first, second = sf.server.calls("POST", "/composite")[-2:]
    assert first.body == second.body
    assert {n: v for n, v in first.headers.items() if n != "authorization"} == {
        n: v for n, v in second.headers.items() if n != "authorization"
    }


def test_a_session_that_is_refused_for_good_is_denied(sf):
    """Renewed once, not for ever; then nobody knocks again."""
    adapter = sf.connect()
    pull(adapter)
    sf.server.faults.append(Fault(lambda r: "/services/data/v" in r.path, trouble.expired(), times=99))
    before = len(sf.server.log)

    with pytest.raises(Denied):
        pull(adapter)
    (outcome,) = sf.write(
        adapter, sf.change(next(iter(sf.org.rows["Case"].values())), Move("New", Stage.INVESTIGATION))
    )

    assert len(sf.server.log) - before == 3
    assert isinstance(outcome.failures[0], Denied)


def test_a_token_from_elsewhere_cannot_be_renewed(sf):
    """Its end is said, with what to do."""
    adapter = sf.connect(connection=sf.session())
    pull(adapter)
    sf.face.signin.end()

    with pytest.raises(Denied) as denied:
        pull(adapter)

    assert denied.value.remedy
    assert tokens(sf) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": "wrong"}, "invalid_client_id"),
    ],
)
def test_credentials_that_do_not_count_are_denied_at_once(sf, change, words):
    """One request, a remedy, no secret."""
    with pytest.raises(Denied) as denied:
        pull(sf.connect(connection=sf.secret() | change))

    told = f"{denied.value} {denied.value.remedy} {denied.value.__cause__} {denied.value.__context__}"
    assert words in denied.value.message
    assert denied.value.remedy
    assert "wrong" not in told
    assert len(sf.server.log) == 1


def test_a_renewal_that_is_refused_is_denied(sf):
    """The app was blocked in between."""
    adapter = sf.connect()
    pull(adapter)
    sf.face.signin.end()
    sf.server.fail(
        "POST", "/oauth2/token", Reply(400, {"error": "invalid_grant", "error_description": "no"}), times=9
    )

    with pytest.raises(Denied, match="invalid_grant"):
        pull(adapter)


def test_a_key_that_is_none_is_said(sf):
    """PEM around rubbish; the key is not told."""
    broken = "-----BEGIN PRIVATE KEY-----\nQUJD\n-----END PRIVATE KEY-----"

    with pytest.raises(Denied) as denied:
        pull(sf.connect(connection=sf.key() | {"private_key": broken}))

    assert "QUJD" not in f"{denied.value} {denied.value.__cause__}"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(503),
        Reply(500, raw=b"<html>"),
        Reply(200, raw=b"<html>login</html>", content="text/html"),
        Reply(200, raw=b'{"access_tok'),
        Reply(200, {}),
        Reply(200, []),
        Reply(200, {"access_token": 5}),
        Reply(
            403,
            [
                {
                    "errorCode": "REQUEST_LIMIT_EXCEEDED",
                    "message": "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
                }
            ],
        ),
    ],
)
def test_an_outage_of_the_token_endpoint_is_waited_out(sf, reply):
    """The request that needed the token was surely not carried out."""
    sf.server.fail("POST", "/oauth2/token", reply)

    assert len(pull(sf.connect()).tickets) == 1
    assert len(sf.waits) == 1


def test_an_address_without_a_token_endpoint_is_said(sf):
    """A wrong url."""
    sf.server.fail("POST", "/oauth2/token", Reply(404, raw=b"<html>", content="text/html"), times=9)

    with pytest.raises(Denied) as denied:
        pull(sf.connect())

    assert "My Domain" in denied.value.remedy


@pytest.mark.parametrize(
    ("url", "told", "host"),
    [
        (
            "https://acme.my.salesforce.com",
            "https://acme.my.salesforce.com",
            "https://acme.my.salesforce.com",
        ),
        ("https://acme.my.salesforce.com", "https://na1.salesforce.com", "https://na1.salesforce.com"),
        ("https://acme.my.salesforce.com", "https://evil.example", "https://acme.my.salesforce.com"),
        (
            "https://acme.my.salesforce.com",
            "https://salesforce.com.evil.example",
            "https://acme.my.salesforce.com",
        ),
        ("https://acme.my.salesforce.com", "http://acme.my.salesforce.com", "https://acme.my.salesforce.com"),
        ("https://acme.my.salesforce.com", "http://127.0.0.1:8080", "https://acme.my.salesforce.com"),
        (
            "https://acme.my.salesforce.com",
            "https://u:p@na1.salesforce.com",
            "https://acme.my.salesforce.com",
        ),
        ("https://acme.my.salesforce.com", None, "https://acme.my.salesforce.com"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:9090", "http://127.0.0.1:9090"),
        ("http://127.0.0.1:8080", "https://na1.salesforce.com", "https://na1.salesforce.com"),
    ],
)
def test_the_token_goes_to_salesforce_only(url, told, host):
    """The answer says where the API is, unless the token would leave Salesforce or travel readable."""
    settings = SalesforceConnection(url=url, client_id="3MVG", client_secret="s")
    session = Session(settings, lambda *_, **__: None, lambda: None)

    assert session._place(told) == host


def test_no_entry_of_netrc_takes_the_tokens_place(sf, tmp_path, monkeypatch):
    """The HTTP client would look there by itself."""
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login eve password eve\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))

    pull(sf.connect())

    assert all(r.headers.get("authorization", "Bearer ").startswith("Bearer ") for r in sf.server.calls())


def test_who_escsync_is_may_be_told_by_the_token_alone(sf):
    """An app without the scope openid may not ask for its user."""
    sf.server.fail("GET", "/oauth2/userinfo", Reply(403, raw=b"Missing_OAuth_Token"), times=9)
    me = sf.org.who("escsync")
    sf.server.faults.append(
        Fault(
            lambda r: r.path.endswith("/oauth2/token"),
            alter=lambda body: body | {"id": f"https://login.salesforce.com/id/{sf.org.id}/{me}"},
            times=9,
        )
    )

    assert sf.connect().me == me


def test_the_keys_of_the_test_are_real():
    """RS256 needs one."""
    assert private_key().startswith("-----BEGIN PRIVATE KEY-----")


@pytest.mark.parametrize("part", [False, True])
def test_what_salesforce_repeats_of_a_token_is_hidden_before_it_is_cut(sf, part):
    """Behind the organisation's id, which is no secret, stands all that is one; a part of an answer tells it as the whole."""
    adapter = sf.connect()
    pull(adapter)
    token = sf.server.log[-1].request.headers["authorization"].partition(" ")[2]
    said = [{"errorCode": "ODD", "message": f"{'x' * 130} {token} {token.partition('!')[2]} {token}"}]
    whole, inner = Reply(400, said), {"httpStatusCode": 400, "httpHeaders": {}, "body": said}
    reply = Reply(200, {"compositeResponse": [inner | {"referenceId": f"part{n}"} for n in range(5)]})
    sf.server.faults.append(Fault(lambda r: r.path.endswith("/composite"), reply if part else whole, times=9))

    with pytest.raises(TrackerError) as raised:
        pull(adapter)

    assert "***" in raised.value.message
    assert token.partition("!")[2][:6] not in raised.value.message
