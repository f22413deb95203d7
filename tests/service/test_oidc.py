"""Signing in at an identity provider: a real one, built of Authlib's server parts, that demands PKCE, state and nonce."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import RSAKey
from sqlalchemy import select

from datasets.key import Key
from service.access import signing_in
from service.access.caller import Bounds
from service.api.app import create_app
from service.desk import Desk
from service.settings import Provider
from service.store.member import Member
from tests.service.conftest import Office
from tests.service.provider import CLIENT, SECRET, IdentityProvider, identity_provider

HERE = "http://127.0.0.1"


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[IdentityProvider]:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # Authlib's server refuses plain HTTP even on this machine
    assert os.environ["AUTHLIB_INSECURE_TRANSPORT"]
    with identity_provider() as provider:
        provider.client.back = f"{HERE}/signin/oidc/return"
        yield provider


@pytest.fixture
def desk(embedded: Office, provider: IdentityProvider) -> Iterator[Desk]:
    with embedded.desk() as desk:
        Key.from_file(desk.settings.key_file, create=True)
        desk.settings = replace(desk.settings, provider=Provider(provider.issuer, CLIENT, SECRET))
        desk.clock = lambda: datetime.now(UTC)
        with desk.store.change() as session:
            for login, outside_id in (("zhang", f"{provider.issuer}|zhang-001"), ("zhang@office.example", None)):
                member = signing_in.enrol(session, login, "张", None, by="test", now=desk.clock(), outside_id=outside_id)
                signing_in.grant(session, member, "leader", Bounds(), by="test", now=desk.clock())
        yield desk


@pytest.fixture
def calling(desk: Desk) -> Iterator[TestClient]:
    with TestClient(create_app(desk), base_url=HERE, follow_redirects=False) as client:
        yield client


def at_provider(calling: TestClient, next: str = "/alerts") -> str:
    """Go to the provider and be sent back: the address one comes back to."""
    sent = calling.get("/signin/oidc", params={"next": next})
    assert sent.status_code == 303, sent.text
    answer = httpx2.get(sent.headers["location"])
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


def refused(told: Any, why: str) -> bool:
    return told.status_code == 403 and "guantong" not in told.cookies and why in told.json()["detail"]


def test_who_is_enrolled_comes_in_and_goes_where_they_wanted(calling: TestClient) -> None:
    told = calling.get(at_provider(calling))
    assert (told.status_code, told.headers["location"]) == (303, "/alerts")
    me = calling.get("/api/v1/session").json()
    assert me["name"] == "person:zhang" and "alerts.judge" in me["verbs"]


def test_the_way_out_carries_state_nonce_and_a_challenge_and_no_secret(calling: TestClient) -> None:
    sent = calling.get("/signin/oidc")
    asked = parse_qs(urlsplit(sent.headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"] and asked["scope"] == ["openid"]
    assert len(asked["state"][0]) > 20 and len(asked["nonce"][0]) > 20
    assert SECRET not in sent.headers["location"]
    assert asked["state"][0] not in sent.headers["set-cookie"], "what travels with the person is sealed"


def test_who_is_not_enrolled_is_refused_and_told_what_to_tell(calling: TestClient, provider: IdentityProvider) -> None:
    provider.user = "stranger-9"
    assert refused(calling.get(at_provider(calling)), "stranger-9")


def test_nobody_is_known_by_an_address_alone(calling: TestClient, provider: IdentityProvider) -> None:
    provider.user = "another-person-with-the-same-mail"
    assert refused(calling.get(at_provider(calling)), "another-person")


def test_who_left_the_office_is_refused(calling: TestClient, desk: Desk) -> None:
    with desk.store.change() as session:
        session.scalars(select(Member).where(Member.login == "zhang")).one().active = False
    assert refused(calling.get(at_provider(calling)), "zhang-001")


def test_an_answer_to_another_journey_is_refused(calling: TestClient, desk: Desk) -> None:
    with TestClient(create_app(desk), base_url=HERE, follow_redirects=False) as thief:
        stolen = at_provider(thief)
    assert refused(calling.get(stolen), "过期"), "no journey of one's own"
    at_provider(calling)
    assert refused(calling.get(stolen), "state")


def test_an_answer_serves_once_and_not_for_ever(calling: TestClient, desk: Desk) -> None:
    back = at_provider(calling)
    clock = desk.clock
    desk.clock = lambda: clock() + timedelta(minutes=11)
    assert refused(calling.get(back), "过期")
    desk.clock = clock
    back = at_provider(calling)
    travelling = calling.cookies["guantong-outside"]
    assert calling.get(back).status_code == 303
    calling.cookies.clear()
    calling.cookies.set("guantong-outside", travelling)
    assert refused(calling.get(back), "OAuthError")


def test_a_code_without_its_verifier_is_worth_nothing(calling: TestClient, provider: IdentityProvider) -> None:
    code = parse_qs(urlsplit(at_provider(calling)).query)["code"][0]
    stolen = {"grant_type": "authorization_code", "code": code, "redirect_uri": provider.client.back}
    told = httpx2.post(f"{provider.issuer}/token", data=stolen, auth=(CLIENT, SECRET))
    assert told.status_code == 400 and "id_token" not in told.text


@pytest.mark.parametrize("fault", ["signature", "audience", "nonce"])
def test_a_token_that_is_forged_or_not_meant_for_us_is_refused(
    calling: TestClient, provider: IdentityProvider, fault: str
) -> None:
    if fault == "signature":
        provider.signing = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
    elif fault == "audience":
        provider.audience = "another-service"
    else:
        provider.nonce = "of another journey"
    assert refused(calling.get(at_provider(calling)), {"signature": "BadSignature"}.get(fault, "InvalidClaim"))


@pytest.mark.parametrize("next", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_on_to_another_site(calling: TestClient, next: str) -> None:
    assert calling.get(at_provider(calling, next)).headers["location"] == "/"


def test_a_provider_that_does_not_answer_is_told_as_busy(calling: TestClient, desk: Desk) -> None:
    desk.settings = replace(desk.settings, provider=Provider("http://127.0.0.1:9", CLIENT, SECRET))
    told = calling.get("/signin/oidc")
    assert told.status_code == 503 and told.json()["type"].endswith("access.outside_busy")


def test_a_document_of_another_issuer_is_refused(calling: TestClient, desk: Desk, provider: IdentityProvider) -> None:
    other = provider.issuer.replace("127.0.0.1", "localhost")
    desk.settings = replace(desk.settings, provider=Provider(other, CLIENT, SECRET))
    assert calling.get("/signin/oidc").status_code == 403


def test_without_a_provider_there_is_no_such_way(calling: TestClient, desk: Desk) -> None:
    desk.settings = replace(desk.settings, provider=None)
    assert calling.get("/signin/oidc").status_code == 404
