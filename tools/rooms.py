"""The picture of the rooms in docs/architecture.md, drawn from the imports of the code.

    python -m tools.rooms

A room is a package or module directly under ``analytics``; ``accounts`` and ``moderation_portal``
are one room each, the embedded server is another. An arrow goes from the room that imports to the
one that is imported. Arrows that follow from others are left out: where web imports presentation
and presentation imports metrics, web may import metrics too.
"""

from graphlib import TopologicalSorter
from pathlib import Path

import grimp

PAGE = Path(__file__).parents[1] / "docs" / "architecture.md"
BEGIN = "<!-- Drawn by `make docs` from the imports; don't edit. -->"
END = "<!-- End of the drawing. -->"
PACKAGES = ("accounts", "analytics", "audit", "moderation_portal")
# Nothing imports these, and the commands import from everywhere.
LEFT_OUT = (
    "analytics",
    "analytics.apps",
    "analytics.checks",
    "analytics.management",
    "analytics.migrations",
)

Arrows = dict[str, set[str]]


def room_of(module: str) -> str:
    """``analytics.metrics`` for ``analytics.metrics.review``."""
    if module.startswith("moderation_portal.postgres"):
        return "moderation_portal.postgres"
    package, *rest = module.split(".")
    return f"{package}.{rest[0]}" if package == "analytics" and rest else package


def arrows() -> Arrows:
    """The rooms that each room imports from; type-checking imports do not count."""
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True, cache_dir=None)
    found: Arrows = {}
    for module in graph.modules:
        room = room_of(module)
        if room in LEFT_OUT:
            continue
        imported = {room_of(name) for name in graph.find_modules_directly_imported_by(module)}
        found.setdefault(room, set()).update(imported - {room})
    return found


def reachable(room: str, imports: Arrows) -> set[str]:
    """The rooms that follow from a room's arrows, over any number of steps."""
    return imports[room].union(*(reachable(other, imports) for other in imports[room]))


def without_implied(imports: Arrows) -> Arrows:
    """The same rooms with the arrows left out that others imply.

    Raises ``graphlib.CycleError`` when rooms import each other in a circle.
    """
    rooms = list(
        TopologicalSorter({room: sorted(imports[room]) for room in sorted(imports)}).static_order()
    )
    return {
        room: {
            other
            for other in imports[room]
            if not any(other in reachable(third, imports) for third in imports[room] - {other})
        }
        for room in reversed(rooms)
    }


def mermaid(imports: Arrows) -> str:
    """The rooms and arrows as a Mermaid flowchart, from the top."""
    lines = ["```mermaid", "flowchart TD"]
    drawn = without_implied(imports)
    for room in drawn:
        lines.append(f'    {room.replace(".", "_")}["{room.removeprefix("analytics.")}"]')
    for room, others in drawn.items():
        lines.extend(
            f"    {room.replace('.', '_')} --> {other.replace('.', '_')}"
            for other in sorted(others)
        )
    return "\n".join([*lines, "```"])


def redrawn(page: str) -> str:
    """The page with the drawing between its marks made anew."""
    before, _begin, rest = page.partition(BEGIN)
    _drawing, _end, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{mermaid(arrows())}\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(redrawn(PAGE.read_text()))
