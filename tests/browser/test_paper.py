"""Pages as they are printed: everything is on the paper, and says of what it is."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pypdfium2
import pytest

from tests.browser.charts import wait_for_charts
from tests.brute import PlainSession
from tests.factory import write_session
from tests.reviewed import view

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIRST = datetime(2026, 3, 2, 9, tzinfo=UTC)
DATES = "start=2026-03-02&end=2026-03-29"
NAMES = [f"person{number:02}" for number in range(14)]


@pytest.fixture
def team():
    """14 people with one session a week: more rows than a folded table shows."""
    for nth, name in enumerate(NAMES):
        for week in range(4):
            views = [view(f"v{i}", "q" if i < 2 + nth % 3 else "a") for i in range(10)]
            at = FIRST + timedelta(weeks=week)
            write_session(PlainSession(f"{name}-{week}", name, at, 100_000_000, views, [], []))


def printed(page) -> list[str]:
    """The text of each sheet."""
    with closing(pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))) as document:
        # A4, landscape, in points.
        assert {tuple(map(round, sheet.get_size())) for sheet in document} == {(842, 595)}
        return [sheet.get_textpage().get_text_bounded() for sheet in document]


def says_of_what_it_is(sheets: list[str], title: str, address: str) -> bool:
    """Whether each sheet names its page, who printed it and its number; the last the address."""
    named = all(
        f"Moderation Portal · {title} · " in sheet
        and "printed by lea" in sheet
        and f"page {number} of {len(sheets)}" in sheet
        for number, sheet in enumerate(sheets, 1)
    )
    return named and address in sheets[-1]


def test_a_page_of_charts_has_all_rows_and_no_buttons(open_page, lea, team):
    page = wait_for_charts(open_page(f"/review/?{DATES}", lea))
    sheets = printed(page)
    assert says_of_what_it_is(sheets, "Review activity", page.url)
    text = "\n".join(sheets)
    assert [name for name in NAMES if name not in text] == []
    assert "as of " in sheets[0]
    assert not [words for words in ("Copy link", "XLSX", "Show all", "Apply") if words in text]
    assert len(sheets) <= 6


def test_an_address_is_that_of_the_filters_on_screen(open_page, lea, team):
    page = wait_for_charts(open_page(f"/?{DATES}", lea))
    page.locator("a[data-range]", has_text="All").click()
    page.locator("a[data-range][aria-current]", has_text="All").wait_for()
    assert DATES not in page.url
    assert says_of_what_it_is(printed(page), "Overview", page.url.split("?")[1])


def test_details_are_open_on_paper(open_page, lea, team):
    sheets = printed(open_page(f"/moderators/person03/?{DATES}", lea))
    assert says_of_what_it_is(sheets, "person03", "/moderators/person03/")
    assert "Each person is compared with what the others do" in "".join(sheets).replace("\r\n", " ")


# A page of the list of sessions has 50; a short list of records comes whole.
@pytest.mark.parametrize(
    ("path", "rows"), [("/sessions/?start=2026-03-02", 50), ("/rows/review-by-day/?start=", 56)]
)
def test_a_table_repeats_its_head_and_has_every_row(open_page, lea, team, path, rows):
    sheets = printed(open_page(path, lea))
    assert len(sheets) == 3
    assert all("Moderator" in sheet for sheet in sheets)
    text = "\n".join(sheets)
    assert sum(text.count(f"{name}-") for name in NAMES) == rows
