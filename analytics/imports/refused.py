"""Ids that are refused: looked up by every import, written by erasure and retention."""

from __future__ import annotations

from collections.abc import Iterable

from analytics.models import RefusedId, RefusedKind, RefusedReason, digest_of_id

IDS_AT_ONCE = 5_000


def refused_ids(kind: RefusedKind, ids: Iterable[str]) -> dict[str, str]:
    """Those of these ids that are refused, each with the sentence that says why."""
    by_digest = {digest_of_id(public_id): public_id for public_id in ids}
    if not by_digest:
        return {}
    rows = RefusedId.objects.filter(kind=kind, digest__in=list(by_digest))
    return {
        by_digest[bytes(digest)]: str(RefusedReason(reason).label)
        for digest, reason in rows.values_list("digest", "reason")
    }


def refuse_ids(kind: RefusedKind, ids: Iterable[str], reason: RefusedReason) -> None:
    """Refuse these ids from now on, in the caller's transaction; what was refused stays so."""
    RefusedId.objects.bulk_create(
        (RefusedId(kind=kind, digest=digest_of_id(each), reason=reason) for each in ids),
        batch_size=IDS_AT_ONCE,
        ignore_conflicts=True,
    )
