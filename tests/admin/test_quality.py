"""Samples, checks and disputes in the admin: looked at, with the pages' own figures."""

import pytest

from accounts.models import Role, User
from analytics.models import Dispute, QualityCheck, QualitySample
from analytics.quality.checking import Opinion, check_sampled
from analytics.quality.disputes import decide_dispute, open_dispute
from analytics.quality.drawing import SampleDesign, draw_sample
from analytics.scope import Scope
from analytics.summaries.writing import refresh
from audit import looks
from audit.models import Entry
from tests.admin.conftest import LISTS
from tests.conftest import make_user
from tests.quality.world import write_world

pytestmark = pytest.mark.django_db
MODELS = [QualitySample, QualityCheck, Dispute]


@pytest.fixture
def dispute(lea):
    """Of 8 sampled views that of ann's s1 at 0 is said to be wrong, which she disputes."""
    write_world()
    refresh()
    ann = make_user("ann", Role.MODERATOR, moderates=True)
    sample = draw_sample(SampleDesign("random", Scope(lea), size=8), by=lea, name="All", seed=7)
    view = sample.views.get(session="s1", position=0)
    check = check_sampled(view, Opinion("rejected", "slur", "page 3"), by=lea)
    return open_dispute(check, "It is a quote.", by=ann)


def row_of(model):
    return model.objects.get()


def address(model, tail=""):
    return f"{LISTS}{model._meta.model_name}/{tail}"


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_added_changed_or_deleted(admin_client, dispute, model):
    row = row_of(model)
    page = admin_client.get(address(model, f"{row.pk}/change/"))
    assert page.status_code == 200
    assert admin_client.get(address(model, "add/")).status_code == 403
    for tail in ("change", "delete"):
        answer = admin_client.post(address(model, f"{row.pk}/{tail}/"), {"post": "yes"})
        assert answer.status_code == 403
    data = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    admin_client.post(address(model), data)
    assert model.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", MODELS)
def test_only_admins_look(client, dispute, lea, model):
    for user in (lea, dispute.created_by):
        client.force_login(user)
        assert client.get(address(model)).status_code in (302, 403)


def test_the_lists_say_what_the_pages_say(admin_client, dispute, lea):
    samples = admin_client.get(address(QualitySample)).text
    for words in ("All", "Everyone", f'href="{address(QualityCheck)}?sampled__sample='):
        assert words in samples
    checks = admin_client.get(address(QualityCheck)).text
    for words in ("v1 (s1 #1)", "ann", "not counted, disputed", "lea"):
        assert words in checks
    disputes = admin_client.get(address(Dispute)).text
    assert "ann" in disputes
    decide_dispute(dispute, "reversed", "You are right.", by=make_user("mia", Role.LEAD))
    assert "right, dispute: check reversed" in admin_client.get(address(QualityCheck)).text
    assert "mia" in admin_client.get(address(Dispute)).text
    page = admin_client.get(address(Dispute, f"{dispute.pk}/change/")).text
    for words in ("It is a quote.", "You are right."):
        assert words in page


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("verdict=rejected", 1),
        ("verdict=unsure", 0),
        ("dispute__outcome=open", 1),
        ("dispute__outcome=upheld", 0),
        ("q=v1", 1),
        ("q=1", 0),
    ],
)
def test_checks_are_found(admin_client, dispute, query, rows):
    answer = admin_client.get(f"{address(QualityCheck)}?{query}")
    assert len(answer.context["cl"].result_list) == rows


def test_the_checks_of_a_sample(admin_client, dispute):
    sample = QualitySample.objects.get()
    for key, rows in ((sample.pk, 1), (sample.pk + 1, 1), ("x", 1)):
        answer = admin_client.get(f"{address(QualityCheck)}?sampled__sample={key}", follow=True)
        assert len(answer.context["cl"].result_list) == rows


def test_an_admin_learns_no_name_of_who_checked_or_judged_their_own(admin_client, ada, dispute):
    decide_dispute(dispute, "upheld", "No.", by=make_user("mia", Role.LEAD))
    own = dispute.created_by.moderator
    User.objects.filter(pk=dispute.created_by_id).update(moderator=None)
    User.objects.filter(pk=ada.pk).update(moderator=own)
    for model, name in ((QualityCheck, "lea"), (Dispute, "mia")):
        for tail in ("", f"{row_of(model).pk}/change/"):
            main = admin_client.get(address(model, tail)).text.partition("<main")[2]
            assert f">{name}<" not in main


@pytest.mark.parametrize(("model", "subject"), zip(MODELS, [None, "ann", "ann"], strict=True))
def test_the_audit_has_who_was_looked_at(admin_client, dispute, model, subject):
    looks.flush()
    before = Entry.objects.count()
    admin_client.get(address(model, f"{row_of(model).pk}/change/"))
    looks.flush()
    entries = Entry.objects.order_by("pk").values_list("action", "subject__name")
    assert list(entries)[before:] == [("look", subject)]
