"""Fuzz for so long: `python -m tests.fuzz.run 40` runs every fuzzing test over and over, on other examples each time.

The number is minutes of processor time; words behind it choose tests by name. A failure ends nothing: each kind, told
by its exception and its innermost line of codp, is kept with the smallest of its examples, and all are printed at the
end. What is found is mended and goes into `tests/corpus` or a test of its own.
"""

import contextlib
import importlib
import os
import sys
import time
import traceback
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def tests():
    """Name and function of every test that takes examples."""
    for module in ("test_inputs", "test_extremes"):
        found = importlib.import_module(f"tests.fuzz.{module}")
        for name, test in vars(found).items():
            if name.startswith("test_") and hasattr(test, "hypothesis"):
                yield f"{module}::{name}", test


def kind(error):
    """What makes two failures one: the exception, and where in codp or in the test it came from."""
    own = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(str(ROOT / "engine"))]
    own = own or [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(str(ROOT / "tests"))]
    place = f"{Path(own[-1].filename).relative_to(ROOT)}:{own[-1].lineno}" if own else "?"
    return f"{type(error).__name__} at {place}"


def collect(inner, found, counts, name):
    """The test without an end: failures go into `found`."""

    def run(*given, **named):
        counts[name] = counts.get(name, 0) + 1
        try:
            inner(*given, **named)
        except Exception as error:
            if type(error).__module__.startswith("hypothesis"):
                raise
            shown, key = repr((given, named)), (name, kind(error))
            if key not in found:
                print(f"{time.process_time():.0f} s: {name}: {key[1]}: {str(error)[:300]}", flush=True)
                print(f"  {shown[:4000]}", flush=True)
            if key not in found or len(shown) < len(found[key][0]):
                found[key] = (shown, "".join(traceback.format_exception(error)))

    return run


def main():
    """Run for the minutes of processor time that are asked for."""
    minutes, only = float(sys.argv[1]), sys.argv[2:]
    os.environ["CODP_FUZZ"] = "round"
    # As the suite runs: a warning is a failure.
    warnings.simplefilter("error")
    found, counts = {}, {}
    chosen = [(name, test) for name, test in tests() if not only or any(one in name for one in only)]
    for name, test in chosen:
        test.hypothesis.inner_test = collect(test.hypothesis.inner_test, found, counts, name)
    # Ctrl-C ends it before its time, with what was found so far.
    with contextlib.suppress(KeyboardInterrupt):
        while time.process_time() < 60.0 * minutes:
            for _, test in chosen:
                test()
    for (name, what), (shown, trace) in sorted(found.items()):
        print(f"\n=== {name}: {what}\n{trace[-3000:]}\n{shown[:4000]}")
    print(f"\n{time.process_time() / 60.0:.1f} minutes of processor time on {os.cpu_count()} cores, examples:")
    for name, count in counts.items():
        print(f"  {name}: {count:,}")
    print(f"{len(found)} kinds of failure")


if __name__ == "__main__":
    main()
