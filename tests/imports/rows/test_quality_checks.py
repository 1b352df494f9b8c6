"""Checks from CSV: the columns, what is refused, and that the same file changes nothing."""

from contextlib import suppress

import pytest
from django.core.management import call_command

from accounts.models import Role
from analytics.access import PORTAL
from analytics.models import Moderator, QualityCheck
from analytics.quality.checking import Opinion, check_view
from analytics.quality.disputes import open_dispute
from analytics.quality.drawing import SampleDesign, draw_sample
from analytics.scope import Scope
from tests.conftest import make_user
from tests.quality.world import write_world

pytestmark = pytest.mark.django_db
FILE = """\
Session,Position,Verdict,Reason,Note
s1,0,Rejected,slur,0:42
s1,1,rejected,,
s9,0,accepted,,
s1,2,accepted,,
s1,0,maybe,,
"""


@pytest.fixture(autouse=True)
def world(db):
    return write_world()


def import_checks(tmp_path, capsys, text=FILE, *options):
    path = tmp_path / "checks.csv"
    path.write_text(text)
    with suppress(SystemExit):
        call_command("import_csv", "quality-checks", str(path), *options)
    printed = capsys.readouterr()
    return printed.out.strip().splitlines()[-1], printed.out + printed.err


def test_a_file_is_imported_once(tmp_path, capsys):
    last, report = import_checks(tmp_path, capsys)
    again, _ = import_checks(tmp_path, capsys)

    assert last == "rows: 2 created, 0 updated, 0 unchanged, 3 rejected"
    assert again == "rows: 0 created, 0 updated, 2 unchanged, 3 rejected"
    for reason in ("no such session", "nothing was decided on this view", "expected accepted or"):
        assert reason in report
    kept = QualityCheck.objects.order_by("position").values_list(
        "position", "decision", "verdict", "reason", "note", "checked_by"
    )
    assert list(kept) == [
        (0, "accepted", "rejected", "slur", "0:42", None),
        (1, "rejected", "rejected", "", "", None),
    ]


def test_a_trial_run_stores_nothing(tmp_path, capsys):
    last, _ = import_checks(tmp_path, capsys, FILE, "--dry-run")

    assert last.startswith("rows: 2 created")
    assert not QualityCheck.objects.exists()


def test_checks_from_elsewhere_answer_the_sample(tmp_path, capsys, lea):
    sample = draw_sample(SampleDesign("random", Scope(PORTAL), size=8), by=lea)

    import_checks(tmp_path, capsys)

    assert set(QualityCheck.objects.values_list("sampled__sample", flat=True)) == {sample.pk}


@pytest.fixture
def disputed(tmp_path, capsys):
    """The file was imported, and its check of the first view of s1 is disputed."""
    import_checks(tmp_path, capsys)
    ann = make_user("ann.account", Role.MODERATOR)
    ann.moderator = Moderator.objects.get(username="ann")
    ann.save()
    return open_dispute(QualityCheck.objects.get(position=0), "It is quoted.", by=ann)


def test_a_disputed_check_stays_and_the_report_says_so(tmp_path, capsys, disputed):
    changed = FILE.replace("s1,0,Rejected,slur,0:42", "s1,0,accepted,,")
    last, report = import_checks(tmp_path, capsys, changed)

    assert last == "rows: 0 created, 0 updated, 1 unchanged, 4 rejected"
    assert (
        "line 2: column verdict: the check has been disputed and stays as it is; this row says"
        " otherwise (row s1 0)"
    ) in report
    assert QualityCheck.objects.get(position=0).verdict == "rejected"


def test_a_disputed_check_sent_again_is_unchanged(tmp_path, capsys, disputed):
    last, report = import_checks(tmp_path, capsys)

    assert last == "rows: 0 created, 0 updated, 2 unchanged, 3 rejected"
    assert "disputed" not in report


def test_a_trial_run_tells_of_the_disputed_check_too(tmp_path, capsys, disputed):
    changed = FILE.replace("slur,0:42", "slur,0:43")
    last, report = import_checks(tmp_path, capsys, changed, "--dry-run")

    assert last == "rows: 0 created, 0 updated, 1 unchanged, 4 rejected"
    assert "this row says otherwise" in report


def test_somebody_elses_check_of_the_same_view_is_another(tmp_path, capsys, lea):
    check_view("s1", 0, Opinion("accepted"), by=lea)

    import_checks(tmp_path, capsys)

    assert QualityCheck.objects.filter(session="s1", position=0).count() == 2
