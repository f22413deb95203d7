"""Where a long title breaks (7.3.1): into lines of whole words, the upper not shorter than the lower."""

A_LINE = 20
"""Characters of 22 pt that 156 mm hold."""
AFTER = frozenset("的、和及与对在：")
BEFORE = frozenset("的、和及与")
"""A line may end after the first and should not begin with the second."""


def broken(title: str) -> str:
    """The title with line ends where it is too long for one line; what somebody broke themselves stays."""
    if "\n" in title or len(title) <= A_LINE:
        return title
    count = -(-len(title) // (A_LINE - 1))
    lines, rest = [], title
    while count > 1 and len(rest) > 1:
        wanted = min(A_LINE, len(rest) / count + 1)
        places = range(max(1, len(rest) - A_LINE * (count - 1)), min(A_LINE, len(rest) - 1) + 1)
        at = min(places, key=lambda place: abs(place - wanted) - 6 * (rest[place - 1] in AFTER) + 4 * (rest[place] in BEFORE))
        lines.append(rest[:at])
        rest, count = rest[at:], count - 1
    return "\n".join([*lines, rest])
