"""The sentence at the head of a person's page."""

import pytest

from analytics.insights.findings import Finding, NamedPerson, Recent
from analytics.insights.people import COMPLETION, HANDLE_TIME, REJECT_RATE
from analytics.insights.standing import Standing
from analytics.presentation.person import looks_before, summary_line


def finding(level, measure):
    person = NamedPerson(
        "ann", measure.column, 1.0, None, None, None, n=100, sessions=4, sentence=""
    )
    return Finding(level=level, sentence="", n=100, counted="videos", evidence="", people=(person,))


def said(findings, *, outside):
    """The head of the page of somebody with three figures, of which some lie outside."""
    by_measure = {
        measure.column: Standing(measure, 1.0, 100, 4, outside=measure in outside)
        for measure in (REJECT_RATE, HANDLE_TIME, COMPLETION)
    }
    line = summary_line("ann", by_measure, findings)
    return line["level"], line["mark"], line["text"]


REST_WITHIN = " All other figures that are judged lie within theirs."


@pytest.mark.parametrize(
    ("findings", "outside", "line"),
    [
        (
            [],
            [],
            (
                "plain",
                "Within limits",
                "Nothing here is beyond what is ordinary for this work and amount of it.",
            ),
        ),
        (
            [finding("watch", REJECT_RATE)],
            [REJECT_RATE],
            (
                "watch",
                "1 to look at together",
                "Reject rate lies outside its limits." + REST_WITHIN,
            ),
        ),
        # What else lies outside is not said to lie within.
        (
            [finding("act", COMPLETION), finding("note", HANDLE_TIME)],
            [COMPLETION, HANDLE_TIME],
            ("act", "1 to act on", "Completion lies outside its limits."),
        ),
        # Slow with more care, or new: outside, and no more than noted.
        (
            [finding("note", HANDLE_TIME)],
            [HANDLE_TIME],
            ("note", "Note", "Handle time lies outside its limits, which is held against nobody."),
        ),
        (
            [finding("note", HANDLE_TIME)],
            [HANDLE_TIME, COMPLETION],
            (
                "note",
                "Note",
                (
                    "Handle time and completion lie outside their limits, which is held against"
                    " nobody."
                ),
            ),
        ),
    ],
)
def test_the_head_of_the_page_says_what_lies_outside(findings, outside, line):
    assert said(findings, outside=outside) == line


@pytest.mark.parametrize(
    ("outside", "of", "words"),
    [
        (3, 6, "The same stood out in 3 of the 6 looks before, each as long."),
        (4, 4, "The same stood out in all 4 looks before, each as long."),
        (0, 2, "The same stood out in none of the 2 looks before, each as long."),
        (
            1,
            1,
            "The same stood out in the one look before that has enough data, as long as this.",
        ),
        (
            0,
            1,
            (
                "The same did not stand out in the one look before that has enough data, as long as"
                " this."
            ),
        ),
    ],
)
def test_the_looks_before_are_counted_in_words(outside, of, words):
    assert looks_before(Recent(outside, of)) == words
