"""`python -m bench [PART …]`: runs the parts named, or all, and writes `bench/RESULTS.md`."""

from __future__ import annotations

import sys

from bench import pages, recipe, report, scale, speed

PARTS = {"pages": pages.run, "recipe": recipe.run, "scale": scale.run, "build": speed.run}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        print(f"There is no part {unknown[0]!r} of the benchmark. The parts are: {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    for name in names or PARTS:
        print(f"bench {name}", flush=True)
        report.keep(name, PARTS[name]())
    print(f"written: {report.write()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
