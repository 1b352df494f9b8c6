"""Handing out views and keeping verdicts: who gets what, and that nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from accounts.models import Role, User
from analytics.access import PORTAL, Forbidden, NotVisible, ScopeError
from analytics.imports.rows.fields import KINDS
from analytics.imports.rows.store import store_rows
from analytics.models import Moderator, QualityCheck, SampledView, Session, VideoView
from analytics.quality.checking import (
    KEPT_FOR,
    Opinion,
    check_sampled,
    check_view,
    next_view,
    progress,
)
from analytics.quality.disputes import decide_dispute, open_dispute
from analytics.quality.drawing import SampleDesign, draw_sample
from analytics.scope import Scope
from tests.conftest import make_user
from tests.locks import wait_until_blocked
from tests.quality.world import write_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world(db):
    return write_world()


@pytest.fixture
def sample(lea):
    return draw_sample(SampleDesign("random", Scope(PORTAL), size=100), by=lea, seed=1)


@pytest.fixture
def max_(db):
    """Another lead."""
    return make_user("max", Role.LEAD)


def link(user, moderator):
    user.moderator = Moderator.objects.get(username=moderator)
    user.save()


def work_through(sample, reviewer, verdict="accepted"):
    """Check all that a reviewer is given; returns the views."""
    views = []
    while (view := next_view(sample, reviewer)) is not None:
        check_sampled(view, Opinion(verdict), by=reviewer)
        views.append((view.session_id, view.position))
    return views


def test_one_reviewer_gets_every_view_once_in_the_drawn_order(sample, lea):
    drawn = list(sample.views.order_by("number").values_list("session_id", "position"))

    assert work_through(sample, lea) == drawn
    assert len(drawn) == 8
    assert progress(sample, lea).done == 8


def test_what_somebody_has_before_them_is_theirs(sample, lea, max_):
    first = next_view(sample, lea)

    assert next_view(sample, lea).pk == first.pk
    assert next_view(sample, max_).pk != first.pk


def test_what_was_left_lying_goes_to_others(sample, lea, max_):
    first = next_view(sample, lea)
    SampledView.objects.filter(pk=first.pk).update(
        taken_at=timezone.now() - KEPT_FOR - timedelta(seconds=1)
    )

    assert next_view(sample, max_).pk == first.pk


def test_a_view_put_off_comes_when_nothing_else_is_left(sample, lea):
    first = next_view(sample, lea)

    assert next_view(sample, lea, skipping=[first.pk]).pk != first.pk


def test_nobody_is_given_or_checks_their_own(sample, lea):
    link(lea, "ann")
    ann = Session.objects.filter(moderator__username="ann")

    given = work_through(sample, lea)

    assert {session for session, _position in given} == {"s3", "s4"}
    own = SampledView.objects.filter(session__in=ann.values("public_id")).first()
    with pytest.raises(ScopeError, match="your own"):
        check_sampled(own, Opinion("accepted"), by=lea)
    with pytest.raises(ScopeError, match="your own"):
        check_view("s1", 0, Opinion("accepted"), by=lea)


def test_own_views_are_found_after_names_were_merged(sample, lea):
    link(lea, "ann")
    Session.objects.filter(public_id="s3").update(moderator=lea.moderator)

    assert {session for session, _position in work_through(sample, lea)} == {"s4"}


def test_two_people_check_what_wants_two(lea, max_):
    sample = draw_sample(
        SampleDesign("random", Scope(PORTAL), size=8), by=lea, seed=1, second_checks=3
    )

    assert (len(work_through(sample, lea)), len(work_through(sample, max_))) == (8, 3)
    found = progress(sample, max_)
    assert (found.views, found.wanted, found.done, found.mine) == (8, 11, 11, 3)


def test_a_second_verdict_replaces_the_first(sample, lea):
    view = next_view(sample, lea)
    check_sampled(view, Opinion("accepted", "slur", "see 0:42"), by=lea)
    check = check_sampled(view, Opinion("unsure"), by=lea)

    assert QualityCheck.objects.values_list("pk", "verdict", "reason", "note").get() == (
        check.pk,
        "unsure",
        "",
        "",
    )
    assert progress(sample, lea).unsure == 1


def test_what_was_imported_again_otherwise_is_stale_and_not_checked(sample, lea):
    view = sample.views.get(session="s4")
    check = check_sampled(view, Opinion("rejected"), by=lea)
    VideoView.objects.filter(session__public_id="s4").update(keys=["q"])

    assert QualityCheck.objects.with_stale().get(pk=check.pk).is_stale
    assert not QualityCheck.objects.counted().exists()
    with pytest.raises(ScopeError, match="something else by now"):
        check_sampled(view, Opinion("accepted"), by=lea)
    assert progress(sample, lea).stale == 1
    VideoView.objects.filter(session__public_id="s4").update(keys=["a"])
    assert not QualityCheck.objects.with_stale().get(pk=check.pk).is_stale


def test_a_session_that_is_gone_leaves_its_checks(sample, lea):
    check_view("s4", 0, Opinion("rejected"), by=lea)
    Session.objects.get(public_id="s4").delete()

    check = QualityCheck.objects.with_stale().get()
    assert (check.session_id, check.position, check.video, check.is_stale) == ("s4", 0, "v7", True)


def test_a_free_check_answers_the_sample_that_drew_the_view(sample, lea, max_):
    draw_sample(SampleDesign("rejects", Scope(PORTAL)), by=lea)
    check = check_view("s1", 1, Opinion("accepted"), by=max_)
    again = check_view("s1", 1, Opinion("rejected"), by=max_)

    assert (check.sampled.sample, again.pk) == (sample, check.pk)


def test_a_free_check_of_a_view_that_nobody_drew(lea):
    check = check_view("s1", 1, Opinion("accepted", "quote"), by=lea)
    again = check_view("s1", 1, Opinion("rejected"), by=lea)

    assert (again.pk, check.sampled, check.video, check.decision) == (
        check.pk,
        None,
        "v2",
        "rejected",
    )


@pytest.mark.parametrize(
    ("session", "position", "verdict", "error", "field"),
    [
        ("nope", 0, "accepted", NotVisible, "session"),
        ("s1", 9, "accepted", NotVisible, "position"),
        ("s1", 2, "accepted", ScopeError, "position"),
        ("s1", 0, "maybe", ScopeError, "verdict"),
    ],
)
def test_what_cannot_be_checked_names_its_field(session, position, verdict, error, field, lea):
    with pytest.raises(error) as refused:
        check_view(session, position, Opinion(verdict), by=lea)

    assert refused.value.field == field


def test_moderators_check_nothing(sample, alice):
    with pytest.raises(Forbidden):
        next_view(sample, alice)
    with pytest.raises(Forbidden):
        check_view("s3", 0, Opinion("accepted"), by=alice)


def test_the_database_keeps_one_check_a_person_and_view(sample, lea):
    check = check_sampled(next_view(sample, lea), Opinion("accepted"), by=lea)
    check.pk = None
    check._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic():
        check.save()


class TestDisputes:
    """Of a check of ann's view s1 #1, made by lea."""

    @pytest.fixture
    def ann(self):
        user = make_user("ann.account", Role.MODERATOR)
        link(user, "ann")
        return user

    @pytest.fixture
    def check(self, lea):
        return check_view("s1", 0, Opinion("rejected"), by=lea)

    def test_whom_it_is_about_disputes_it_once(self, check, ann):
        dispute = open_dispute(check, " It is a quote. ", by=ann)

        assert (dispute.reason, dispute.outcome) == ("It is a quote.", "open")
        with pytest.raises(ScopeError, match="once"):
            open_dispute(check, "Again", by=ann)

    def test_others_do_not_see_what_they_could_dispute(self, check, bob, lea):
        for user in (bob, lea):
            with pytest.raises(NotVisible):
                open_dispute(check, "Why not", by=user)

    def test_a_reason_is_needed(self, check, ann):
        with pytest.raises(ScopeError):
            open_dispute(check, "  ", by=ann)

    def test_a_disputed_check_stays_as_it_is(self, check, ann, lea):
        open_dispute(check, "It is a quote.", by=ann)

        with pytest.raises(ScopeError, match="disputed"):
            check_view("s1", 0, Opinion("accepted"), by=lea)

    def test_the_checker_decides_only_where_nobody_else_may(self, check, ann, lea, max_):
        dispute = open_dispute(check, "It is a quote.", by=ann)
        with pytest.raises(Forbidden, match="somebody else"):
            decide_dispute(dispute, "upheld", "No.", by=lea)
        User.objects.filter(pk=max_.pk).update(is_active=False)

        decided = decide_dispute(dispute, "upheld", "No.", by=lea)

        assert (decided.outcome, decided.reply, decided.decided_by) == ("upheld", "No.", lea)

    def test_another_lead_decides_once(self, check, ann, max_):
        dispute = open_dispute(check, "It is a quote.", by=ann)
        decide_dispute(dispute, "reversed", "You are right.", by=max_)

        with pytest.raises(ScopeError, match="has been decided"):
            decide_dispute(dispute, "upheld", "", by=max_)
        assert QualityCheck.objects.counted().get().is_correct is True

    def test_an_open_one_says_neither_right_nor_wrong(self, check, ann):
        open_dispute(check, "It is a quote.", by=ann)

        assert QualityCheck.objects.with_outcome().get().is_correct is None
        assert not QualityCheck.objects.counted().exists()

    def test_a_lead_does_not_decide_about_their_own_view(self, check, ann, max_):
        link_lead = make_user("ann.lead", Role.LEAD)
        dispute = open_dispute(check, "It is a quote.", by=ann)
        User.objects.filter(pk=ann.pk).update(moderator=None)
        link(link_lead, "ann")

        with pytest.raises(Forbidden, match="their own"):
            decide_dispute(dispute, "reversed", "", by=link_lead)

    def test_moderators_decide_nothing(self, check, ann, bob):
        dispute = open_dispute(check, "It is a quote.", by=ann)
        with pytest.raises(Forbidden):
            decide_dispute(dispute, "reversed", "", by=bob)


@contextmanager
def own_connections():
    """Close the thread's connections at the end."""
    try:
        yield
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_get_different_views_and_lose_nothing(lea, max_):
    sample = draw_sample(SampleDesign("random", Scope(PORTAL), size=100), by=lea, seed=1)
    start = Barrier(2)

    def work(reviewer):
        with own_connections():
            start.wait(60)
            return work_through(sample, reviewer)

    with ThreadPoolExecutor(2) as pool:
        of_lea, of_max = pool.map(work, (lea, max_))

    assert not set(of_lea) & set(of_max)
    checked = QualityCheck.objects.values_list("sampled", flat=True)
    assert sorted(checked) == sorted(sample.views.values_list("pk", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_check_disputed_at_the_same_moment_stays_as_it_is(lea):
    check = check_view("s1", 0, Opinion("rejected"), by=lea)
    ann = make_user("ann.account", Role.MODERATOR)
    link(ann, "ann")

    def change():
        with own_connections():
            check_view("s1", 0, Opinion("accepted"), by=lea)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            open_dispute(check, "It is a quote.", by=ann)
            changing = pool.submit(change)
            wait_until_blocked()
        with pytest.raises(ScopeError, match="disputed"):
            changing.result(60)
    check.refresh_from_db()
    assert check.verdict == "rejected"


@pytest.mark.django_db(transaction=True)
def test_checks_sent_in_any_order_are_kept_in_one(lea):
    """So two who send the same at once never wait for each other."""
    rows = [{"session": name, "position": 0, "verdict": "accepted"} for name in ("s3", "s2", "s1")]

    def send():
        with own_connections():
            return store_rows(KINDS["quality-checks"], rows, created_by=lea.pk)[0]

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Session.objects.select_for_update(no_key=True).get(public_id="s1")
            sending = pool.submit(send)
            wait_until_blocked()
            # Who waits for the first one holds none of the others.
            free = Session.objects.select_for_update(no_key=True, skip_locked=True)
            assert {session.public_id for session in free} == {"s1", "s2", "s3", "s4"}
        assert sending.result(60).created == 3
