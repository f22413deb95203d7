"""Signing in at the office's identity provider (统一身份认证): OpenID Connect, authorization code with PKCE (RFC 7636).

The provider says who somebody is; whether they may come in, and what they may, is decided here: a member is known by
`issuer|subject` only. Addresses and names can be given to another person, a subject never is (OpenID Connect Core 5.7).
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.ticket import opened, sealed
from service.errors import Busy, Refusal
from service.settings import Provider
from service.store.member import Member

PATIENCE = timedelta(minutes=10)
"""How long somebody may take at the provider."""
ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
"""Signatures that only the provider can make: never `none`, never one with a secret that we hold too."""
LEEWAY, TIMEOUT = 60, 10.0
"""Seconds: clocks that differ, and a provider that is slow."""
PURPOSE = "outside"


@dataclass(frozen=True)
class Journey:
    """What we remember of somebody who is at the provider; it travels with them, sealed."""

    state: str
    nonce: str
    verifier: str
    back: str
    next: str
    until: float

    def ticket(self, key: bytes) -> str:
        return sealed(key, PURPOSE, json.dumps(asdict(self)))

    @classmethod
    def from_ticket(cls, ticket: str | None, key: bytes, now: datetime) -> "Journey":
        """Raises Refusal for a journey that is not ours or took too long."""
        told = opened(key, PURPOSE, ticket) if ticket is not None else None
        found = cls(**json.loads(told)) if told is not None else None
        if found is None or now.timestamp() > found.until:
            raise Refusal("access.outside_stale")
        return found


@dataclass(frozen=True)
class Outside:
    """The provider, as its discovery document describes it."""

    provider: Provider
    described: Mapping[str, Any]

    @classmethod
    def discover(cls, provider: Provider) -> "Outside":
        """Read the discovery document. Raises Busy when the provider does not answer, Refusal when it is another's document."""
        described = _got(provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if described.get("issuer") != provider.issuer:
            raise Refusal("access.outside_wrong", why="issuer")
        return cls(provider, described)

    def send(self, back: str, next: str, now: datetime) -> tuple[str, Journey]:
        """Where to send somebody, and what to remember of them."""
        journey = Journey(
            secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), self.provider.back or back, next,
            (now + PATIENCE).timestamp(),
        )  # fmt: skip
        with self._client(journey.back) as client:
            url, _ = client.create_authorization_url(
                self.described["authorization_endpoint"], state=journey.state, code_verifier=journey.verifier, nonce=journey.nonce
            )
        return str(url), journey

    def received(self, journey: Journey, answer: Mapping[str, str], now: datetime) -> str:
        """`issuer|subject` of who came back. Raises Refusal for what does not fit the journey, Busy when the provider fails."""
        if "error" in answer or not secrets.compare_digest(answer.get("state", "").encode(), journey.state.encode()):
            raise Refusal("access.outside_wrong", why="state" if "error" not in answer else "denied")
        if answer.get("iss", self.provider.issuer) != self.provider.issuer:  # RFC 9207
            raise Refusal("access.outside_wrong", why="iss")
        try:
            with self._client(journey.back) as client:
                token = client.fetch_token(
                    self.described["token_endpoint"], code=answer.get("code", ""), code_verifier=journey.verifier
                )
            claims = self._claims(token, journey.nonce, now)
        except httpx2.HTTPError as error:
            raise Busy("access.outside_busy", why=type(error).__name__) from error
        except (AuthlibBaseError, JoseError, ValueError, KeyError) as error:
            raise Refusal("access.outside_wrong", why=type(error).__name__) from error
        return f"{self.provider.issuer}|{claims['sub']}"

    def _claims(self, token: Mapping[str, Any], nonce: str, now: datetime) -> CodeIDToken:
        """The ID token's claims, proven by the provider's keys and meant for us and this journey."""
        offered = self.described.get("id_token_signing_alg_values_supported", ["RS256"])
        keys = KeySet.import_key_set(_got(str(self.described["jwks_uri"])))  # type: ignore[arg-type]
        proven = jwt.decode(token["id_token"], keys, algorithms=sorted(ALGORITHMS & set(offered)))
        wanted = {
            "iss": {"essential": True, "value": self.provider.issuer},
            "aud": {"essential": True, "value": self.provider.client_id}, "nonce": {"essential": True, "value": nonce},
        }  # fmt: skip
        known = {"nonce": nonce, "client_id": self.provider.client_id, "access_token": token.get("access_token")}
        claims = CodeIDToken(proven.claims, proven.header, wanted, known)
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
        return claims

    def _client(self, back: str) -> OAuth2Client:
        return OAuth2Client(
            self.provider.client_id, self.provider.secret, scope="openid", redirect_uri=back, code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic" if self.provider.secret else "none", timeout=TIMEOUT,
        )  # fmt: skip


def member_outside(session: Session, outside_id: str) -> Member:
    """The member whom the provider knows so. Raises Refusal, with the id for the administrator, for anybody else."""
    member = session.scalar(select(Member).where(Member.outside_id == outside_id))
    if member is None or not member.active:
        raise Refusal("access.outside_unknown", who=outside_id)
    return member


def _got(url: str) -> dict[str, Any]:
    try:
        answer = httpx2.get(url, timeout=TIMEOUT, follow_redirects=False)
        answer.raise_for_status()
        found = answer.json()
    except (httpx2.HTTPError, ValueError) as error:
        raise Busy("access.outside_busy", why=type(error).__name__) from error
    return dict(found)
