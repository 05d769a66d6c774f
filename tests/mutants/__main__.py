"""`python -m tests.mutants [ROOM ...] [--count N] [--seed S]`: make changes one at a time, and say which no test saw.

Needs what `make coverage` wrote. Results stand in `out/mutants/results.jsonl`; a change that was tried is not tried
again (`--again` tries those again that no test saw). `python -m tests.mutants page` writes `docs/evidence/mutants.md`.
"""

import argparse
import json
import sys
import time
from dataclasses import asdict

from tests.mutants.changes import ROOMS, ROOT, drawn
from tests.mutants.reach import Reach
from tests.mutants.trial import copied, ran, seen

RESULTS = ROOT / "out" / "mutants" / "results.jsonl"
# Times of tests, as traced, that a change is tried with.
SECONDS = 15.0


def results():
    """What was found so far, by change; of one that was tried again, the last, and how it ended `first`."""
    found = {}
    for line in RESULTS.read_text(encoding="utf-8").splitlines() if RESULTS.exists() else ():
        one = json.loads(line)
        key = (one["file"], one["operator"], one["occurrence"])
        found[key] = one | {"first": found.get(key, one).get("first", one["outcome"])}
    return found


def told(change):
    """The lines of a change before and after, without those that stay."""
    before = (ROOT / change.file).read_text(encoding="utf-8")
    pairs = zip(before.splitlines(), change.code(before).splitlines(), strict=True)
    return next((old.strip(), " ".join(new.split())) for old, new in pairs if old != new)


def tried(change, places, reach, root, *, seed, first=()):
    """A change of a draw with its outcome, by tests that come first whatever they reach, and those that reach it."""
    begun = time.monotonic()
    tests, total = reach.tests(change, SECONDS)
    tests = [*first, *(test for test in tests if test not in first)]
    before, after = told(change)
    outcome, test = seen(change, tests, total, root)
    took = round(time.monotonic() - begun, 1)
    return {**asdict(change), "seed": seed, "places": places, "before": before, "after": after, "outcome": outcome,
            "test": test, "tests": len(tests), "seconds": round(total, 1), "took": took}  # fmt: skip


def main():
    """Try what is asked for; the number of changes that no test saw."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("rooms", nargs="*", help=f"of {', '.join(ROOMS)}; or page")
    asked.add_argument("--count", type=int, default=60)
    asked.add_argument("--seed", type=int, default=19)
    asked.add_argument("--again", action="store_true", help="try those again that no test saw")
    asked.add_argument("--first", nargs="*", default=(), help="tests to begin with, new ones")
    options = asked.parse_args()
    if options.rooms == ["page"]:
        # Here alone, since pytest rewrites what tests load, and in a trial it is loaded already.
        from tests.mutants.page import written

        return written(results().values())
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    reach, unseen = Reach(), 0
    with copied() as root, RESULTS.open("a", encoding="utf-8") as file:
        # Tests and code are compiled once, by the tests as they are.
        code, said = ran(["--collect-only", "tests", "engine"], root, 600.0, keep=True)
        if code:
            # Whatever is red by itself would seem to see every change.
            sys.exit(said[-2000:])
        for room in options.rooms or ROOMS:
            sample, places = drawn(room, options.count, options.seed)
            for change in sample:
                last = results().get((change.file, change.operator, change.occurrence))
                if last and not (options.again and last["outcome"] in ("survived", "unreached")):
                    continue
                found = tried(change, places, reach, root, seed=options.seed, first=options.first)
                unseen += found["outcome"] in ("survived", "unreached")
                words = f"{found['outcome']}: {change.file}:{change.line}: {found['after']}  [{found['test']}]\n"
                sys.stdout.write(words)
                sys.stdout.flush()
                file.write(json.dumps(found, ensure_ascii=False) + "\n")
                file.flush()
        # A test that is red without any change sees nothing.
        red = sorted({one["test"] for one in results().values() if one["outcome"] == "killed" and "::" in one["test"]})
        code, said = ran(red, root, 3600.0)
        sys.stdout.write(f"{len(red)} tests that saw a change, without any: exit code {code}\n")
        sys.stdout.write(said[-1000:] if code else "")
    return unseen


if __name__ == "__main__":
    sys.exit(main())
