"""Where things stand and in which language to speak: the only reader of the environment.

| variable | meaning | default |
| --- | --- | --- |
| GUANTONG_HOME | folder of the lake and the database | ./lake |
| GUANTONG_BOOK | the office's own folder(s) of rules and sources, laid over the shipped ones | none |
| GUANTONG_DATABASE_URL | SQLAlchemy URL of the database | SQLite, guantong.db in the home |
| GUANTONG_KEY_FILE | the key that seals personal data; never inside the home | key in the user's configuration folder |
| GUANTONG_UNSEAL | `two`: a second person agrees before a sealed value is shown; `one`: a stated reason is enough | two |
| GUANTONG_LANG | zh or en | the locale's, else zh |
| GUANTONG_FONTS | folder(s) of fonts for papers as PDF (方正小标宋简体, 仿宋_GB2312 …) | the system's fonts |
| GUANTONG_HOOK_NETWORKS | private networks that webhooks may be sent to, as 10.1.0.0/16, 127.0.0.1 | none: the open network by https only |
| GUANTONG_RATE | requests a second that a caller may make in the long run, for each server process (ten times as many at once); 0: any | 100 |
| PROMETHEUS_MULTIPROC_DIR | folder in which several worker processes count together; `guantong serve --workers` sets it | none |
| GUANTONG_OIDC_ISSUER | address of the identity provider (OpenID Connect), as its tokens name it | none: people sign in here |
| GUANTONG_OIDC_CLIENT_ID | what the provider calls this service | needed with an issuer |
| GUANTONG_OIDC_SECRET_FILE | file with the secret agreed with the provider | none: a public client |
| GUANTONG_OIDC_RETURN | address people come back to, as registered there: https://…/signin/oidc/return | the request's own host |
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import platformdirs

from service.errors import BadSetting

Language = Literal["zh", "en"]
Network = IPv4Network | IPv6Network
RATE = 100
OIDC = "GUANTONG_OIDC_"
COUNTING = "PROMETHEUS_MULTIPROC_DIR"
LANGUAGES: tuple[Language, ...] = ("zh", "en")
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""Hosts that are this machine: nothing sent to them leaves it."""
SHIPPED_RULES = Path(__file__).parents[1] / "rules"
SHIPPED_SOURCES = Path(__file__).parents[1] / "datasets" / "sources"


@dataclass(frozen=True)
class Provider:
    """The identity provider (统一身份认证) and what it calls us."""

    issuer: str
    client_id: str
    secret: str | None = field(default=None, repr=False)
    back: str | None = None
    """Where people come back to; None: the host they came from."""


@dataclass(frozen=True)
class Settings:
    """What the environment decides, read once at the program's edge."""

    home: Path
    book: tuple[Path, ...]
    database_url: str
    key_file: Path
    lang: Language
    shipped_rules: Path = SHIPPED_RULES
    hook_networks: tuple[Network, ...] = ()
    provider: Provider | None = None
    metrics_folder: Path | None = None
    rate: int = RATE
    fonts: tuple[Path, ...] = ()
    """Folders of fonts that papers are set in as PDF, beside the system's."""
    unseal_alone: bool = False
    """Whether a sealed value is shown for a stated reason without a second person's consent."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None, lang: str | None = None) -> "Settings":
        """Read the variables above; `lang` outranks theirs. Raises BadSetting, which names the variable and its value."""
        everything = dict(os.environ if environment is None else environment)
        if lang is not None:
            everything["GUANTONG_LANG"] = lang
        given = {name: value for name, value in everything.items() if value.strip()}
        home = Path(given.get("GUANTONG_HOME", "lake")).expanduser().absolute()
        default_key = Path(platformdirs.user_config_dir("guantong")) / "key"
        key_file = Path(given.get("GUANTONG_KEY_FILE", default_key)).expanduser().absolute()
        if key_file.is_relative_to(home):
            raise BadSetting("setting.key_inside", path=str(key_file))
        return cls(
            home=home,
            book=_folders(given.get("GUANTONG_BOOK", "")),
            database_url=given.get("GUANTONG_DATABASE_URL") or f"sqlite:///{home / 'guantong.db'}",
            key_file=key_file,
            lang=_language(given),
            hook_networks=_networks(given.get("GUANTONG_HOOK_NETWORKS", "")),
            provider=_provider(given),
            fonts=_folders(given.get("GUANTONG_FONTS", ""), "setting.no_fonts"),
            unseal_alone=_unseal_alone(given.get("GUANTONG_UNSEAL", "two")),
            metrics_folder=Path(given[COUNTING]) if COUNTING in given else None,
            rate=_rate(given.get("GUANTONG_RATE", str(RATE))),
        )

    @property
    def rule_folders(self) -> tuple[Path, ...]:
        """Shipped rules first, the office's own laid over them."""
        return (self.shipped_rules, *self.book)

    @property
    def source_folders(self) -> tuple[Path, ...]:
        """Shipped sources first, the office's own (`sources/` in its folder) laid over them."""
        return (SHIPPED_SOURCES, *(folder / "sources" for folder in self.book if (folder / "sources").is_dir()))


@contextmanager
def counting_together(folder: Path) -> Iterator[None]:
    """Let the processes started within the block count in one folder: prometheus-client knows it by the environment only."""
    os.environ[COUNTING] = str(folder)
    try:
        yield
    finally:
        del os.environ[COUNTING]


def _folders(text: str, missing: str = "setting.no_book") -> tuple[Path, ...]:
    folders = tuple(Path(part).expanduser().absolute() for part in text.split(os.pathsep) if part.strip())
    for folder in folders:
        if not folder.is_dir():
            raise BadSetting(missing, path=str(folder))
    return folders


def _rate(text: str) -> int:
    if not (text.strip().isdecimal() and int(text) <= 1_000_000):
        raise BadSetting("setting.rate", value=text)
    return int(text)


def _unseal_alone(text: str) -> bool:
    if text not in ("one", "two"):
        raise BadSetting("setting.unseal", value=text)
    return text == "one"


def _provider(given: Mapping[str, str]) -> Provider | None:
    issuer = given.get(f"{OIDC}ISSUER")
    if issuer is None:
        return None
    parts = urlsplit(issuer)
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)):
        raise BadSetting("setting.oidc_issuer", value=issuer)
    if (client := given.get(f"{OIDC}CLIENT_ID")) is None:
        raise BadSetting("setting.oidc_client")
    secret = None
    if (file := given.get(f"{OIDC}SECRET_FILE")) is not None:
        path = Path(file).expanduser()
        if not path.is_file():
            raise BadSetting("setting.oidc_secret", path=file)
        secret = path.read_text(encoding="utf-8").strip()
    return Provider(issuer, client, secret, given.get(f"{OIDC}RETURN"))


def _networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(part) for part in text.replace(",", " ").split())
    except ValueError as error:
        raise BadSetting("setting.hook_networks", value=text) from error


def _language(given: Mapping[str, str]) -> Language:
    if asked := given.get("GUANTONG_LANG"):
        if asked not in LANGUAGES:
            raise BadSetting("setting.language", value=asked)
        return asked
    # the order in which the C library reads them
    locale = given.get("LC_ALL") or given.get("LC_MESSAGES") or given.get("LANG") or ""
    if locale.startswith("zh") or locale.split(".")[0] in ("", "C", "POSIX"):
        return "zh"
    return "en"
