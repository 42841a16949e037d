"""The rules of `gmg doctor`: what each finds on both sides of its limits."""

from datetime import UTC, datetime, timedelta

import pytest

from service.keeping.doctor import rules
from service.keeping.doctor.rules import Finding

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


RULES = [
    (rules.backup(None, NOW), "warn", "gmg backup"),
    (rules.backup(ago(hours=26), NOW), "ok", "1 day old"),
    (rules.backup(ago(hours=27), NOW), "warn", "timer"),
    (rules.backup(ago(days=8), NOW), "fail", "8 days"),
    (rules.disk(30, 100), "ok", "30% free"),
    (rules.disk(9, 100), "warn", "disk-full.md"),
    (rules.disk(1, 100), "fail", "disk-full.md"),
    (rules.disk(0, 0), "fail", "0% free"),
    (rules.skew(NOW, NOW), "ok", "agree"),
    (rules.skew(NOW, ago(seconds=6)), "warn", "6.0 s"),
    (rules.skew(ago(minutes=2), NOW), "fail", "NTP"),
    (rules.ahead(None, NOW), "ok", "Nothing"),
    (rules.ahead(ago(days=1), NOW), "ok", "Nothing"),
    (rules.ahead(NOW + timedelta(seconds=30), NOW), "warn", "30 seconds from now"),
    (rules.ahead(NOW + timedelta(days=3), NOW), "fail", "set back"),
    (rules.sqlite((3, 40, 1), "delete", False), "ok", "does not meet it"),
    (rules.sqlite((3, 40, 1), "wal", False), "fail", "GMG_SQLITE_WAL=auto"),
    (rules.sqlite((3, 53, 4), "wal", True), "ok", "3.53.4"),
    (rules.postgresql(180004), "ok", "18.4"),
    (rules.postgresql(120022), "warn", "move to a newer one"),
    (rules.zones("2026f", NOW), "ok", "2026f"),
    (rules.zones("2025a", NOW), "ok", "2025a"),
    (rules.zones("2024b", NOW), "warn", "newer tzdata"),
    (rules.zones("", NOW), "warn", "unknown"),
    (rules.ticker(None, NOW), "warn", "gmg serve"),
    (rules.ticker(ago(minutes=2), NOW), "ok", "2 minutes ago"),
    (rules.ticker(ago(minutes=4), NOW), "warn", "4 minutes"),
    (rules.ticker(ago(hours=1), NOW), "fail", "gmg serve"),
    (rules.pending(None, NOW), "ok", "Nothing waits"),
    (rules.pending(ago(minutes=1), NOW), "ok", "1 minute."),
    (rules.pending(ago(minutes=16), NOW), "warn", "--state pending"),
    (rules.pending(ago(hours=5), NOW), "fail", "5 hours"),
    (rules.lost(0, 0), "ok", "None"),
    (rules.lost(2, 1), "warn", "2 failed and 1 expired"),
    (rules.relays([])[0], "ok", "All"),
    (rules.relays([("mail", None)])[0], "warn", "no word"),
    (rules.groups([], [])[0], "warn", "charter apply"),
    (rules.groups(["a", "b"], [])[0], "ok", "2, all confirmed"),
    (rules.groups(["a", "b"], ["b"])[0], "warn", "gmg group confirm b"),
    (rules.proxies(True, False), "warn", "GMG_TRUSTED_PROXIES"),
    (rules.proxies(True, True), "ok", "set"),
    (rules.proxies(False, False), "ok", "without"),
    (rules.revision("1", "1", True), "ok", "newest"),
    (rules.revision("2", "1", True), "warn", "ahead"),
    (rules.revision("0", "1", False), "fail", "gmg migrate"),
    (rules.revision(None, "1", False), "fail", "no revision"),
]


@pytest.mark.parametrize(("found", "state", "says"), RULES)
def test_each_rule_on_both_sides_of_its_limits(found: Finding, state: str, says: str) -> None:
    assert found.state == state
    assert says in found.text


def test_modes_and_held_say_nothing_where_nothing_is_wrong() -> None:
    assert rules.mode("x", 0o40700, False) is None
    assert rules.held(0) is None
    told = [rules.mode("secret", 0o100640, True), rules.mode("home", 0o40755, False), rules.held(3)]
    assert [one.state for one in told if one is not None] == ["fail", "warn", "warn"]
