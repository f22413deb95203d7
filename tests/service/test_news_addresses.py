"""Where webhooks may go: nothing private unless the office allows it, whatever form the address takes and wherever the name leads."""

import ssl
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from service.errors import BadSetting
from service.news.address import BadUrl, RefusedAddress, may_go, plain_url, resolved
from service.news.wire import Wire
from service.settings import Settings
from tests.service.receiver import receiving

LOOPBACK = (ip_network("127.0.0.0/8"),)
PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",
    "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "2001:0:1::f5ff:fffe",
]  # fmt: skip


@pytest.mark.parametrize("text", PRIVATE)
def test_private_addresses_are_refused_in_every_form(text: str) -> None:
    assert not may_go(ip_address(text), "https", ())
    shown = f"[{text}]" if ":" in text else text
    with pytest.raises(BadUrl, match="private"):
        plain_url(f"https://{shown}/hooks", ())


def test_the_open_network_is_reached_by_https_only_and_allowed_networks_by_both() -> None:
    assert may_go(ip_address("8.8.8.8"), "https", ()) and may_go(ip_address("2400:3200::1"), "https", ())
    assert not may_go(ip_address("8.8.8.8"), "http", ())
    assert may_go(ip_address("10.1.2.3"), "http", (ip_network("10.1.0.0/16"),))
    assert may_go(ip_address("::ffff:10.1.2.3"), "http", (ip_network("10.1.0.0/16"),))
    assert not may_go(ip_address("10.2.2.3"), "https", (ip_network("10.1.0.0/16"),))


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://platform.example/", "scheme"), ("platform.example", "scheme"), ("https://", "host"), ("https:///x", "host"),
        ("https://a:b@platform.example/", "login"), ("https://platform.example:99999/", "host"), ("https://[::1/", "host"),
        ("https://platform.example/\r\nx: y", "host"), ("https://platform.example/" + "x" * 1000, "long"), ("https://" + "a" * 70, "host"),
    ],
)  # fmt: skip
def test_a_url_that_cannot_be_is_refused_with_its_reason(url: str, why: str) -> None:
    with pytest.raises(BadUrl) as refused:
        plain_url(url, ())
    assert str(refused.value) == why


def test_a_url_is_kept_in_plain_form() -> None:
    assert plain_url("https://Platform.Example", ()) == "https://platform.example/"
    assert plain_url("https://平台.中国:8443/hooks?x=1#y", ()) == "https://xn--kpr97v.xn--fiqs8s:8443/hooks?x=1"


def test_a_name_that_leads_to_a_private_address_is_refused_when_it_is_looked_up() -> None:
    assert plain_url("https://localhost/", ()) == "https://localhost/"
    with pytest.raises(RefusedAddress):
        resolved("localhost", 443, "https", ())
    answer = Wire().post("https://localhost/", {}, b"{}")
    assert (answer.status, answer.error, answer.taken) == (None, "refused_address", False)


def test_what_is_not_allowed_is_never_connected_to() -> None:
    with receiving() as receiver:
        assert Wire().post(receiver.url, {}, b"{}").error == "refused_address"
        assert Wire(LOOPBACK).post(receiver.url, {"content-type": "x"}, b"{}").taken
        assert len(receiver.got) == 1


def test_errors_are_told_by_their_class() -> None:
    with receiving() as gone:
        port = gone.port
    assert Wire(LOOPBACK).post(f"http://127.0.0.1:{port}/", {}, b"{}").error == "connect"
    assert Wire(LOOPBACK).post("https://nowhere.invalid/", {}, b"{}").error == "name"
    with receiving() as plain:
        answer = Wire(LOOPBACK, tls=ssl.create_default_context()).post(f"https://127.0.0.1:{plain.port}/", {}, b"{}")
        assert answer.error == "tls"


def test_the_setting_is_read_or_refused_by_name(tmp_path: Path) -> None:
    given = {"GUANTONG_HOME": str(tmp_path / "home"), "GUANTONG_KEY_FILE": str(tmp_path / "key")}
    read = Settings.from_environment({**given, "GUANTONG_HOOK_NETWORKS": "10.1.0.0/16, 127.0.0.1"})
    assert read.hook_networks == (ip_network("10.1.0.0/16"), ip_network("127.0.0.1/32"))
    assert Settings.from_environment(given).hook_networks == ()
    with pytest.raises(BadSetting, match=r"10\.1\.2\.3/8"):
        Settings.from_environment({**given, "GUANTONG_HOOK_NETWORKS": "10.1.2.3/8"})
