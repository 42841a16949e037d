"""Ratios against simple yardsticks, measured in one run: `make bench`."""

from bench import feeds, followups, groups, meetings, rotation, simulation


def main() -> None:
    print(f"{'what':<84} {'figure':>8}  {'aim':<13}")
    for room in (rotation, feeds, meetings, followups, groups, simulation):
        for row in room.rows():
            verdict = {True: "", False: "  MISSED", None: ""}[row.met]
            print(f"{row.what:<84} {row.figure:>8}  {row.aim:<13}{verdict}", flush=True)


main()
