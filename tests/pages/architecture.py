"""The page of the rooms and its picture, `docs/architecture.md`: `python -m tests.pages.architecture` writes both."""

from __future__ import annotations

import ast
import sys
import tomllib
from pathlib import Path
from xml.sax.saxutils import escape

import grimp

ROOT = Path(__file__).resolve().parents[2]
PAGE, PICTURE = ROOT / "docs" / "architecture.md", ROOT / "docs" / "architecture.svg"
_ENGINE = ROOT / "engine"
_BEGIN, _END = "<!-- written -->\n", "<!-- end -->\n"
# Pixels: a room's row and its box, a column of dots.
_TOP, _ROW, _BOX, _LEFT, _WIDTH, _COLUMN = 76, 44, 38, 12, 450, 26


def rooms() -> list[str]:
    """The rooms from top to bottom, as the contract in `pyproject.toml` has them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return [name.strip().strip("()") for layer in layers for name in layer.split("|")]


def imports() -> list[tuple[str, str]]:
    """Which room imports from which."""
    graph, order = grimp.build_graph("engine"), rooms()
    pairs = {
        (_room(module), _room(imported))
        for module in graph.modules
        for imported in graph.find_modules_directly_imported_by(module)
    }
    return sorted((of, to) for of, to in pairs if of in order and to in order and of != to)


def table() -> str:
    """Every room and the rooms in it, with what they are for."""
    lines = ["| room | what it is for |", "|---|---|"]
    for room in rooms():
        lines.append(_line(room, room))
        inner = sorted(path.parent for path in (_ENGINE / room).glob("*/__init__.py"))
        lines += [_line(str(path.relative_to(_ENGINE)), f"&nbsp;&nbsp;{path.name}") for path in inner]
    return "\n".join(lines) + "\n"


def picture() -> str:
    """The rooms, one below the other, and a dot for each that imports from the room of the dot's column."""
    order = {room: n for n, room in enumerate(rooms())}
    right, width = _LEFT + _WIDTH + 8, _LEFT + _WIDTH + 8 + _COLUMN * len(order) + 30
    height = _TOP + _ROW * len(order) + 4
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">',
        "<title>Rooms of engine, and who imports from whom: always from above</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]  # fmt: skip
    for room, n in order.items():
        y, x = _TOP + _ROW * n, right + _COLUMN * n + _COLUMN / 2
        lines.append(
            f'<rect x="{_LEFT}" y="{y}" width="{_WIDTH}" height="{_BOX}" rx="5" fill="#eef4f8" stroke="#2f6f9f"/>'
            f'<text x="{_LEFT + 10}" y="{y + 16}" font-size="13" font-weight="bold" fill="#123">{room}</text>'
            f'<text x="{_LEFT + 10}" y="{y + 31}" font-size="11" fill="#345">{escape(_short(_purpose(room)))}</text>'
            f'<line x1="{right}" x2="{right + _COLUMN * len(order)}" y1="{y + _BOX / 2}" y2="{y + _BOX / 2}" '
            'stroke="#d8e2ea"/>'
            f'<text transform="translate({x + 4:g} {_TOP - 8}) rotate(-55)" font-size="12" fill="#123">{room}</text>'
        )
    for of, to in imports():
        x, y = right + _COLUMN * order[to] + _COLUMN / 2, _TOP + _ROW * order[of] + _BOX / 2
        told = f"<title>{of} imports from {to}</title>"
        lines.append(f'<circle cx="{x:g}" cy="{y:g}" r="6" fill="#2f6f9f">{told}</circle>')
    return "\n".join([*lines, "</svg>"]) + "\n"


def page() -> str:
    """The page with its table as the code has it now."""
    head, _, rest = PAGE.read_text(encoding="utf-8").partition(_BEGIN)
    return head + _BEGIN + table() + _END + rest.partition(_END)[2]


def _room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def _home(room: str) -> Path:
    folder = _ENGINE / room
    return folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")


def _purpose(room: str) -> str:
    words = ast.get_docstring(ast.parse(_home(room).read_text(encoding="utf-8"))) or ""
    return words.splitlines()[0].rstrip(".")


def _short(words: str, most: int = 78) -> str:
    return words if len(words) <= most else words[: most - 1].rsplit(" ", 1)[0] + " …"


def _line(room: str, name: str) -> str:
    return f"| {name} | {_purpose(room)} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    PICTURE.write_text(picture(), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n{PICTURE}\n")
