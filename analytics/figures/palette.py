"""The colours of charts: one fixed meaning each, in a light and a dark shade.

The style sheet (``static/portal/portal.css``) declares the same colours for swatches and bars.
Every colour occurs once in either theme, so a drawn figure can be recoloured from one theme to
the other by exchanging colours (``charts/recolor.js`` does, on a theme change and in print).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Theme = Literal["light", "dark"]

# The light shade, then the dark one.
COLORS: dict[str, tuple[str, str]] = {
    "ink": ("#14202a", "#f1f5f6"),
    "text": ("#26333f", "#d5dee2"),
    "quiet": ("#566472", "#9aaab3"),
    "surface": ("#ffffff", "#161d21"),
    "edge": ("#87929e", "#697882"),
    "grid": ("#edf0f3", "#222c32"),
    "track": ("#e3e8ec", "#263138"),
    "accepted": ("#2b6cd4", "#6ba6ff"),
    "rejected": ("#d1600f", "#ff9a4a"),
    "none": ("#8490a0", "#7d8b96"),
    "completed": ("#0b5f69", "#6fd0d9"),
    "partial": ("#3f9aa4", "#2f8f9a"),
    "not_started": ("#d3dae0", "#3a464e"),
    "muted": ("#5f3689", "#cdaaf0"),
    "unmuted": ("#a682c6", "#8a62b5"),
    "inactivity": ("#7a4f00", "#f0c465"),
    "pause": ("#b8871b", "#a5761a"),
    "series": ("#1f7f8b", "#4fb3be"),
    "brand": ("#0b6570", "#63c7d1"),
    "watch": ("#8a5d00", "#f0c05a"),
    "act": ("#b3261e", "#ff9187"),
    "limit": ("#4f8b94", "#5b99a3"),
    "field": ("#f1f4f6", "#1b2429"),
    # A band around a line, and the dots under a running mean.
    "band": ("rgba(31,127,139,0.16)", "rgba(79,179,190,0.22)"),
    # What people name themselves and the portal does not know beforehand. With the series'
    # colour no pair is nearer than CIEDE2000 13, also in the eyes of the colour-blind.
    "other-1": ("#3a34a8", "#8d8ff5"),
    "other-2": ("#8f8a2e", "#d4dc5a"),
    "other-3": ("#a83264", "#d85a80"),
    "other-4": ("#5e2415", "#f0d2c8"),
}

# The values with a colour of their own, by ``Drawing.color_family``.
COLOR_FAMILIES: dict[str, tuple[str, ...]] = {
    "decision": ("accepted", "rejected", "none"),
    "status": ("completed", "partial", "not_started"),
    "sound": ("muted", "unmuted"),
    "idle": ("inactivity", "pause"),
}
OTHER_COLORS = ("other-1", "other-2", "other-3", "other-4")
HATCHED_VALUES = ("none", "unknown", "not_started")
# A second round of the other colours is told from the first by its hatching.
HATCHES = ("", ".", "x", "|", "-", "\\")


@dataclass(frozen=True)
class SeriesColor:
    """How one value is painted. ``name``: its swatch in the style sheet (``swatch-<name>``)."""

    name: str
    color: str
    pattern: str = ""


@dataclass(frozen=True)
class Palette:
    """The colours of one theme, by name: ``palette["accepted"]``."""

    theme: Theme = "light"

    def __getitem__(self, name: str) -> str:
        light, dark = COLORS[name]
        return dark if self.theme == "dark" else light

    def color_of(self, family: str, value: object) -> SeriesColor:
        """The colour of a value with a fixed meaning; grey and hatched when it is missing."""
        name = str(value)
        if name in COLOR_FAMILIES.get(family, ()):
            return SeriesColor(name, self[name], "/" if name in HATCHED_VALUES else "")
        if name in HATCHED_VALUES or value is None:
            return SeriesColor("none", self["none"], "/")
        return SeriesColor("series", self["series"])

    def colors_of(
        self, family: str, values: list[object], seen: Sequence[str] = ()
    ) -> list[SeriesColor]:
        """A colour for each of several values, those without a fixed one told apart.

        A family's known values keep theirs, and others that of their place among those ``seen``,
        whichever of them are shown; then come those never seen. Of a plain series (no family) the
        series' colour is the first of them. When they run out they come again, hatched.
        """
        names = OTHER_COLORS if family else ("series", *OTHER_COLORS)
        kept = [name for name in seen if self.color_of(family, name).name == "series"]
        series_colors = []
        unknown = len(kept)
        for value in values:
            color = self.color_of(family, value)
            if color.name == "series":
                is_kept = str(value) in kept
                number = kept.index(str(value)) if is_kept else unknown
                round_, nth = divmod(number, len(names))
                name = names[nth]
                color = SeriesColor(name, self[name], HATCHES[round_ % len(HATCHES)])
                unknown += not is_kept
            series_colors.append(color)
        return series_colors


def color_pairs() -> list[tuple[str, str]]:
    """Every colour as (light, dark), for recolouring a figure."""
    return list(COLORS.values())
