"""A user's own tokens: as many as their programs need, and no more."""

import pytest
from django.utils import timezone

from accounts.tokens import ApiToken

PAGE = "/account/tokens/"


@pytest.mark.parametrize(("working", "made"), [(19, 1), (20, 0)])
def test_twenty_tokens_work_at_once(client, alice, bob, working, made):
    for n in range(working):
        ApiToken.objects.create_token(alice, f"program {n}")
    revoked, _text = ApiToken.objects.create_token(alice, "revoked")
    ApiToken.objects.filter(pk=revoked.pk).update(revoked_at=timezone.now())
    ApiToken.objects.create_token(bob, "somebody else's")
    client.force_login(alice)

    page = client.post(PAGE, {"name": "one more", "days": "90"}).text

    assert ApiToken.objects.filter(user=alice, name="one more").count() == made
    assert ("You have 20 tokens; revoke one first." in page) is (made == 0)
