"""In which order the portal first saw the values that people name: their colours for good."""

from analytics.models import SeenValue
from analytics.summaries.snapshots import current_state


def seen_values(subject: str) -> tuple[str, ...]:
    """A subject's values, the first seen first. Inside a snapshot."""

    def load() -> tuple[str, ...]:
        values = SeenValue.objects.filter(subject=subject).order_by("pk")
        return tuple(values.values_list("value", flat=True))

    return current_state().cached(("seen", subject), load)
