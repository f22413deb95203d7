"""A real identity provider for tests: Authlib's server parts (code, PKCE, ID token, JWKS) behind HTTP on this machine."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo
from flask import Flask, Response, jsonify, request
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "guantong", "agreed upon"


@dataclass
class Client(ClientMixin):
    """The one client: this service."""

    back: str = ""

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return self.back

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.back

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code(AuthorizationCodeMixin):
    code: str
    redirect_uri: str
    scope: str
    nonce: str
    user: str
    code_challenge: str
    code_challenge_method: str
    at: float = field(default_factory=time.time)

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(self.at)

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


@dataclass
class IdentityProvider:
    """What the provider knows; tests change who is signed in there, and how it misbehaves."""

    client: Client = field(default_factory=Client)
    key: Any = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"}))
    signing: Any = None
    """The key that ID tokens are signed with; the published one unless a test says otherwise."""
    user: str = "zhang-001"
    audience: str = CLIENT
    nonce: str | None = None
    """A nonce to put into the token instead of the one sent."""
    codes: dict[str, Code] = field(default_factory=dict)
    issuer: str = ""
    seen: list[str] = field(default_factory=list)
    """Paths asked for."""


def application(provider: IdentityProvider) -> Flask:
    """The provider's web application."""

    class CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
        def save_authorization_code(self, code: str, asked: Any) -> None:
            payload = asked.payload.data
            provider.codes[code] = Code(
                code, payload["redirect_uri"], payload["scope"], payload["nonce"], asked.user,
                payload["code_challenge"], payload["code_challenge_method"],
            )  # fmt: skip

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            return provider.codes.get(code)

        def delete_authorization_code(self, code: Code) -> None:
            del provider.codes[code.code]

        def authenticate_user(self, code: Code) -> str:
            return code.user

    class Identity(OpenIDCode):  # type: ignore[misc]
        def exists_nonce(self, nonce: str, asked: Any) -> bool:
            return False

        def resolve_client_private_key(self, client: Client) -> Any:
            return provider.signing or provider.key

        def get_client_algorithm(self, client: Client) -> str:
            return "RS256"

        def get_client_claims(self, client: Client) -> dict[str, Any]:
            return {"iss": provider.issuer, "aud": [provider.audience]}

        def get_encode_header(self, client: Client) -> dict[str, Any]:
            return {"alg": "RS256", "kid": "one"}

        def get_authorization_code_claims(self, code: Code) -> dict[str, Any]:
            claims: dict[str, Any] = super().get_authorization_code_claims(code)
            return claims | ({"nonce": provider.nonce} if provider.nonce else {})

        def generate_user_info(self, user: str, scope: str) -> UserInfo:
            return UserInfo(sub=user, email="zhang@office.example")

    app = Flask(__name__)
    server = AuthorizationServer(app, query_client=lambda _: provider.client, save_token=lambda token, asked: None)
    server.register_grant(CodeGrant, [CodeChallenge(required=True), Identity(require_nonce=True)])

    @app.before_request
    def note() -> None:
        provider.seen.append(request.path)

    @app.get("/.well-known/openid-configuration")
    def described() -> Response:
        places = {name: f"{provider.issuer}/{path}" for name, path in
                  (("authorization_endpoint", "authorize"), ("token_endpoint", "token"), ("jwks_uri", "jwks"))}  # fmt: skip
        return jsonify(issuer=provider.issuer, id_token_signing_alg_values_supported=["RS256"], **places)

    @app.get("/authorize")
    def authorize() -> Any:
        return server.create_authorization_response(
            grant=server.get_consent_grant(end_user=provider.user), grant_user=provider.user
        )

    @app.post("/token")
    def token() -> Any:
        return server.create_token_response()

    @app.get("/jwks")
    def jwks() -> Response:
        return jsonify(keys=[provider.key.as_dict(private=False)])

    return app


@contextmanager
def identity_provider() -> Iterator[IdentityProvider]:
    """A provider that listens as long as the block lasts."""
    provider = IdentityProvider()
    server = make_server("127.0.0.1", 0, application(provider), threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    serving = threading.Thread(target=server.serve_forever, args=(0.05,))
    serving.start()
    try:
        yield provider
    finally:
        server.shutdown()
        serving.join(5)
        server.server_close()
