"""Breaking text into lines of a terminal: Chinese anywhere, other words at blanks, no line beginning with a closing mark."""

import re

from rich.cells import cell_len

PIECE = re.compile(r"\s+|[⺀-鿿豈-﫿぀-ヿ＀-｠￠-￯、-〟“”‘’…—]|[^\s⺀-鿿豈-﫿぀-ヿ＀-｠￠-￯、-〟“”‘’…—]+")
NEVER_FIRST = frozenset("，。；：、！？）》】」』”’…%％")


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most `width` columns, a Chinese character being two; a word longer than a line is cut."""
    lines: list[list[str]] = [[]]
    for piece in _pieces(text, width):
        line = lines[-1]
        if piece.isspace():
            line += [" "] if line else []
        elif line and cell_len("".join(line)) + cell_len(piece) > width:
            # a closing mark takes the word before it along
            last = [line.pop()] if piece in NEVER_FIRST and len(line) > 1 else []
            lines.append([*last, piece])
        else:
            line.append(piece)
    return ["".join(line).rstrip() for line in lines]


def _pieces(text: str, width: int) -> list[str]:
    found: list[str] = []
    for piece in PIECE.findall(text):
        while cell_len(piece) > width:
            found.append(piece[:width])
            piece = piece[width:]
        found.append(piece)
    return found
