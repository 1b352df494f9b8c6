"""What is written for a reader stays with that reader."""

from analytics import formatting
from analytics.display import DEFAULT, Display, activate, active, for_reader, plain

COMMAS = Display(number_format="point-comma", date_format="iso", time_zone="Europe/Berlin")


def test_a_note_of_a_kept_result_is_written_anew_for_each_reader():
    note = for_reader(lambda: f"{formatting.count(1234)} sessions")
    with activate(COMMAS):
        assert str(note) == "1.234 sessions"
        assert note == "1.234 sessions"
    assert f"{note}" == "1,234 sessions"


def test_what_is_for_programs_is_written_in_one_way_whoever_asks():
    @plain
    def line() -> str:
        return formatting.number(1.5)

    with activate(COMMAS):
        assert (line(), formatting.number(1.5)) == ("1.5", "1,5")


def test_an_inner_reader_gives_way_to_the_outer_one_even_after_an_error():
    with activate(COMMAS):
        try:
            with activate(Display(time_zone="Asia/Tokyo")):
                raise LookupError
        except LookupError:
            pass
        assert active() == COMMAS
    assert active() == DEFAULT


def test_whatever_is_chosen_is_in_the_key():
    one_each = [
        DEFAULT,
        Display(number_format="space-comma"),
        Display(date_format="iso"),
        Display(time_zone="UTC"),
    ]
    assert len({display.key for display in one_each}) == 4
