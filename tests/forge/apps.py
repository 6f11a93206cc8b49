"""A GitHub App: it proves itself by its key, and takes tokens for what it may do where it is installed."""

from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.forge.routing import Answer, Call, RefusedError, route
from tests.forge.shapes import shape
from tests.forge.state import State, Token

LONGEST_SECONDS = 600
FIRST = 4711


@dataclass(frozen=True, slots=True)
class App:
    """An app that the forge knows. `key` is the private one, in PEM; `permissions` are those of its installation."""

    id: str
    slug: str
    key: str
    permissions: dict[str, str]
    public: rsa.RSAPublicKey

    @property
    def installation(self) -> int:
        """The number of its installation on the repository."""
        return int(self.id) + 1000


def register_app(state: State, *, slug: str = "acme-gate", **permissions: str) -> App:
    """Return a new app that is installed on the repository with these permissions; one of a name replaces it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL)
    pem = key.private_bytes(*form, serialization.NoEncryption()).decode()
    apps = state.settings.setdefault("apps", {})
    number = next((known.id for known in apps.values() if known.slug == slug), str(FIRST + len(apps)))
    apps[number] = App(number, slug, pem, permissions, key.public_key())
    return apps[number]


def _app(call: Call) -> App:
    found: App = call.state.settings["apps"][call.token.app]
    return found


def app_of(state: State, signed: str) -> Token | None:
    """Return what an app's own proof allows, or None where it is none of GitHub's form, or of another key."""
    try:
        issuer = jwt.decode(signed, options={"verify_signature": False})["iss"]
        app = state.settings.get("apps", {})[issuer]
        claims = jwt.decode(signed, app.public, algorithms=["RS256"], issuer=app.id)
    except (jwt.InvalidTokenError, KeyError):
        return None
    is_short = claims["exp"] - claims["iat"] <= LONGEST_SECONDS
    return Token({"app": "write"}, f"{app.slug}[bot]", "Bot", app.id) if is_short else None


def get_installation(call: Call) -> Answer:
    """Answer with the app's installation on the repository."""
    app = _app(call)
    about = {"account": call.state.account("acme"), "app_slug": app.slug, "permissions": app.permissions}
    return Answer(200, shape("installation", id=app.installation, **about))


def create_access_token(call: Call) -> Answer:
    """Hand out a token of no more than the installation has."""
    app = _app(call)
    wanted: dict[str, Any] = call.body.get("permissions", app.permissions)
    if call.number != app.installation:
        raise RefusedError(404, "Not Found")
    if any(app.permissions.get(scope) not in (level, "write") for scope, level in wanted.items()):
        message = "The permissions requested are not granted to this installation."
        raise RefusedError(422, message)
    token = call.state.mint(f"{app.slug}[bot]", app=app.id, **wanted)
    answer = {"token": token, "expires_at": "2026-01-31T10:00:00Z", "permissions": wanted, "repositories": []}
    return Answer(201, shape("installation-token", **answer))


APP_ROUTES = (route("GET", r"/installation", "app", get_installation),)
TOKEN_ROUTES = (route("POST", r"/app/installations/(\d+)/access_tokens", "app", create_access_token),)
