"""What is deployed keeps step with the service: names of settings, limits, how long a process has to stop."""

import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import yaml

from service.refusals import MAX_BODY
from service.scheduler import STOPS_WITHIN
from service.settings import PREFIX, Settings, WrongSettings, current, read

ROOT = Path(__file__).parents[1]
KNOWN = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
UNITS = [ROOT / "deploy" / "gmg.service", *sorted((ROOT / "deploy" / "systemd").glob("*.service"))]
COMPOSED = [ROOT / "docker-compose.yml", ROOT / "deploy" / "compose.one.yml"]


def composed(path: Path) -> dict[str, Any]:
    """The services that are ours, by name."""
    return {name: one for name, one in yaml.safe_load(path.read_text())["services"].items() if one["image"] == "gmg"}


@pytest.mark.parametrize(
    "path", [ROOT / ".env.example", *COMPOSED, *UNITS, ROOT / "deploy" / "README.md"], ids=lambda path: path.name
)
def test_every_setting_that_is_named_is_one(path: Path) -> None:
    """The service refuses to start with any other."""
    assert set(re.findall(rf"\b{PREFIX}[A-Z][A-Z_]*", path.read_text())) <= KNOWN


@pytest.mark.parametrize("path", COMPOSED, ids=lambda path: path.name)
def test_a_container_is_shut_in_and_has_time_to_stop(path: Path) -> None:
    for name, one in composed(path).items():
        assert one["read_only"], name
        assert one["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in one["security_opt"], name
        if "restart" in one:
            assert int(one["stop_grace_period"].removesuffix("s")) > STOPS_WITHIN, name


def test_all_processes_of_compose_have_one_secret_and_believe_the_network_of_the_proxy_alone() -> None:
    whole = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    network = whole["networks"]["inside"]
    ours = composed(ROOT / "docker-compose.yml")
    assert {"web-1", "web-2", "worker-1", "worker-2", "migrate"} == ours.keys()
    assert network["internal"]
    for one in ours.values():
        assert one["environment"]["GMG_SECRET_KEY"].startswith("${GMG_SECRET_KEY:?")
        assert one["environment"]["GMG_TRUSTED_PROXIES"] == network["ipam"]["config"][0]["subnet"]
        assert "ports" not in one, "nobody reaches it past the proxy"


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_has_time_to_stop(path: Path) -> None:
    text = path.read_text()
    if "gmg serve" in text:
        assert int(re.findall(r"^TimeoutStopSec=(\d+)$", text, re.MULTILINE)[0]) > STOPS_WITHIN
        assert "RestartPreventExitStatus=78" in text


def test_all_units_are_shut_in_alike() -> None:
    one = (ROOT / "deploy" / "gmg.service").read_text()
    others = (ROOT / "deploy" / "systemd" / "gmg-.service.d" / "all.conf").read_text()
    shut = re.search(r"^NoNewPrivileges.*?^CapabilityBoundingSet=$", one, re.MULTILINE | re.DOTALL)
    assert shut is not None
    assert shut[0] in others


def locations() -> dict[str, str]:
    """What the proxy does with each kind of address."""
    text = re.sub(r"#.*", "", (ROOT / "deploy" / "proxy" / "ways").read_text())
    return {one[0].strip(): one[1] for one in re.findall(r"location ([^{]*) \{(.*?)\}", text, re.DOTALL)}


def test_the_proxy_keeps_public_feeds_alone() -> None:
    found = locations()
    assert [name for name, does in found.items() if "proxy_cache " in does] == [
        r"~ ^/calendars/[a-z0-9-]+(/[a-z0-9-]+)*\.ics$"
    ]
    assert "^~ /calendars/p/" in found, "no pattern is looked at for what begins so"
    (public,) = (does for does in found.values() if "proxy_cache " in does)
    for shown in ("$http_authorization", "$http_cookie"):
        assert re.search(rf"proxy_cache_bypass [^;]*{re.escape(shown)}", public)
        assert re.search(rf"proxy_no_cache [^;]*{re.escape(shown)}", public)


def test_the_proxy_takes_as_much_as_the_service() -> None:
    text = (ROOT / "deploy" / "proxy" / "nginx.conf").read_text()
    assert f"client_max_body_size {MAX_BODY // 1024}k;" in text


def test_a_mail_server_without_tls_has_to_be_named_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GMG_MAIL_URL", "smtp://mail:1025?tls=none")
    assert read().mail_url.get_secret_value().endswith("?tls=none")
    for wrong, why in (("smtp://mail:1025", "has no TLS"), ("smtp://a:b@mail?tls=none", "sends a password")):
        monkeypatch.setenv("GMG_MAIL_URL", wrong)
        with pytest.raises(WrongSettings, match=why):
            read()


def test_containers_that_start_together_make_one_secret(monkeypatch: pytest.MonkeyPatch, environment: Path) -> None:
    """They share the folder, and each is process number 1."""
    monkeypatch.setattr(os, "getpid", lambda: 1)
    using, count = current(), 8
    for _ in range(30):
        (environment / "secret").unlink(missing_ok=True)
        together = Barrier(count)

        def make(_: int, together: Barrier = together) -> bytes:
            together.wait()
            return using.secret()

        with ThreadPoolExecutor(count) as threads:
            made = set(threads.map(make, range(count)))
        assert made == {(environment / "secret").read_bytes()}
        assert len(made.pop()) >= 32
    assert [path.name for path in environment.iterdir()] == ["secret"]
