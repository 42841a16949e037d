"""A stretch of the group under a virtual clock: for every handover each reminder once to each person."""

import csv
import os
from collections import Counter, defaultdict
from datetime import date, timedelta
from email import message_from_bytes
from pathlib import Path

from service.groups.charter import Charter
from service.rotation.engine import terms
from service.simulate import simulate

# A reminder half a year ahead, and the working day on which the last one goes.
_LEAD, _AFTER = timedelta(days=190), timedelta(days=5)


def test_every_handover_reaches_everybody_with_every_reminder_once(gmg: Charter, tmp_path: Path) -> None:
    mail = tmp_path / "mail"
    years = int(os.environ.get("PROVE_YEARS", "0"))
    start, until = (date(2008, 1, 1), date(2008 + years, 1, 1)) if years else (date(2009, 1, 2), date(2010, 8, 10))
    count = simulate(gmg, start, until, mail)
    with (mail / "ledger.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["at", "event", "subject", "recipient", "channel"]
    assert len(rows) == count == len(list(mail.glob("*.eml")))
    told: defaultdict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    asked: Counter[tuple[str, str]] = Counter()
    for row in rows:
        if row["event"] == "chair.asked":
            asked[row["subject"].partition(":")[0], row["recipient"]] += 1
            continue
        if row["event"] != "handover.reminder":
            continue
        turn, day, _, lead = row["subject"].split(":")
        told[f"{turn} {day}"][row["recipient"], lead] += 1
    everybody = {person.email for person in gmg.people}
    leads = {"180", "90", "30", "7", "1", "0"}
    whole = {f"{term.key} {term.start}" for term in terms(gmg, until) if start + _LEAD < term.start < until - _AFTER}
    assert {"turn-9 2010-01-01", "turn-10 2010-07-01"} <= whole
    for handover in whole:
        assert told[handover] == Counter({(who, lead): 1 for who in everybody for lead in leads}), handover
    assert set(asked.values()) == {1}, "nobody is asked twice for one turn"
    assert asked["turn-9", "gmg@unodc.example"] == asked["turn-10", "gmg@ece.example"] == 1
    seats = {f"gmg@{id_}.example" for id_ in ("unrc", "eca", "ece", "eclac", "escap", "escwa")}
    inner = told["seat-unrc-turn-2 2010-08-01"]
    assert inner == Counter({(who, lead): 1 for who in seats for lead in leads})
    assert all(message_from_bytes(path.read_bytes())["Message-ID"] for path in mail.glob("*.eml"))
