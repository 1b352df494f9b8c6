"""The pages of annotations: who reads, who writes, and what is said beside a field."""

import json

import pytest
from django.test import Client

from analytics.models import Annotation, Moderator
from audit.models import Entry
from tests.reviewed import write_march

GOOD = {"start": "2026-03-10", "end": "", "text": " Policy 4.2 ", "queue": ""}


@pytest.fixture
def lead(lea) -> Client:
    client = Client()
    client.force_login(lea)
    return client


@pytest.fixture
def row(db) -> Annotation:
    return Annotation.objects.create(
        start="2026-03-10", end="2026-03-12", text="<b>Wave</b>", queue="Spam"
    )


def values(row: Annotation) -> tuple[str, ...]:
    row.refresh_from_db()
    return (str(row.start), str(row.end), row.text, row.queue)


def test_a_lead_adds_one(lead, lea):
    answer = lead.post("/annotations/", GOOD, follow=True)

    row = Annotation.objects.get()
    assert values(row) == ("2026-03-10", "2026-03-10", "Policy 4.2", "")
    assert row.created_by == lea
    assert "The annotation is on the charts." in answer.text
    assert '<th scope="row" class="annotation-text"><bdi>Policy 4.2</bdi></th>' in answer.text
    again = lead.post("/annotations/", GOOD)
    assert (again.status_code, "This stands there already." in again.text) == (400, True)
    assert Annotation.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"text": ""}, "This field is required."),
        ({"text": "x" * 201}, "Ensure this value has at most 200 characters (it has 201)."),
        ({"text": "a\u2028b"}, "Contains a line break or a control character; it is one line of"),
        ({"text": "a\u202eb"}, "Contains a control of writing direction."),
        ({"text": "since alice left"}, "Names the moderator alice. Everybody reads annotations"),
        ({"start": "soon"}, "Enter a valid date."),
        ({"end": "2026-03-09"}, "2026-03-09 is before the first day, 2026-03-10."),
        ({"start": "0001-01-01"}, "Expected a date from 0002-01-01 to 9998-12-31, got"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(lead, fields, message):
    Moderator.objects.create(username="alice")

    answer = lead.post("/annotations/", GOOD | fields)

    assert answer.status_code == 400
    name = next(iter(fields))
    errors = answer.text.split(f'id="id_{name}_error"')[1].split("</ul>")[0]
    assert message in errors
    assert not Annotation.objects.exists()


def test_one_is_corrected_and_the_audit_has_both(lead, row):
    page = lead.get(f"/annotations/{row.pk}/")
    assert 'value="&lt;b&gt;Wave&lt;/b&gt;"' in page.text

    lead.post(
        f"/annotations/{row.pk}/",
        {"start": "2026-03-10", "end": "2026-03-14", "text": "Spam wave", "queue": "Spam"},
    )

    assert values(row) == ("2026-03-10", "2026-03-14", "Spam wave", "Spam")
    assert row.created_by is None
    entry = Entry.objects.get(object_kind="analytics.annotation", action="change")
    assert entry.details == {
        "end": ["2026-03-12", "2026-03-14"],
        "text": ["<b>Wave</b>", "Spam wave"],
    }


def test_one_is_deleted_after_a_question(lead, row):
    page = lead.get(f"/annotations/{row.pk}/delete/")
    assert "<bdi>&lt;b&gt;Wave&lt;/b&gt;</bdi>, 10" in page.text

    answer = lead.post(f"/annotations/{row.pk}/delete/", follow=True)

    assert "The annotation was deleted." in answer.text
    assert not Annotation.objects.exists()


def test_the_address_fills_the_form(lead):
    page = lead.get('/annotations/?start=2026-03-10&queue="><script>')
    assert 'value="2026-03-10"' in page.text
    assert 'value="&quot;&gt;&lt;script&gt;"' in page.text


def test_moderators_read_and_see_no_author(client, alice, lea, row):
    row.created_by = lea
    row.save()
    client.force_login(alice)

    page = client.get("/annotations/")

    assert "<bdi>&lt;b&gt;Wave&lt;/b&gt;</bdi>" in page.text
    assert '<form method="post" action="/annotations/"' not in page.text
    assert "Added by" not in page.text
    assert client.post("/annotations/", GOOD).status_code == 403
    assert client.get(f"/annotations/{row.pk}/").status_code == 403


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("queue=Spam", "Queue: unknown parameter; this takes page"),
        ("page=1&page=2", "Page: given more than once"),
        ("page=%00", "Page: holds a NUL character"),
    ],
)
def test_what_is_no_filter_of_the_list_is_refused(client, alice, query, reason):
    client.force_login(alice)

    answer = client.get(f"/annotations/?{query}")

    assert answer.status_code == 400
    assert reason in answer.content.decode()


def test_pages_of_many(lead):
    Annotation.objects.bulk_create(
        Annotation(start="2026-03-10", end="2026-03-10", text=f"note {n}") for n in range(51)
    )
    assert "note 50" in lead.get("/annotations/").text
    assert "note 0<" in lead.get("/annotations/?page=2").text
    assert lead.get("/annotations/?page=3").status_code == 404


MARCH = "start=2026-03-01&end=2026-03-31"


def figures_of(page):
    text = page.text.split('<script id="charts-figures" type="application/json">')[1]
    return json.loads(text.split("</script>")[0])


def marked(figure):
    return [each["text"] for each in figure["layout"].get("annotations", ()) if each["y"] == 0]


def test_every_chart_over_days_shows_it(lead, lea, row):
    write_march()
    row.created_by = lea
    row.save()
    Annotation.objects.create(start="2026-04-01", end="2026-04-01", text="later")

    page = lead.get(f"/review/?{MARCH}")

    over_days = {slug for slug, figure in figures_of(page).items() if marked(figure) == ["1"]}
    assert over_days == {
        *("review-by-day", "unique-videos-per-session", "playback-speed-per-session"),
    }
    queues = page.text.split('id="card-queue-by-day"')[1].split("</section>")[0]
    assert queues.count('class="multiple-note"') == 1  # It is about Spam alone, of two queues.
    card = page.text.split('id="card-review-by-day"')[1].split("</section>")[0]
    assert "<bdi>&lt;b&gt;Wave&lt;/b&gt;</bdi>" in card
    assert "· <bdi>Spam</bdi>" in card
    assert "· <bdi>lea</bdi>" in card
    assert "later" not in card
    assert 'href="/annotations/?start=2026-03-31&amp;next=%2Freview%2F%3F' in card
    assert "%23card-review-by-day" in card
    assert "/annotations/" not in page.text.split('id="card-decisions"')[1].split("</section>")[0]
    figure = lead.get(f"/api/v1/metrics/review-by-day/figure/?{MARCH}&theme=dark").json()
    assert marked(figure) == ["1"]
    assert figure["layout"]["shapes"][-1]["fillcolor"] == "#63c7d1"


def test_moderators_see_it_on_their_charts_without_its_author(client, alice, lea, row):
    write_march()
    row.created_by = lea
    row.save()
    client.force_login(alice)

    page = client.get(f"/review/?{MARCH}")

    card = page.text.split('id="card-review-by-day"')[1].split("</section>")[0]
    assert "<bdi>&lt;b&gt;Wave&lt;/b&gt;</bdi>" in card
    assert "<bdi>lea</bdi>" not in card
    assert "?start=" not in card.split('class="card-annotations"')[1].split("</div>")[0]


def test_a_chart_shows_the_newest_of_many(lead):
    write_march()
    Annotation.objects.bulk_create(
        Annotation(start="2026-03-10", end="2026-03-10", text=f"note {n}") for n in range(21)
    )
    page = lead.get(f"/review/?{MARCH}")
    card = page.text.split('id="card-review-by-day"')[1].split("</section>")[0]
    assert card.count("<bdi>note ") == 20
    assert "These are the newest." in card
    assert len(marked(figures_of(page)["review-by-day"])) == 20


NOTE = {"start": "2026-03-11", "text": "A new policy"}


def test_adding_one_leads_back_to_the_chart(lead):
    back = "/review/?start=2026-03-01&grain=week#card-review-by-day"
    page = lead.get("/annotations/", {"start": "2026-03-11", "next": back})
    assert 'value="2026-03-11"' in page.text
    assert f'name="next" value="{back.replace("&", "&amp;")}"' in page.text
    added = lead.post("/annotations/", {**NOTE, "next": back})
    assert (added.status_code, added["Location"]) == (302, back)
    assert Annotation.objects.get().text == "A new policy"


@pytest.mark.parametrize(
    "address",
    [
        "https://other.example/",
        "//other.example/",
        "javascript:alert(1)",
        "review/",
        "/\\other.example",
    ],
)
def test_no_annotation_leads_to_another_host(lead, address):
    assert 'name="next"' not in lead.get("/annotations/", {"next": address}).text
    added = lead.post("/annotations/", {**NOTE, "next": address})
    assert added["Location"] == "/annotations/"


def test_the_form_suggests_queues(lead):
    assert 'data-suggest="/suggest/queues/"' in lead.get("/annotations/").text
