"""What is written for readers leads somewhere, and names commands that exist."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.docs_commands import ROOT, Said, anchors, broken_links, commands, fault, faults_in, faults_of, links

DOCUMENTS = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "deploy" / "README.md", *(ROOT / "docs").rglob("*.md")]
)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading(path: Path) -> None:
    assert not broken_links(path)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_is_one_that_the_program_knows(path: Path) -> None:
    assert not faults_of(path)


def test_every_document_is_reached_from_the_readme() -> None:
    """Who follows links from README.md comes to each document; one that nothing leads to is not read."""
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        here = waiting.pop()
        if here in seen or here.suffix != ".md":
            continue
        seen.add(here)
        waiting += [one for one in _leads_to(here) if one.is_file()]
    assert not {str(path.relative_to(ROOT)) for path in DOCUMENTS} - {str(path.relative_to(ROOT)) for path in seen}


def _leads_to(path: Path) -> list[Path]:
    found = [(path.parent / target.partition("#")[0]).resolve() for _, target in links(path.read_text("utf-8"))]
    return [one / "README.md" if one.is_dir() else one for one in found]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("charter chek FILE", "has no chek"),
        ("charter apply FILE --forced", "--forced"),
        ("charter apply", "needs file"),
        ("charter check ONE TWO", "no further word"),
        ("simulate --from 2008-01-01 --mail DIR", "needs --until"),
        ("terms --format xml", "knows no xml"),
        ("charter", "needs one of"),
    ],
)
def test_what_the_program_would_refuse_is_named(words: str, said: str) -> None:
    assert said in str(fault(Said(1, words.split(), True)))


def test_commands_are_found_in_fences_set_in_blocks_and_text() -> None:
    text = """
Text with `gmg charter nothing`, and gmg here.

```sh
sudo -u gmg /opt/gmg/bin/gmg fairness --never   # why
docker compose exec web gmg migrate && gmg terms \\
  --wrong
```

    GMG_HOME=var .venv/bin/gmg token list | gmg token revoke
    gmg chair --on 2010-09-01          who chairs, since when
"""
    assert [" ".join(said.words) for said in commands(text)] == [
        "fairness --never",
        "migrate",
        "terms --wrong",
        "token list",
        "token revoke",
        "chair --on 2010-09-01",
        "charter nothing",
    ]
    assert [line.split(":")[1] for line in faults_in(text, "x")] == ["5", "6", "10", "2"]


def test_the_drawing_can_be_read_by_everybody_and_asks_nobody_else_for_anything() -> None:
    drawing = (ROOT / "docs" / "concepts.svg").read_text(encoding="utf-8")
    root = ElementTree.fromstring(drawing)
    named = {part: root.find(f"{{http://www.w3.org/2000/svg}}{part}") for part in ("title", "desc")}
    assert all(one is not None and (one.text or "").strip() for one in named.values())
    assert root.get("aria-labelledby") == " ".join(str(one.get("id")) for one in named.values() if one is not None)
    assert not {"script", "image", "foreignObject", "use"} & {one.tag.rpartition("}")[2] for one in root.iter()}
    assert "prefers-color-scheme: dark" in drawing
    assert re.findall(r"(?:https?:)?//[^\"\s]+", drawing) == ["http://www.w3.org/2000/svg"]


def test_headings_are_named_as_forges_name_them() -> None:
    assert anchors("# One\n## The `gmg` command, *twice*\n## One\n") == {"one", "the-gmg-command-twice", "one-1"}
