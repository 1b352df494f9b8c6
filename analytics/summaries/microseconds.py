"""Times as whole numbers, where many are put in order: Python's own take far longer to read."""

from django.db.models import BigIntegerField, Func


def microseconds(field: str) -> Func:
    """The microseconds from 1970 to a time."""
    return Func(
        field,
        template="(EXTRACT(EPOCH FROM %(expressions)s) * 1000000)::bigint",
        output_field=BigIntegerField(),
    )
