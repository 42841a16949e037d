"""Ratios against simple yardsticks, measured in one run: `make bench`; some rooms: `python -m bench dispatch feeds`."""

import sys

from bench import dispatch, feeds, followups, groups, handing_over, meetings, rotation, simulation

ROOMS = {
    room.__name__.rpartition(".")[2]: room
    for room in (rotation, feeds, meetings, followups, groups, simulation, dispatch, handing_over)
}


def main() -> None:
    wanted = sys.argv[1:] or list(ROOMS)
    unknown = [name for name in wanted if name not in ROOMS]
    if unknown:
        sys.exit(f"no such room: {', '.join(unknown)}; choose from {', '.join(ROOMS)}")
    print(f"{'what':<92} {'figure':>8}  {'aim':<13}")
    for name in wanted:
        for row in ROOMS[name].rows():
            verdict = {True: "", False: "  MISSED", None: ""}[row.met]
            print(f"{row.what:<92} {row.figure:>8}  {row.aim:<13}{verdict}", flush=True)


main()
