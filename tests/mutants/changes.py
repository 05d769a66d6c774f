"""Which changes there are: places of a room, and at each what Cosmic Ray would make of it.

Cosmic Ray is there after `make mutants` alone, so it is imported where it is needed.
"""

import ast
import random
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = {
    "economics": "engine/economics",
    "model": "engine/model",
    "program": "engine/program",
    "simulation": "engine/evaluate/simulate",
}

ARITHMETIC = {"Add", "Sub", "Mul", "Div", "FloorDiv", "Mod", "Pow"}
BITS = {"BitOr", "BitAnd", "BitXor"}
IDENTITY = {"Is", "IsNot"}
PLAIN = {
    "AddNot", "ExceptionReplacer", "NumberReplacer", "ReplaceAndWithOr", "ReplaceBreakWithContinue",
    "ReplaceContinueWithBreak", "ReplaceFalseWithTrue", "ReplaceOrWithAnd", "ReplaceTrueWithFalse",
    "ReplaceUnaryOperator_Delete_Invert", "ReplaceUnaryOperator_Delete_Not", "ReplaceUnaryOperator_Delete_USub",
    "ZeroIterationForLoop",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of one file, and the lines of the statement it is in."""

    room: str
    file: str
    line: int
    operator: str
    occurrence: int
    lines: tuple[int, int]

    def code(self, source):
        """The file with the change in it."""
        from cosmic_ray.mutating import mutate_code

        return mutate_code(source, operators()[self.operator], self.occurrence)


def meant(operator):
    """Whether it changes what is worked out; what could only end in an error of types would be seen by any test."""
    name = operator.partition("/")[2]
    kind, _, pair = name.partition("_")
    before, _, after = pair.partition("_")
    if kind == "ReplaceBinaryOperator":
        return {before, after} <= ARITHMETIC or {before, after} <= BITS
    if kind == "ReplaceComparisonOperator":
        return (before in IDENTITY) == (after in IDENTITY)
    return name in PLAIN


@cache
def operators():
    """What Cosmic Ray does at a place, by name."""
    from cosmic_ray.plugins import get_operator, operator_names

    return {name: get_operator(name)() for name in sorted(filter(meant, operator_names()))}


def spans(tree):
    """Lines and columns of what is no behaviour: types, decorators, imports, how it is shown, `zip(strict=True)`."""
    for node in ast.walk(tree):
        left_out = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        left_out += getattr(node, "decorator_list", [])
        if isinstance(node, ast.Import | ast.ImportFrom) or getattr(node, "name", "") == "__repr__":
            left_out.append(node)
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            left_out.append(node)
        if isinstance(node, ast.keyword) and node.arg == "strict":
            left_out.append(node)
        for found in filter(None, left_out):
            yield (found.lineno, found.col_offset), (found.end_lineno, found.end_col_offset)


def statement(tree, line):
    """First and last line of the innermost statement at a line; of one with a body, its head."""
    first, last = line, line
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and node.lineno <= line <= node.end_lineno:
            body = getattr(node, "body", None)
            if not body or line < body[0].lineno:
                first, last = node.lineno, body[0].lineno - 1 if body else node.end_lineno
    return first, last


def places(room):
    """File and position of each place of a room, with the changes that can be made there."""
    from cosmic_ray.ast import ast_nodes, get_ast

    found = defaultdict(list)
    for path in sorted((ROOT / ROOMS[room]).rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        tree, nodes = ast.parse(source), list(ast_nodes(get_ast(source)))
        left_out = list(spans(tree))
        for operator, at in operators().items():
            starts = (start for node in nodes for start, _ in at.mutation_positions(node))
            for occurrence, start in enumerate(starts):
                if not any(first <= start < last for first, last in left_out):
                    file = path.relative_to(ROOT).as_posix()
                    change = Change(
                        room=room,
                        file=file,
                        line=start[0],
                        operator=operator,
                        occurrence=occurrence,
                        lines=statement(tree, start[0]),
                    )
                    found[file, start].append(change)
    return found


def compiles(change):
    """Whether the changed file is Python: a star of a call or a signature is no product."""
    try:
        compile(change.code((ROOT / change.file).read_text(encoding="utf-8")), change.file, "exec")
    except SyntaxError:
        return False
    return True


def drawn(room, count, seed):
    """A sample without replacement of a room's places, each with one of its changes, always the same by seed."""
    draw, found = random.Random(f"{seed}:{room}"), places(room)
    sample = []
    for place in draw.sample(sorted(found), len(found)):
        change = draw.choice(found[place])
        if len(sample) < count and compiles(change):
            sample.append(change)
    return sample, len(found)
