"""Writes what was found into `docs/evidence/mutants.md`, and beside each change that no test saw what is said of it."""

import re
from collections import Counter, defaultdict

from ruamel.yaml import YAML
from statsmodels.stats.proportion import proportion_confint

from tests.mutants.changes import ROOMS, ROOT
from tests.pages.coverage import machine

PAGE, VERDICTS = ROOT / "docs" / "evidence" / "mutants.md", ROOT / "tests" / "mutants" / "verdicts.yaml"
BEGIN, END = "<!-- written -->\n", "<!-- end -->\n"
SEEN = ("killed", "looped")


def verdicts():
    """What is said of a change, by its file and its line after it: why it changes nothing, or what is not tested."""
    found = YAML(typ="safe").load(VERDICTS.read_text(encoding="utf-8")) or []
    return {(one["file"], one["after"]): one for one in found}


def percent(share):
    """A share without digits behind the point."""
    return f"{100.0 * share:.0f}%"


def interval(seen, of):
    """A share with its 95% interval (Wilson)."""
    low, high = proportion_confint(seen, of, method="wilson")
    return f"{percent(seen / of)} ({percent(low)} to {percent(high)})"


def table(found, said):
    """A row for each room."""
    lines = [
        "| room | places | changes | seen at once | of those that alter anything | and with the tests since |",
        "|---|---|---|---|---|---|",
    ]
    rooms = defaultdict(list)
    for one in found:
        for room in (one["room"], "all"):
            rooms[room].append(one)
    for room in filter(rooms.get, (*ROOMS, "all")):
        of, outcomes = rooms[room], Counter()
        for one in of:
            outcomes["first"] += one["first"] in SEEN
            outcomes["now"] += one["outcome"] in SEEN
            outcomes["alike"] += "alike" in said.get((one["file"], one["after"]), {}) and one["outcome"] not in SEEN
        places = sum({one["room"]: one["places"] for one in of}.values())
        altering = len(of) - outcomes["alike"]
        first, share = interval(outcomes["first"], len(of)), interval(outcomes["first"], altering)
        # What is seen now says nothing of other places: tests were written for these.
        lines.append(f"| {room} | {places:,} | {len(of)} | {first} | {share} | {percent(outcomes['now'] / altering)} |")
    return "\n".join(lines) + "\n"


def cell(text):
    """Code in a cell of a table."""
    return f"`{text}`".replace("|", "\\|")


def survivors(found, said):
    """A row for each change that no test saw at first: what sees it now, or why it changes nothing."""
    lines = ["| file | line | as it is | changed | |", "|---|---|---|---|---|"]
    for one in sorted(found, key=lambda one: (list(ROOMS).index(one["room"]), one["file"], one["line"])):
        if one["first"] in SEEN:
            continue
        verdict = said.get((one["file"], one["after"]), {})
        if one["outcome"] in SEEN:
            words = f"seen now: `{one['test']}`" if one["test"] else "seen now: goes on for ever"
        else:
            words = verdict.get("alike") or f"**open**: {verdict.get('open', 'not looked at')}"
        file = one["file"].removeprefix("engine/")
        lines.append(f"| `{file}` | {one['line']} | {cell(one['before'])} | {cell(one['after'])} | {words} |")
    return "\n".join(lines) + "\n"


def alike(said):
    """A row for each change that alters nothing, whichever draw it is of, and why."""
    lines = ["| file | as it is | changed | |", "|---|---|---|---|"]
    for (file, after), one in sorted(said.items()):
        if "alike" in one:
            code = f"{cell(one['before'])} | {cell(after)}"
            lines.append(f"| `{file.removeprefix('engine/')}` | {code} | {one['alike']} |")
    return "\n".join(lines) + "\n"


def newest(found):
    """Seed of the draw that was begun last, and its changes: tests were written for those of the draws before."""
    seed = found[-1]["seed"]
    return seed, [one for one in found if one["seed"] == seed]


def written(found):
    """Write the page of the newest draw; how many changes nothing is said of."""
    found, said = list(found), verdicts()
    seed, fresh = newest(found)
    loops = sum(one["outcome"] == "looped" for one in fresh)
    body = (
        f"Drawn by `--seed {seed}` and measured on {machine()}; {loops} of the changes that were seen went on for "
        f"ever.\n\n{table(fresh, said)}\n## Changes that no test saw at first\n\n{survivors(fresh, said)}\n"
        f"## Changes that alter nothing\n\nOf this draw and of those before it.\n\n{alike(said)}"
    )
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(re.sub(rf"(?<={BEGIN}).*?(?={END})", lambda _: body, text, flags=re.DOTALL), encoding="utf-8")
    return sum(one["outcome"] not in SEEN and (one["file"], one["after"]) not in said for one in found)
