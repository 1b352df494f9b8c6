"""A cursor belongs to the list that gave it."""


def test_a_cursor_of_another_list(sender, reader):
    session = {
        "_id": "s",
        "starttime": "2025-10-17T10:00:00Z",
        "duration": 5,
        "inactivity": [{"type": "pause", "duration": 1}] * 2,
    }
    other = session | {"_id": "t"}
    sender.send("session-documents/", {"username": "alice", "sessions": [session, other]})
    # Both lists can be ordered by a duration, and mean another one by it.
    link = reader.read("sessions/", {"page_size": 1, "ordering": "duration"}).json()["next"]
    cursor = link.split("cursor=")[1].split("&")[0]
    answer = reader.get(f"/api/v1/inactivity/?ordering=duration&cursor={cursor}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "cursor")
