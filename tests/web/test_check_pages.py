"""A check, its dispute with both sides, and the lists of them, by every role."""

import re
from itertools import chain

import pytest
from django.core import mail

from accounts.models import Role
from analytics.models import Dispute, QualityCheck
from analytics.quality import dispute_mail
from analytics.quality.checking import Opinion, check_sampled, check_view
from analytics.quality.disputes import decide_dispute, open_dispute
from analytics.quality.drawing import SampleDesign, draw_sample
from analytics.scope import Scope
from analytics.summaries.writing import refresh
from tests.conftest import make_user
from tests.quality.world import write_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(db):
    return make_user("ann", Role.MODERATOR, moderates=True)


@pytest.fixture
def ben(db):
    return make_user("ben", Role.MODERATOR, moderates=True)


@pytest.fixture
def mia(db):
    return make_user("mia", Role.LEAD)


@pytest.fixture
def checks(lea, ann, ben):
    """Of all 8 views: those of session s1 are said to be rejected, the others accepted."""
    write_world()
    refresh()
    sample = draw_sample(SampleDesign("random", Scope(lea), size=8), by=lea, name="All", seed=7)
    return {
        (view.session_id, view.position): check_sampled(
            view,
            Opinion("rejected" if view.session_id == "s1" else "accepted", "slur", "page 3"),
            by=lea,
        )
        for view in sample.views.all()
    }


@pytest.fixture
def wrong(checks):
    """Ann accepted v1 of s1."""
    return checks["s1", 0]


def address(check):
    return f"/quality/checks/{check.pk}/"


def test_a_moderator_sees_the_own_check_and_no_checker(client, ann, wrong):
    client.force_login(ann)
    response = client.get(address(wrong))
    assert response.status_code == 200
    html = response.content.decode()
    assert "Should be rejected" in html
    assert "page 3" in html
    assert "a checker" in html
    assert response.context["checker"] == ""
    assert "<bdi>lea</bdi>" not in html
    assert response.context["dispute_form"] is not None
    assert response.context["decision_form"] is None


def test_nobody_else_sees_it(client, ben, wrong):
    client.force_login(ben)
    assert client.get(address(wrong)).status_code == 404
    assert client.post(address(wrong), {"reason": "no"}).status_code == 404


def test_a_lead_sees_who_checked_and_has_nothing_to_decide(client, mia, wrong):
    client.force_login(mia)
    response = client.get(address(wrong))
    assert (response.context["checker"], response.context["decision_form"]) == ("lea", None)
    # Posting a decision decides nothing, nor does anybody dispute for somebody else.
    response = client.post(address(wrong), {"reason": "no", "outcome": "upheld", "reply": "x"})
    assert response.status_code == 404
    assert not Dispute.objects.exists()


def test_a_check_is_disputed_once(client, ann, wrong):
    client.force_login(ann)
    response = client.post(address(wrong), {"reason": "It is a quote."}, follow=True)
    assert "Your dispute is with the leads." in response.content.decode()
    assert response.context["dispute_form"] is None
    assert dict(response.context["means"]) == {
        "Now": "3 of 5 right, 60.0\xa0%".replace("3 of 5", "3 of 4").replace("60.0", "75.0"),
        "If reversed": "4 of 5 right, 80.0\xa0%",
        "If upheld": "3 of 5 right, 60.0\xa0%",
    }
    response = client.post(address(wrong), {"reason": "Again."}, follow=True)
    assert "a check is disputed once" in response.content.decode()
    assert Dispute.objects.get().reason == "It is a quote."


@pytest.mark.parametrize("reason", ["", "   ", "r" * 2001])
def test_a_dispute_says_why(client, ann, wrong, reason):
    client.force_login(ann)
    response = client.post(address(wrong), {"reason": reason})
    assert response.status_code == 400
    assert not Dispute.objects.exists()


def test_somebody_else_than_the_checker_decides(client, lea, mia, ann, wrong):
    open_dispute(wrong, "It is a quote.", by=ann)
    client.force_login(lea)
    response = client.get(address(wrong))
    assert response.context["decision_form"] is None
    assert response.context["refusal"] == "you made this check; somebody else decides"
    assert client.post(address(wrong), {"outcome": "upheld", "reply": "x"}).status_code == 403
    client.force_login(mia)
    response = client.get(address(wrong))
    assert response.context["decision_form"] is not None
    response = client.post(address(wrong), {"outcome": "reversed", "reply": "You are right."})
    assert response.status_code == 302
    dispute = Dispute.objects.get()
    assert (dispute.outcome, dispute.reply, dispute.decided_by) == (
        "reversed",
        "You are right.",
        mia,
    )
    # Both sides stay, and whom it is about sees no name.
    client.force_login(ann)
    main = client.get(address(wrong)).content.decode().split("<main")[1]
    assert "<bdi>lea</bdi>" not in main
    assert "It is a quote." in main
    assert "You are right." in main
    assert not re.search(r"\bmia\b", main)
    assert "right, dispute: check reversed" in client.get("/my-checks/").content.decode()


def test_a_decision_is_for_good(client, mia, ann, wrong):
    dispute = open_dispute(wrong, "It is a quote.", by=ann)
    decide_dispute(dispute, "upheld", "No.", by=mia)
    client.force_login(mia)
    response = client.post(address(wrong), {"outcome": "reversed", "reply": "x"}, follow=True)
    assert "Has been decided." in response.content.decode()
    dispute.refresh_from_db()
    assert dispute.outcome == "upheld"


def test_a_dispute_is_withdrawn_by_its_person_and_stays_on_record(client, ann, ben, mia, wrong):
    open_dispute(wrong, "It is a quote.", by=ann)
    for other in (ben, mia):
        client.force_login(other)
        assert client.post(address(wrong), {"withdraw": "1"}).status_code == 404
    client.force_login(mia)
    assert client.get(address(wrong)).context["may_withdraw"] is False
    client.force_login(ann)
    response = client.get(address(wrong))
    assert response.context["may_withdraw"] is True
    assert "the check cannot be disputed again" in response.content.decode()
    response = client.post(address(wrong), {"withdraw": "1"}, follow=True)
    html = response.content.decode()
    assert "Your dispute is withdrawn. The check counts as it says." in html
    assert "It is a quote." in html
    assert response.context["words"].came_to == "wrong, dispute withdrawn"
    assert (response.context["dispute_form"], response.context["may_withdraw"]) == (None, False)
    dispute = Dispute.objects.get()
    assert (dispute.outcome, dispute.decided_by) == ("withdrawn", None)
    # It counts as it says again: 3 of 5 are right.
    assert client.get("/my-checks/").context["figures"] == "3 of 5 right, accuracy 60.0\xa0%"
    client.force_login(mia)
    response = client.get(address(wrong))
    assert (response.context["decision_form"], response.context["go"]) == (None, [])
    posted = client.post(address(wrong), {"outcome": "upheld", "reply": "x"}, follow=True)
    assert "Has been withdrawn." in posted.content.decode()
    assert "It is a quote." in client.get("/quality/disputes/").context["decided"]["body"]


def test_who_checked_corrects_a_mistake_until_it_is_disputed(client, lea, mia, ann, wrong):
    client.force_login(lea)
    response = client.get(address(wrong))
    form = response.context["correction_form"]
    assert form.initial == {"verdict": "rejected", "reason": "slur", "note": "page 3"}
    said = {"correct": "1", "verdict": "accepted", "reason": "", "note": "I misread it."}
    response = client.post(address(wrong), said, follow=True)
    assert "The audit keeps what it said before." in response.content.decode()
    wrong.refresh_from_db()
    assert (wrong.verdict, wrong.reason, wrong.note) == ("accepted", "", "I misread it.")
    assert client.post(address(wrong), {"correct": "1"}).status_code == 400
    # Nobody else corrects it.
    for other in (mia, ann):
        client.force_login(other)
        assert client.get(address(wrong)).context["correction_form"] is None
        assert client.post(address(wrong), said).status_code == 403
    open_dispute(wrong, "It is a quote.", by=ann)
    client.force_login(lea)
    assert client.get(address(wrong)).context["correction_form"] is None
    response = client.post(address(wrong), said | {"verdict": "rejected"}, follow=True)
    assert "Your check has been disputed and stays as it is." in response.content.decode()
    wrong.refresh_from_db()
    assert wrong.verdict == "accepted"


def test_previous_and_next_follow_the_list(client, lea, mia, ann, ben, checks):
    newest_first = list(
        QualityCheck.objects.filter(session__moderator=ann.moderator).order_by("-checked_at", "-pk")
    )
    client.force_login(ann)
    first, second, *_, last = newest_first
    response = client.get(address(second))
    assert (response.context["previous_url"], response.context["following_url"]) == (
        address(first),
        address(newest_first[2]),
    )
    assert client.get(address(first)).context["previous_url"] == ""
    assert client.get(address(last)).context["following_url"] == ""
    # Of the wrong ones only.
    wrong = [check for check in newest_first if check.verdict != check.decision]
    response = client.get(f"{address(wrong[0])}?found=wrong")
    assert response.context["following_url"] == f"{address(wrong[1])}?found=wrong"
    assert client.get(f"{address(first)}?found=odd").status_code == 400
    disputes = [open_dispute(checks["s1", 0], "One.", by=ann)]
    disputes.append(open_dispute(checks["s3", 0], "Two.", by=ben))
    client.force_login(mia)
    links = [f"{address(each.quality_check)}?list=open" for each in disputes]
    response = client.get(links[0])
    assert (response.context["previous_url"], response.context["following_url"]) == ("", links[1])
    # One that was decided still leads on to the next open one.
    client.post(links[0], {"outcome": "upheld", "reply": "No."})
    assert client.get(links[0]).context["following_url"] == links[1]
    views = list(QualityCheck.objects.order_by("sampled__number"))
    client.force_login(lea)
    response = client.get(f"{address(views[1])}?list=sample")
    assert (response.context["previous_url"], response.context["following_url"]) == (
        f"{address(views[0])}?list=sample",
        f"{address(views[2])}?list=sample",
    )


def test_own_checks_come_in_pages_and_are_narrowed(client, ann, mia, checks, monkeypatch):
    monkeypatch.setattr("analytics.web.check_pages.PAGE_SIZE", 2)
    client.force_login(ann)
    pages = []
    address_ = "/my-checks/"
    while address_:
        response = client.get(address_)
        pages.append([f"v{n}" for n in (1, 2, 4, 5, 6) if f">v{n}<" in response.context["body"]])
        following = response.context["pages"]["next_url"]
        last = address_
        address_ = f"/my-checks/{following}" if following else ""
    assert [len(page) for page in pages] == [2, 2, 1]
    assert sorted(chain.from_iterable(pages)) == ["v1", "v2", "v4", "v5", "v6"]
    back = client.get(f"/my-checks/{client.get(last).context['pages']['previous_url']}")
    assert [f"v{n}" for n in (1, 2, 4, 5, 6) if f">v{n}<" in back.context["body"]] == pages[1]
    dispute = open_dispute(checks["s1", 0], "One.", by=ann)

    def listed(query):
        return client.get(f"/my-checks/{query}").context["pages"]["listed"]

    assert listed("?show=disputed") == "1\xa0check"
    assert listed("?show=undisputed") == "4\xa0checks"
    assert listed("?show=decided") == "0\xa0checks"
    assert listed("?found=wrong") == "1\xa0check"
    assert listed("?found=uncounted") == "1\xa0check"
    decide_dispute(dispute, "reversed", "Yes.", by=mia)
    assert listed("?show=decided&found=right") == "1\xa0check"
    assert (
        "?show=decided&amp;found=right"
        in client.get("/my-checks/?show=decided&found=right").content.decode()
    )
    for bad in ("?show=odd", "?found=odd", "?cursor=odd", "?odd=1"):
        assert client.get(f"/my-checks/{bad}").status_code == 400


def test_the_lists_of_disputes(client, mia, ann, ben, checks):
    first = open_dispute(checks["s1", 0], "First reason.", by=ann)
    open_dispute(checks["s3", 0], "Second reason.", by=ben)
    client.force_login(mia)
    response = client.get("/quality/disputes/")
    body = response.context["open"]["body"]
    assert body.index("First reason.") < body.index("Second reason.")
    assert response.context["decided"]["body"] == ""
    decide_dispute(first, "reversed", "Yes.", by=mia)
    response = client.get("/quality/disputes/")
    assert "First reason." in response.context["decided"]["body"]
    # Wilson for 1 of 1.
    assert dict(response.context["go"])["Reversed"] == "1 of 1 (100\xa0%, 21–100)"


def listed_videos(body: str) -> list[str]:
    """The videos of the rows, by the links to their checks."""
    return re.findall(r'href="/quality/checks/[^>]*>(?:<[^>]*>)*([^<]+)<', body)


def test_both_lists_of_disputes_are_read_to_their_last(client, mia, ann, ben, checks, monkeypatch):
    monkeypatch.setattr("analytics.web.check_pages.PAGE_SIZE", 2)
    monkeypatch.setattr("analytics.web.check_pages.MAX_BESIDE", 1)
    of_ann = [check for check in checks.values() if check.session_id in {"s1", "s2"}]
    of_ben = [check for check in checks.values() if check.session_id in {"s3", "s4"}]
    waiting = [open_dispute(check, "It is a quote.", by=ann) for check in of_ann]
    for check in of_ben:
        decide_dispute(open_dispute(check, "It is fine.", by=ben), "upheld", "No.", by=mia)
    client.force_login(mia)
    response = client.get("/quality/disputes/")
    assert response.context["subtitle"] == f"{len(waiting)}\xa0open disputes, oldest first"
    for name, expected in (("open", of_ann), ("decided", of_ben[::-1])):
        other = {"open": "decided", "decided": "open"}[name]
        first = response.context[other]["body"]
        page, found = response, []
        while True:
            found += listed_videos(page.context[name]["body"])
            assert page.context[other]["body"] == first
            following = page.context[name]["pages"]["next_url"]
            if not following:
                break
            page = client.get(f"/quality/disputes/{following}")
        assert found == [check.video or "unknown video" for check in expected]
        assert page.context[name]["pages"]["listed"] == f"{len(expected)}\xa0checks"
        back = client.get(f"/quality/disputes/{page.context[name]['pages']['previous_url']}")
        assert listed_videos(back.context[name]["body"]) == found[-3:-1]
    # Beside a check stand some of them, and how many there are.
    beside = client.get(address(of_ann[0]))
    assert (len(beside.context["open_disputes"]), beside.context["n_open"]) == (1, len(waiting))
    assert f"{len(waiting)} open, oldest first" in beside.content.decode()


def test_a_sample_is_read_to_its_last_check(client, mia, checks, monkeypatch):
    monkeypatch.setattr("analytics.web.samples.CHECKS_AT_ONCE", 3)
    client.force_login(mia)
    (sample,) = {check.sampled.sample for check in checks.values()}
    path, found, query, n_pages = f"/quality/samples/{sample.pk}/", [], "", 0
    while query or not n_pages:
        response = client.get(f"{path}{query}")
        found += listed_videos(response.context["body"])
        query, n_pages = response.context["pages"]["next_url"], n_pages + 1
    assert response.context["pages"]["listed"] == f"{len(checks)}\xa0checks"
    drawn = sorted(checks.values(), key=lambda check: check.sampled.number)
    assert found == [check.video or "unknown video" for check in drawn]
    assert n_pages == (len(checks) + 2) // 3


@pytest.mark.parametrize("query", ["?list=mine", "?list=open&cursor=x", "?cursor=1&cursor=2"])
def test_a_bad_address_of_a_list_is_told(client, mia, checks, query):
    client.force_login(mia)
    assert client.get(f"/quality/disputes/{query}").status_code == 400


def test_own_checks_are_the_own_only(client, ann, checks):
    client.force_login(ann)
    response = client.get("/my-checks/")
    body = response.context["body"]
    assert [video in body for video in ("v1", "v2", "v4", "v5", "v6", "v7")] == [True] * 5 + [False]
    # s1: v1 wrong, v2 and v4 right; s2: v5 right, v6 wrong.
    assert response.context["figures"] == "3 of 5 right, accuracy 60.0\xa0%"


def test_a_stale_check_is_shown_and_not_counted(client, ann, wrong):
    wrong.session.views.filter(position=0).update(keys=["q"])
    client.force_login(ann)
    response = client.get("/my-checks/")
    assert response.context["figures"] == "3 of 4 right, accuracy 75.0\xa0%"
    assert "not counted: the view says something else by now" in response.context["body"]
    assert "in no figure" in client.get(address(wrong)).content.decode()


def test_an_own_view_counts_once_however_many_check_it(client, ann, lea, mia):
    """The page says what the metric says: of two checks of a view the last counts."""
    write_world()
    refresh()
    design = SampleDesign("random", Scope(lea), size=8)
    sample = draw_sample(design, by=lea, seed=7, second_checks=8)
    for view in sample.views.all():
        check_sampled(view, Opinion("rejected"), by=lea)
        last = check_sampled(view, Opinion("accepted"), by=mia)
        if (view.session_id, view.position) == ("s1", 1):
            disputed = last
    client.force_login(ann)
    # Of v1, v2, v4, v5 and v6 she accepted v1 and v5.
    assert client.get("/my-checks/").context["figures"] == "2 of 5 right, accuracy 40.0\xa0%"
    open_dispute(disputed, "It is spam.", by=ann)
    # Lea's check of v2, which says so too, counts until this one is decided.
    assert dict(client.get(address(disputed)).context["means"]) == {
        "Now": "3 of 5 right, 60.0\xa0%",
        "If reversed": "3 of 5 right, 60.0\xa0%",
        "If upheld": "2 of 5 right, 40.0\xa0%",
    }
    disputed.session.views.filter(position=1).update(keys=["a"])
    [(_label, words)] = client.get(address(disputed)).context["means"]
    assert words == "The view says something else by now: this check counts nowhere"


def test_a_check_outlives_the_session_that_it_judged(client, lea, ann, wrong):
    """It is stale, and stands in every list that it stood in."""
    open_dispute(wrong, "It was fine.", by=ann)
    wrong.session.delete()
    client.force_login(lea)
    page = client.get(address(wrong))
    assert (page.status_code, page.context["moderator"], page.context["seen"]) == (200, None, "—")
    assert "in no figure" in page.content.decode()
    link = f'href="{address(wrong)}?list='
    assert link in client.get(f"/quality/samples/{wrong.sampled.sample_id}/").content.decode()
    assert link in client.get("/quality/disputes/").content.decode()


def test_a_check_of_no_sample_is_counted_apart(client, ann, lea, checks):
    QualityCheck.objects.all().delete()
    check = check_view("s1", 0, Opinion("rejected"), by=lea)
    open_dispute(check, "No.", by=ann)
    client.force_login(ann)
    assert client.get("/my-checks/").status_code == 200
    assert client.get(address(check)).status_code == 200


class TestMail:
    """Who asked for it is told, whatever the mail server does."""

    @pytest.fixture
    def decided(self, settings, ann, mia, wrong):
        settings.PORTAL_URL = "https://portal.example"
        ann.email, ann.wants_dispute_mail = "ann@example.org", True
        ann.save()
        dispute = open_dispute(wrong, "It is a quote.", by=ann)
        return decide_dispute(dispute, "upheld", "No.", by=mia)

    def test_is_sent_once(self, decided):
        assert dispute_mail.send_due() == 1
        assert dispute_mail.send_due() == 0
        [sent] = mail.outbox
        assert (sent.to, sent.subject) == (["ann@example.org"], dispute_mail.SUBJECT)
        link = f"https://portal.example/quality/checks/{decided.quality_check_id}/"
        assert link in sent.body
        assert "quote" not in sent.body

    def test_is_for_those_who_want_it(self, client, ann, decided):
        client.force_login(ann)
        assert client.post("/my-checks/", {}).status_code == 302
        assert dispute_mail.send_due() == 0
        client.post("/my-checks/", {"wants-mail": "on"})
        ann.refresh_from_db()
        assert ann.wants_dispute_mail is True
        assert dispute_mail.send_due() == 1

    def test_waits_while_the_server_fails(self, monkeypatch, decided):
        def refuse(*_args):
            raise ConnectionRefusedError

        with monkeypatch.context() as patched:
            patched.setattr("analytics.quality.dispute_mail.send_mail", refuse)
            assert dispute_mail.send_due() == 0
        assert dispute_mail.send_due() == 1
        decided.refresh_from_db()
        assert (decided.outcome, decided.mailed_at is not None) == ("upheld", True)

    def test_is_sent_beside_the_request(
        self, client, ann, mia, checks, monkeypatch, django_capture_on_commit_callbacks
    ):
        submitted = []
        monkeypatch.setattr(dispute_mail.thread._executor, "submit", submitted.append)
        check = checks["s2", 1]
        open_dispute(check, "No.", by=ann)
        client.force_login(mia)
        with django_capture_on_commit_callbacks(execute=True):
            client.post(address(check), {"outcome": "upheld", "reply": "Yes."})
        assert submitted == [dispute_mail.thread.run]


def test_a_lead_with_work_of_their_own_has_own_checks_too(client, mia, ann, checks, wrong):
    mia.moderator, ann.moderator = ann.moderator, None
    ann.save()
    mia.save()
    client.force_login(mia)

    response = client.get("/my-checks/")

    assert response.status_code == 200
    # Of all 8 checks those of ann's views alone.
    assert response.context["pages"]["listed"] == "5\xa0checks"
    assert response.context["figures"] == "3 of 5 right, accuracy 60.0\xa0%"
    assert "<bdi>lea</bdi>" not in response.content.decode()
    html = client.get(address(wrong)).content.decode()
    assert '<a href="/my-checks/">My checks</a>' in html
    assert client.post("/my-checks/", {"wants-mail": "on"}).status_code == 302


def test_a_lead_without_work_of_their_own_is_told_so(client, mia, checks):
    client.force_login(mia)
    response = client.get("/my-checks/")
    assert response.status_code == 403
    assert "not linked to a moderator" in response.content.decode()


def current_tab(response):
    return [tab.label for tab in response.context["tabs"] if tab.current]


def test_a_check_lies_below_its_sample_until_it_is_disputed(client, ann, mia, wrong):
    client.force_login(mia)

    response = client.get(address(wrong))
    assert current_tab(response) == ["Samples"]
    assert (response.context["parent"], response.context["parent_url"]) == (
        "All",
        f"/quality/samples/{wrong.sampled.sample_id}/",
    )

    open_dispute(wrong, "It is a quote.", by=ann)
    response = client.get(address(wrong))
    assert current_tab(response) == ["Disputes"]
    assert (response.context["parent"], response.context["parent_url"]) == (
        "Disputes",
        "/quality/disputes/",
    )


def test_a_check_of_no_sample_lies_below_quality(client, lea, mia):
    write_world()
    check = check_view("s1", 0, Opinion("rejected"), by=lea)
    client.force_login(mia)

    response = client.get(address(check))

    assert current_tab(response) == ["Overview"]
    assert "Disputes</a> &rsaquo;" not in response.content.decode()
