"""What answers and bodies look like, for the description."""

from typing import Any

Example = Any

CATALOGUE: Example = [
    {
        "slug": "decisions",
        "title": "Decisions",
        "group": "review",
        "definition": "Views by what the keys pressed decided.",
        "columns": [
            {"name": "decision", "label": "Decision", "type": "text", "unit": ""},
            {"name": "videos", "label": "Videos", "type": "integer", "unit": "videos"},
            {"name": "share", "label": "Share", "type": "share", "unit": ""},
        ],
        "summary_columns": [],
        "parameters": ["moderator", "session", "start", "end"],
        "needs": [],
    }
]
METRIC: Example = {
    "slug": "decisions",
    "title": "Decisions",
    "group": "review",
    "definition": "Views by what the keys pressed decided.",
    "scope": {"moderator": "user1", "start": "2025-10-01"},
    "columns": CATALOGUE[0]["columns"],
    "rows": [
        {"decision": "accepted", "videos": 3, "share": 0.75},
        {"decision": "rejected", "videos": 1, "share": 0.25},
        {"decision": "none", "videos": 0, "share": 0.0},
    ],
    "summary": None,
    "notes": ["6 sessions have no duration"],
    "as_of": "2025-10-17T10:31:07.250000+00:00",
}
METRIC_CSV = "decision,videos,share\r\naccepted,3,0.75\r\nrejected,1,0.25\r\nnone,0,0\r\n"
FIGURE: Example = {
    "data": [{"type": "bar", "x": ["accepted", "rejected", "none"], "y": [3, 1, 0]}],
    "layout": {"yaxis": {"title": {"text": "Videos"}}},
}
CHANGES: Example = {
    "scope": {"start": "2026-10-29", "end": "2026-11-25"},
    "before": {"start": "2026-10-01", "end": "2026-10-28"},
    "reason": None,
    "compared": 47,
    "lists": [
        {
            "slug": "queues",
            "title": "Queues",
            "compared": 18,
            "changes": [
                {
                    "name": "Appeals: items",
                    "metric": "queues",
                    "column": "items",
                    "key": "queue",
                    "value": "Appeals",
                    "before": 9440,
                    "now": 14525,
                    "change": 0.54,
                    "change_low": 0.41,
                    "change_high": 0.68,
                    "relative": True,
                    "beyond_chance": True,
                    "better": None,
                    "would_show": 0.2,
                    "reason": None,
                }
            ],
        }
    ],
    "as_of": "2026-11-26T21:23:00Z",
}
CHANGES_CSV = (
    "list,name,metric,column,key,value,before,now,change,change_low,change_high,relative,"
    "beyond_chance,better,would_show,reason\r\n"
    "queues,Appeals: items,queues,items,queue,Appeals,9440,14525,0.54,0.41,0.68,True,True,,0.2,\r\n"
)
INSIGHTS: Example = {
    "scope": {},
    "findings": [
        {
            "slug": "average-rating",
            "title": "Rating",
            "kind": "finding",
            "level": "act",
            "sentence": "The average rating is 3.38, below its target of 4.",
            "action": None,
            "metric": "activity-summary",
            "evidence": {
                "text": "n = 1,000 rated sessions",
                "n": 1000,
                "counted": "rated sessions",
                "interval": {"low": 3.29, "high": 3.46, "of": "the average rating"},
                "numbers": {"average": 3.38, "target": 4.0},
                "details": [],
            },
            "people": [],
        },
        {
            "slug": "unusual-reject-rate",
            "title": "Reject rates across the team",
            "kind": "finding",
            "level": "watch",
            "sentence": "The reject rate of ann (50.6 %) is not ordinary for the same queues and"
            " weeks. Look at it together.",
            "action": None,
            "metric": "moderator-review",
            "evidence": {
                "text": "1 of 9 moderators lie outside their own limits",
                "n": 8120,
                "counted": "decided videos",
                "interval": {
                    "low": 0.19,
                    "high": 0.45,
                    "of": "the usual limits of one person",
                },
                "numbers": {"moderators": 9, "outside": 1},
                "details": [],
            },
            "people": [
                {
                    "moderator": "ann",
                    "measure": "reject_rate",
                    "value": 0.506,
                    "expected": 0.321,
                    "low": 0.198,
                    "high": 0.445,
                    "n": 973,
                    "sessions": 31,
                    "sentence": "ann rejected 50.6 % of 973 decided videos. In the same queues and"
                    " weeks 32.1 % was expected; between 19.8 % and 44.5 % is ordinary for this"
                    " amount of work.",
                    "recent": {"outside": 3, "of": 6},
                }
            ],
        },
    ],
    "as_of": "2025-10-17T10:31:07.250000+00:00",
}

DOCUMENT: Example = {
    "username": "user1",
    "sessions": [
        {
            "_id": "session123",
            "starttime": "2025-10-17T10:00:00Z",
            "endtime": "2025-10-17T10:30:00Z",
            "duration": 1800,
            "videos": [
                {
                    "videoId": "abc123",
                    "status": "Completed",
                    "watched": True,
                    "loopTime": 2,
                    "keys": ["a"],
                    "soundMuted": "no",
                    "queue": "Spam",
                    "startedAt": "2025-10-17T10:00:05Z",
                    "speeds": [1, {"value": 1.5, "at": "2025-10-17T10:01:00Z"}],
                }
            ],
            "inactivity": [{"type": "pause", "duration": 45, "startedAt": "2025-10-17T10:05:00Z"}],
            "queues": [
                {
                    "name": "Spam",
                    "count": 40,
                    "subqueues": {"Links": 10, "Bots": 30},
                    "active": True,
                    "createdAt": "2025-10-17T10:00:00Z",
                }
            ],
        }
    ],
}
STORED: Example = {"created": 1, "updated": 0, "unchanged": 0, "rejected_count": 0, "rejected": []}


def refusal(kind: str, rejected: dict[str, Any]) -> Example:
    """The answer to a body in which something is bad."""
    pointer = f"[{rejected['index']}].{rejected['path']}"
    return {
        "type": "about:blank",
        "title": "Unprocessable Entity",
        "status": 422,
        "detail": f"Nothing was stored: {rejected['path']}: {rejected['message']} "
        f"({kind} {rejected[kind]}).",
        "errors": [{"field": pointer, "message": rejected["message"]}],
        "created": 0,
        "updated": 0,
        "unchanged": 0,
        "rejected_count": 1,
        "rejected": [rejected],
    }


DOCUMENT_REFUSED = refusal(
    "session",
    {
        "index": 0,
        "session": "session123",
        "path": "sessions[0].videos[0].keys",
        "message": "expected a list, got an object",
    },
)
ROW_REFUSED = refusal(
    "row",
    {
        "index": 1,
        "row": "r2",
        "path": "click_through_rate",
        "message": "expected a number from 0 to 1, got 50",
    },
)

_PLACE = {
    "moderator": "user1",
    "session": "session123",
    "session_start": "2025-10-17T10:00:00+00:00",
}
_VIDEO = {
    "id": 1,
    "position": 0,
    "videoId": "abc123",
    "status": "completed",
    "watched": True,
    "loopTime": 2.0,
    "keys": ["a"],
    "decision": "accepted",
    "soundMuted": "unmuted",
    "queue": "Spam",
    "reason": None,
    "startedAt": "2025-10-17T10:00:05+00:00",
    "speeds": [
        {"value": 1.0, "at": None},
        {"value": 1.5, "at": "2025-10-17T10:01:00+00:00"},
    ],
}
_IDLE = {
    "id": 1,
    "position": 0,
    "type": "pause",
    "duration": 45,
    "startedAt": "2025-10-17T10:05:00+00:00",
}
_QUEUE = {
    "id": 1,
    "position": 0,
    "name": "Spam",
    "count": 40,
    "subqueues": {"Bots": 30, "Links": 10},
    "active": True,
    "createdAt": "2025-10-17T10:00:00+00:00",
}
_SPEED = {"id": 1, "position": 0, "value": 1.5, "at": "2025-10-17T10:01:00+00:00"}
_SESSION = {
    "_id": "session123",
    "moderator": "user1",
    "starttime": "2025-10-17T10:00:00+00:00",
    "endtime": "2025-10-17T10:30:00+00:00",
    "duration": 1800,
}

#: A row of each list, as the list gives it.
ROWS: dict[str, Example] = {
    "sessions": _SESSION,
    "videos": _VIDEO | _PLACE,
    "moderators": {"username": "user1", "created_at": "2025-10-17T10:31:07.250000+00:00"},
    "inactivity": _IDLE | _PLACE,
    "queues": _QUEUE | _PLACE,
    "speeds": _SPEED | {"videoId": "abc123", "video_position": 0} | _PLACE,
    "user-activity": {
        "user_id": "u1",
        "session_id": "c1",
        "date": "2025-10-17",
        "session_length": 30.5,
        "messages_sent": 4,
        "feedback_rating": 5,
        "resources_clicked": None,
    },
    "recommendations": {
        "recommendation_id": "r1",
        "user_id": "u1",
        "date": "2025-10-17",
        "recommendation_type": "video",
        "click_through_rate": 0.25,
        "feedback_score": 4.5,
    },
    "moderator-performance": {
        "id": 1,
        "moderator": "user1",
        "date": "2025-10-17",
        "sessions_moderated": 7,
        "average_response_time": 11.5,
        "satisfaction_score": 3.5,
    },
    "annotations": {
        "id": 1,
        "start": "2025-10-17",
        "end": "2025-10-17",
        "text": "Policy 4.2: reuploads count as spam",
        "queue": "Spam",
        "created_at": "2025-10-17T10:31:07.250000+00:00",
    },
    "notes": {
        "id": 1,
        "moderator": "user1",
        "by": "lead",
        "at": "2025-10-20T09:05:00+00:00",
        "text": "We looked at 20 of the rejected videos together.",
        "measure": "reject_rate",
        "step": "Read the section on quotes, then look at 10 more.",
        "until": "2025-11-03",
        "settled_at": None,
        "settled_by": None,
        "replies": [
            {"by": "user1", "at": "2025-10-21T08:00:00+00:00", "text": "Fine with me."},
        ],
    },
    "quality-checks": {
        "id": 1,
        "session": "session123",
        "position": 0,
        "videoId": "abc123",
        "moderator": "user1",
        "queue": "Spam",
        "decision": "accepted",
        "verdict": "rejected",
        "reason": "slur",
        "note": None,
        "by": "lead",
        "at": "2025-10-20T09:05:00+00:00",
        "sample": 1,
        "correct": None,
        "stale": False,
        "dispute": "open",
        "dispute_reason": "The word is quoted.",
        "disputed_at": "2025-10-21T08:00:00+00:00",
        "reply": None,
        "decided_at": None,
    },
}
#: One of each, as the detail gives it.
DETAILS: dict[str, Example] = ROWS | {
    "sessions": _SESSION | {"videos": [_VIDEO], "inactivity": [_IDLE], "queues": [_QUEUE]}
}
METRIC_ROWS: Example = {
    "of": {"records": "videos", "how": "rate", "count": 4, "shown": 0.75},
    "next": None,
    "results": [ROWS["videos"] | {"counted": True}],
}
METRIC_ROWS_CSV = (
    "id,position,videoId,status,watched,loopTime,keys,decision,soundMuted,queue,reason,startedAt,"
    "speeds,moderator,session,session_start,counted\r\n"
)
VIDEOS_CSV = (
    "username,session_id,session_start,session_end,session_duration,status,watched,loopTime,"
    "videoId,soundMuted,keys,decision,queue,reason,startedAt\r\n"
    "user1,session123,2025-10-17T10:00:00+00:00,2025-10-17T10:30:00+00:00,1800,completed,true,2,"
    'abc123,unmuted,"[""a""]",accepted,Spam,,2025-10-17T10:00:05+00:00\r\n'
)
