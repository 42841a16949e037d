"""Alerts ask for figures that are there, and lead to pages that are there."""

import re

import pytest
import yaml
from sqlalchemy import Engine
from starlette.testclient import TestClient

from tests.conftest import Time
from tests.docs_commands import ROOT
from tests.watching.conftest import samples
from tests.watching.test_metrics import everything

ALERTS = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text())["groups"][0]["rules"]
# What Prometheus makes of its own, and the words of its language.
_OTHERS = {
    "up",
    "absent",
    "or",
    "time",
    "max",
    "min",
    "sum",
    "count",
    "by",
    "increase",
    "channel",
    "outcome",
    "version",
    "revision",
}


def test_every_metric_of_an_alert_is_there(near: TestClient, engine: Engine, time: Time) -> None:
    names = {name for name, _ in samples(everything(near, engine, time))}
    for rule in ALERTS:
        bare = re.sub(r'"[^"]*"|\{[^}]*\}|\[[^\]]*\]', " ", rule["expr"])
        words = set(re.findall(r"[a-z_]{2,}", bare))
        assert words - _OTHERS <= names, rule["alert"]
        assert words & names or "up" in words, rule["alert"]


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: str(rule["alert"]))
def test_every_alert_is_whole_and_leads_to_a_page(rule: dict[str, object]) -> None:
    assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
    assert re.fullmatch(r"Gmg[A-Za-z]+", str(rule["alert"]))
    assert re.fullmatch(r"\d+[mh]", str(rule.get("for", "1m")))
    expr = str(rule["expr"])
    assert all(expr.count(one) == expr.count(other) for one, other in ("()", "{}", "[]"))
    assert rule["labels"] in ({"severity": "page"}, {"severity": "ticket"})
    notes = rule["annotations"]
    assert isinstance(notes, dict)
    page = (ROOT / notes["runbook"]).read_text(encoding="utf-8")
    assert page.startswith("# ")
    index = (ROOT / "docs/runbook/README.md").read_text(encoding="utf-8")
    name = str(notes["runbook"]).rpartition("/")[2]
    assert re.search(rf"\({name}\).*`{rule['alert']}`", index), "the index leads from the alert to its page"


def test_no_two_alerts_have_one_name() -> None:
    names = [rule["alert"] for rule in ALERTS]
    assert len(set(names)) == len(names)
