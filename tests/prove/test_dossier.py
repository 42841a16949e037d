"""A dossier as a foreign program reads it: every page says whose it is, every word stands there as it was written."""

import json
import urllib.request
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.prove.test_calendar_programs import run
from tests.prove.test_page import PICTURES

WORDS = [
    '#panic("x") $x$ *b* _i_ <b> `c` | [l](https://evil.example)',
    "Русский текст",
    "Ελληνικά",
    "الملفات كلها هناك",
]


@pytest.fixture(scope="module")
def ask(service: str, secretariat: str) -> Any:
    """Asks the service as the secretariat: the answer's bytes and its ETag."""

    def send(path: str, etag: str = "", **body: object) -> tuple[bytes, str]:
        headers = {"Authorization": f"Bearer {secretariat}", "Idempotency-Key": str(uuid4())}
        headers |= {"Content-Type": "application/json"} if body else {}
        headers |= {"If-Match": etag} if etag else {}
        data = json.dumps(body).encode() if body else None
        with urllib.request.urlopen(urllib.request.Request(f"{service}/api/v1/groups/gmg{path}", data, headers)) as got:
            return got.read(), got.headers["ETag"] or ""

    return send


def test_pdftotext_reads_every_word_on_pages_that_say_whose_they_are(ask: Any, tmp_path: Path) -> None:
    found = json.loads(ask("/handovers")[0])["handovers"]
    coming = next(one for one in found if one["state"] in ("ahead", "open"))
    path = f"/handovers/{coming['turn']}"
    headings = [one["heading"] for one in coming["checklist"]]
    answers = [{"heading": heading, "text": words} for heading, words in zip(headings, WORDS, strict=False)]
    ask(f"{path}/fill", ask(path)[1], answers=answers)
    (tmp_path / "dossier.pdf").write_bytes(ask(f"{path}/dossier?format=pdf")[0])
    text = run("pdftotext", "-layout", "dossier.pdf", "-", cwd=tmp_path)
    pages = text.split("\f")[:-1]
    assert len(pages) >= 2
    for number, page in enumerate(pages, 1):
        assert "Global Migration Group · term of " in page
        assert f"{number}/{len(pages)}" in page.replace(" ", "")
        assert "not frozen · for the members of the group" in page
    raw = run("pdftotext", "-raw", "dossier.pdf", "-", cwd=tmp_path)
    plain, squeezed = " ".join(raw.split()), "".join(raw.split())
    for words in WORDS[:3]:
        assert words.replace(" ", "") in squeezed, "lines may be broken anywhere"
    for title in ("Checklist", "Decisions of the term", "Common activities", "Coming meetings", "Contacts"):
        assert title in plain
    info = run("pdfinfo", "dossier.pdf", cwd=tmp_path)
    assert "A4" in info
    assert "Handover of the chair" in info
    run("pdftoppm", "-r", "80", "-f", "1", "-l", "1", "-png", "-singlefile", "dossier.pdf", "dossier", cwd=tmp_path)
    PICTURES.mkdir(parents=True, exist_ok=True)
    (PICTURES / "dossier.png").write_bytes((tmp_path / "dossier.png").read_bytes())
