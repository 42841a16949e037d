"""Writes the page of the promises after a run, or checks a run against it.

    python -m tests.promises write|check RUN

RUN is the file that PROVE_PROMISES named in the run. Exit code 1: a promise was not shown, or the page says otherwise.
"""

import json
import os
import sys
from pathlib import Path

from tests.promises.gathering import gather
from tests.promises.page import page, shape

PAGE = Path(__file__).parents[2] / "docs" / "promises.md"


def main() -> int:
    match sys.argv[1:]:
        case ["write" | "check" as verb, run]:
            pass
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    noted = json.loads(Path(run).read_text())
    found = gather(noted["tests"])
    faults = [fault for one in found for fault in one.faults()]
    text = page(found, noted["ran"], "long" if os.environ.get("PROVE_LONG") else "short")
    if verb == "write":
        PAGE.write_text(text)
    elif not faults and (not PAGE.exists() or shape(PAGE.read_text()) != shape(text)):
        faults.append("docs/promises.md says other than this run; write it anew with make promises")
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print(f"{len(found)} promises were shown, {sum(len(one.planted) for one in found)} planted bugs were seen.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
