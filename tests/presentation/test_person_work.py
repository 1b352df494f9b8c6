"""The table of a person's queues."""

import pytest

from analytics.metrics.person_work import QueueMeasure, QueueWork
from analytics.presentation.person_work import queue_cells


@pytest.mark.parametrize(("videos", "shown"), [(9.6, "—"), (10.0, "50.0\N{NO-BREAK SPACE}%")])
def test_a_few_videos_tell_nothing_of_how_somebody_works(videos, shown):
    queue = QueueWork(
        name="Spam",
        videos=videos,
        share=0.1,
        others_share=None,
        measures={"reject_rate": QueueMeasure(0.5, 0.3)},
    )
    texts = [cell.text for cell in queue_cells(queue, [queue], {})]
    assert texts[2:4] == [shown, "30.0\N{NO-BREAK SPACE}%"]
