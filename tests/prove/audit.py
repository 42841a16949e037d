"""What stands below this service: the list of all that it is made of (SBOM), and what is known against it.

    python -m tests.prove.audit [FILE]

writes the list as CycloneDX 1.6 (default: var/sbom.json) from requirements/lock.txt, and asks a vulnerability service
for each package. Exit codes: 0 all were asked for and nothing is known; 1 something is known; 2 not all could be asked.
"""

import json
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parents[2]
LOCK = HERE / "requirements" / "lock.txt"
_PROGRAMS = Path(sys.executable).parent
_LISTS = ("requirements", LOCK, "--pyproject", HERE / "pyproject.toml", "--output-reproducible", "--output-file", "-")
_ASKS = ("-r", LOCK, "--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json")


class Asked(NamedTuple):
    """What a vulnerability service has said: the packages it was asked for, those it was not, and what is known."""

    good: list[str]
    unasked: list[str]
    known: list[str]

    @property
    def code(self) -> int:
        return 1 if self.known else 2 if self.unasked or not self.good else 0


def components() -> str:
    """The list of components as JSON, valid CycloneDX, each with its version and the hashes of its files.

    Where the files come from is for each installation to say: the hashes hold wherever that is. So each refers to its
    package URL in place of the address of an index.
    """
    made = subprocess.run([_PROGRAMS / "cyclonedx-py", *_LISTS], capture_output=True, text=True, check=True)
    found = json.loads(made.stdout)
    for component in found["components"]:
        for reference in component["externalReferences"]:
            reference |= {"url": component["purl"], "comment": "the files that may be installed"}
        component.pop("description", None)
    # What made the list is named, not where it is to be had.
    for tool in found["metadata"]["tools"]["components"]:
        tool.pop("externalReferences", None)
    needed = [component["bom-ref"] for component in found["components"]]
    for one in found["dependencies"]:
        if one["ref"] == found["metadata"]["component"]["bom-ref"]:
            one["dependsOn"] = needed
    return json.dumps(found, indent=1) + "\n"


def fault(text: str) -> str | None:
    """What is wrong with a list of components by the schema of CycloneDX 1.6; None where nothing is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from cyclonedx.schema import SchemaVersion
        from cyclonedx.validation.json import JsonStrictValidator
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    return None if error is None else str(error)


def read(report: str) -> Asked:
    """What pip-audit has reported. A package that it could not ask for is no good news, whatever its exit code."""
    try:
        rows: list[dict[str, Any]] = json.loads(report)["dependencies"]
    except (ValueError, KeyError):
        return Asked([], ["everything: there is no report"], [])
    known = [
        f"{row['name']} {row['version']}: {one['id']}, mended in {', '.join(one['fix_versions']) or 'nothing yet'}"
        for row in rows
        for one in row.get("vulns", [])
    ]
    good = [row["name"] for row in rows if "skip_reason" not in row and not row["vulns"]]
    return Asked(good, [f"{row['name']}: {row['skip_reason']}" for row in rows if "skip_reason" in row], known)


def main(file: Path) -> int:
    file.parent.mkdir(parents=True, exist_ok=True)
    text = components()
    wrong = fault(text)
    if wrong is not None:
        print(f"The list of components is not valid: {wrong}")
        return 2
    file.write_text(text)
    print(f"{len(json.loads(text)['components'])} components are listed in {file}.")
    asked = subprocess.run([_PROGRAMS / "pip-audit", *_ASKS], capture_output=True, text=True, check=False)
    said = read(asked.stdout)
    for line in said.known:
        print(f"known: {line}")
    if said.unasked:
        print(f"NOT AUDITED: {len(said.unasked)} packages could not be asked for, so this says nothing of them:")
        print("\n".join(f"  {line}" for line in said.unasked[:5]))
        if not asked.stdout.strip():
            print("\n".join(asked.stderr.strip().splitlines()[-1:]))
    print(
        f"{len(said.good)} packages were asked for and nothing is known against them; {len(said.known)} faults known."
    )
    return said.code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "var" / "sbom.json"))
