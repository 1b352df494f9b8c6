"""What keeps a text a text in spreadsheets: put around it by exports, taken away by imports."""

from __future__ import annotations

import re

# What a spreadsheet takes for the beginning of a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")

_APOSTROPHE = "'"
_FORMULA = re.compile(r'="((?:[^"]|"")*)"')
_GUARDED = (*FORMULA_STARTS, _APOSTROPHE, *"0123456789")


def guard(text: str) -> str:
    """A text that no spreadsheet computes: an apostrophe before a formula, or an apostrophe."""
    return f"'{text}" if text.startswith((*FORMULA_STARTS, _APOSTROPHE)) else text


def unguard(cell: str) -> str:
    """A text as it was before ``guard``, or before Excel's ``="00014"`` and ``'00014``."""
    if cell.startswith('="') and (formula := _FORMULA.fullmatch(cell)):
        return formula[1].replace('""', '"')
    if cell.startswith(_APOSTROPHE) and cell[1:].startswith(_GUARDED):
        return cell[1:]
    return cell
