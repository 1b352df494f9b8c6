"""Who differs from a team by more than chance, the work's mix and ordinary spread explain.

Knows no Django: numpy arrays in, verdicts out. ``work`` holds what people did, ``expected`` what
the team without a person does in the same queues and weeks, ``spread`` the limits within which
somebody of this team lies, ``judging`` the verdicts, ``rates``, ``times`` and ``rows`` the three
kinds of measures. ``agreement`` compares decisions on the same videos, ``sampling`` estimates from
random samples. docs/insights.md explains the rules to the people who are judged by them.
"""
