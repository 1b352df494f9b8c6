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
    package, *parts = module.split(".")
    return f"{package}.{parts[0]}" if package == "analytics" and parts else package


def arrows() -> Arrows:
    """The rooms that each room imports from; type-checking imports do not count."""
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True, cache_dir=None)
    imports_by_room: Arrows = {}
    for module in graph.modules:
        room = room_of(module)
        if room in LEFT_OUT:
            continue
        imported = {room_of(name) for name in graph.find_modules_directly_imported_by(module)}
        imports_by_room.setdefault(room, set()).update(imported - {room})
    return imports_by_room


def reachable(room: str, imports: Arrows) -> set[str]:
    """The rooms that follow from a room's arrows, over any number of steps."""
    return imports[room].union(*(reachable(imported, imports) for imported in imports[room]))


def without_implied(imports: Arrows) -> Arrows:
    """The same rooms with the arrows left out that others imply.

    Raises ``graphlib.CycleError`` when rooms import each other in a circle.
    """
    rooms = list(
        TopologicalSorter({room: sorted(imports[room]) for room in sorted(imports)}).static_order()
    )
    return {
        room: {
            imported
            for imported in imports[room]
            if not any(
                imported in reachable(third, imports) for third in imports[room] - {imported}
            )
        }
        for room in reversed(rooms)
    }


def mermaid(imports: Arrows) -> str:
    """The rooms and arrows as a Mermaid flowchart, from the top."""
    lines = ["```mermaid", "flowchart TD"]
    direct = without_implied(imports)
    for room in direct:
        lines.append(f'    {room.replace(".", "_")}["{room.removeprefix("analytics.")}"]')
    for room, imported_rooms in direct.items():
        lines.extend(
            f"    {room.replace('.', '_')} --> {imported.replace('.', '_')}"
            for imported in sorted(imported_rooms)
        )
    return "\n".join([*lines, "```"])


def redrawn(page: str) -> str:
    """The page with the drawing between its marks made anew."""
    before, _begin, from_drawing = page.partition(BEGIN)
    _drawing, _end, after = from_drawing.partition(END)
    return f"{before}{BEGIN}\n\n{mermaid(arrows())}\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(redrawn(PAGE.read_text()))
