"""Ids that are refused: looked up by every import, written by erasure and retention."""

from __future__ import annotations

from collections.abc import Iterable

import orjson
from django.db import connection

from analytics.models import RefusedId, RefusedKind, RefusedReason, digest_of_id

IDS_AT_ONCE = 5_000


def refused_ids(kind: RefusedKind, ids: Iterable[str]) -> dict[str, str]:
    """Those of these ids that are refused, each with the sentence that says why.

    The ids travel as one JSON text. The ORM would send a parameter for each, which takes several
    times as long as finding them.
    """
    by_digest = {digest_of_id(public_id).hex(): public_id for public_id in ids}
    if not by_digest:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT encode(digest, 'hex'), reason FROM analytics_refusedid"
            " WHERE kind = %s AND digest = ANY"
            " (ARRAY(SELECT decode(value, 'hex') FROM jsonb_array_elements_text(%s::jsonb)))",
            [kind, orjson.dumps(list(by_digest)).decode()],
        )
        return {
            by_digest[digest]: str(RefusedReason(reason).label)
            for digest, reason in cursor.fetchall()
        }


def refuse_ids(kind: RefusedKind, ids: Iterable[str], reason: RefusedReason) -> None:
    """Refuse these ids from now on, in the caller's transaction; what was refused stays so."""
    RefusedId.objects.bulk_create(
        (RefusedId(kind=kind, digest=digest_of_id(each), reason=reason) for each in ids),
        batch_size=IDS_AT_ONCE,
        ignore_conflicts=True,
    )
