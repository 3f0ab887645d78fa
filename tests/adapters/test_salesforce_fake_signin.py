"""The fake Salesforce itself: tokens, sessions, versions, limits, and both doors."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import jwt
import pytest
import requests
from fakes.doors import through_responses
from fakes.http import Request
from fakes.salesforce import trouble
from fakes.salesforce.caller import VERSION, Caller
from fakes.salesforce.company import company
from fakes.salesforce.service import salesforce, unplugged
from fakes.salesforce.signin import BEARER, CLIENT_ID, SECRET, private_key

TOKEN = "/services/oauth2/token"
EXPIRED = [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]


@pytest.fixture
def org():
    return company()


@pytest.fixture
def service(org):
    return unplugged(org)


def signed(service, org, **claims):
    """An assertion as the documentation wants it, but for *claims*."""
    expiry = (org.clock.now() + timedelta(minutes=3)).timestamp()
    told = {
        "iss": CLIENT_ID,
        "sub": "escsync@acme.example",
        "aud": "https://login.salesforce.com",
        "exp": int(expiry),
    }
    return jwt.encode(told | claims, private_key(), algorithm="RS256")


def ask(service, **form):
    request = Request("POST", TOKEN, {}, urlencode(form).encode(), {})
    return service.exchange(request)[0]


def test_a_client_with_its_secret_gets_a_token(org, service):
    """It works as the app's Run As user, for the org's own address."""
    told = ask(service, grant_type="client_credentials", client_id=CLIENT_ID, client_secret=SECRET)

    api = Caller(service, told.body["access_token"])
    assert told.body["instance_url"] == service.url
    assert api("GET", "/services/oauth2/userinfo").body["user_id"] == org.who("escsync")


@pytest.mark.parametrize("audience", ["https://login.salesforce.com", "https://test.salesforce.com", "own"])
def test_a_signed_assertion_gets_a_token(org, service, audience):
    """For production, for a sandbox, or for the org's own address."""
    claims = {"aud": service.url if audience == "own" else audience}

    told = ask(service, grant_type=BEARER, assertion=signed(service, org, **claims))

    assert Caller(service, told.body["access_token"])("GET", "/limits").status == 200


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"iss": "somebody"}, "invalid_client_id"),
        ({"sub": "ana@acme.example"}, "invalid_grant"),
        ({"aud": "https://evil.example"}, "invalid_grant"),
        ({"exp": 0}, "invalid_grant"),
        ({"exp": 4102444800}, "invalid_grant"),
    ],
)
def test_an_assertion_is_looked_at(org, service, claims, why):
    """Who, as whom, for whom, and until when."""
    told = ask(service, grant_type=BEARER, assertion=signed(service, org, **claims))

    assert (told.status, told.body["error"]) == (400, why)


def test_wrong_credentials_are_refused_with_an_object(org, service):
    """No list, as everywhere else."""
    told = [
        ask(service, grant_type="client_credentials", client_id=CLIENT_ID, client_secret="wrong"),
        ask(service, grant_type="client_credentials", client_id="wrong", client_secret=SECRET),
        ask(service, grant_type=BEARER, assertion=signed(service, org)[:-4] + "AAAA"),
        ask(service, grant_type="password", username="x", password="y"),
        ask(service),
    ]

    assert [(one.status, one.body["error"]) for one in told] == [
        (400, "invalid_client"),
        (400, "invalid_client_id"),
        (400, "invalid_grant"),
        (400, "unsupported_grant_type"),
        (400, "invalid_request"),
    ]


def test_sessions_end(org, service):
    """After two hours without use; and at once when they are revoked, whoever shares them."""
    form = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": SECRET}
    first, second = (Caller(service, ask(service, **form).body["access_token"]) for _ in range(2))
    org.clock.advance(minutes=90)
    first("GET", "/limits")
    org.clock.advance(minutes=90)

    assert (first("GET", "/limits").status, second("GET", "/limits").body) == (200, EXPIRED)
    service.face.signin.end()
    assert (first("GET", "/limits").status, first("GET", "/limits").body) == (401, EXPIRED)


@pytest.mark.parametrize(
    ("version", "status"), [("v59.0", 200), ("v66.0", 200), ("v68.0", 200), ("v69.0", 404), ("v30.0", 410)]
)
def test_versions_are_served_as_long_as_they_live(service, version, status):
    """Retired ones are 410; rows and pages name the version that was asked."""
    api = Caller(service)

    reply = api("GET", f"/services/data/{version}/query", q="SELECT Id FROM User LIMIT 1")

    assert reply.status == status
    if status == 200:
        assert f"/{version}/" in reply.body["records"][0]["attributes"]["url"]


def test_calls_are_counted_and_run_out(service):
    """Every answer with a body says so, a little late; the version list and the tokens cost nothing."""
    api = Caller(service)
    face = service.face
    told = [api("GET", "/limits").headers["Sforce-Limit-Info"] for _ in range(2)]
    free = api("GET", "/services/data")
    userinfo = api("GET", "/services/oauth2/userinfo")
    used = face.used
    face.limit = used

    refused = api("GET", "/limits")

    assert told == ["api-usage=0/15000", "api-usage=1/15000"]
    assert used == 2
    assert not {"Sforce-Limit-Info"} & {*free.headers, *userinfo.headers}
    assert (refused.status, refused.body) == (403, trouble.exhausted().body)


def test_an_address_has_its_length(service):
    """600 ids in a GET are too many, 200 fit; in a composite it does not matter; headers count as well."""
    api = Caller(service)
    ids = ",".join(f"'500dM0000{n:06d}AAA'" for n in range(800))
    query = f"SELECT Id FROM CaseComment WHERE ParentId IN ({ids})"
    some = f"SELECT Id FROM CaseComment WHERE ParentId IN ({','.join(ids.split(',')[:200])})"

    assert api("GET", "/query", q=query).status == 414
    assert api("GET", "/query", q=some).status == 200
    assert api("GET", "/query", None, {"x-long": "x" * 12000}, q=some).status == 431
    assert api.composite({"url": f"{VERSION}/query?q={query}"})[0]["httpStatusCode"] == 200


def test_both_doors_lead_to_the_same_org(org):
    """Over a socket and over `responses`: the same answers, dated by the server's clock."""
    org.open(subject="ä😀")
    found = []
    for made, door in ((salesforce(org), None), (unplugged(org), through_responses)):
        with made if door is None else door(made):
            form = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": SECRET}
            token = requests.post(made.url + TOKEN, data=form, timeout=5).json()["access_token"]
            bearer = {"Authorization": f"Bearer {token}"}
            query = {"q": "SELECT Subject FROM Case WHERE CreatedDate >= 2026-03-03T09:00:00+00:00"}
            answer = requests.get(f"{made.url}{VERSION}/query", params=query, headers=bearer, timeout=5)
            found.append((answer.json(), answer.headers["Date"], answer.headers["Sforce-Limit-Info"]))

    assert found[0] == found[1]
    assert found[0][0]["records"][0]["Subject"] == "ä😀"
    assert found[0][1] == "Tue, 03 Mar 2026 09:00:00 GMT"


def test_other_hosts_have_no_such_service(org):
    """An unknown path is 404, a known one with another verb 405."""
    api = Caller(unplugged(org))

    assert api("GET", "/nothing").body[0]["errorCode"] == "NOT_FOUND"
    assert api("DELETE", "/limits").body[0]["errorCode"] == "METHOD_NOT_ALLOWED"
