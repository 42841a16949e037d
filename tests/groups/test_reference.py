"""The charter's format as it is told: the page is what the models say, the schema takes what the check takes."""

import json
from importlib.resources import files
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from service.groups.charter import Charter
from service.groups.decision import FIELDS_OF, VERBS
from service.groups.reference import _parts, as_markdown, json_schema
from tests.commandline import Gmg
from tests.conftest import shipped
from tests.docs_commands import ROOT

PAGE = ROOT / "docs" / "charter-reference.md"


def test_the_page_in_docs_is_what_the_models_say() -> None:
    """After a change of the models: gmg charter schema --format markdown > docs/charter-reference.md."""
    assert PAGE.read_text(encoding="utf-8") == as_markdown()


def test_every_field_of_a_charter_is_told_with_a_meaning() -> None:
    page = as_markdown()
    for model in _parts(Charter):
        assert f"\n## {model.__name__}\n" in page
        for name, field in model.model_fields.items():
            assert field.description, f"{model.__name__}.{name} says nothing of what it means"
            assert f"\n| `{field.alias or name}` |" in page


def test_the_command_prints_both(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    gmg = Gmg(f"sqlite:///{tmp_path}/none.db", monkeypatch, capsys)
    assert json.loads(gmg("charter", "schema").out) == json_schema()
    assert gmg("charter", "schema", "--format", "markdown").out == as_markdown()


def test_the_schema_names_every_verb_and_what_it_needs() -> None:
    ways = json_schema()["$defs"]["Decision"]["oneOf"]
    assert [way["required"][0] for way in ways] == list(VERBS)
    assert all(set(way["required"][1:]) == FIELDS_OF[way["required"][0]][0] for way in ways)


def test_hours_are_told_as_a_charter_writes_them() -> None:
    at = json_schema()["$defs"]["Cadence"]["properties"]["at"]
    assert at["default"] == "15:00"
    assert "format" not in at
    assert at["pattern"]


@pytest.mark.parametrize("name", ["gmg.yaml", "gmg-as-it-was.yaml"])
def test_the_schema_takes_the_charters_that_ship_and_no_misspelt_field(name: str) -> None:
    """As an editor checks it: days as they are written, keys as texts."""
    validator = Draft202012Validator(json_schema())
    written = yaml.load((files("service") / "charters" / name).read_bytes(), _AsWritten)
    assert not [(list(fault.path), fault.message[:200]) for fault in validator.iter_errors(written)]
    exported = json.loads(shipped(name).model_dump_json(by_alias=True))
    assert not list(validator.iter_errors(exported))
    for wrong in (
        written | {"memebrs": []},
        written | {"group": written["group"] | {"timezone": 1}},
        written | {"decisions": [{"id": "d", "taken": "2008-05-01"}]},
        written | {"decisions": [{"id": "d", "taken": "2008-05-01", "pass": "ilo"}]},
        written | {"reminders": {"at": "9 o'clock"}},
    ):
        assert list(validator.iter_errors(wrong))


class _AsWritten(yaml.SafeLoader):
    """Days stay texts, as JSON has them."""


_AsWritten.yaml_implicit_resolvers = {
    sign: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for sign, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _mapping(loader: _AsWritten, node: yaml.MappingNode) -> dict[str, Any]:
    return {str(key): value for key, value in loader.construct_mapping(node, deep=True).items()}


_AsWritten.add_constructor("tag:yaml.org,2002:map", _mapping)
