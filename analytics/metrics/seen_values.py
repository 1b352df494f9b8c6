"""In which order the portal first saw the values that people name: their colours for good."""

from collections import defaultdict
from collections.abc import Mapping

from analytics.models import SeenValue
from analytics.summaries.snapshots import current_state


def seen_values(subject: str) -> tuple[str, ...]:
    """A subject's values, the first seen first. Inside a snapshot."""
    return tuple(current_state().cached("seen values", load_seen_values)[subject])


def load_seen_values() -> Mapping[str, list[str]]:
    """The values of every subject: they are few, and a page needs those of several."""
    values = defaultdict(list)
    for subject, value in SeenValue.objects.order_by("pk").values_list("subject", "value"):
        values[subject].append(value)
    return values
