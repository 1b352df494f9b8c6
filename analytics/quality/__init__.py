"""Checking decisions: samples are drawn, worked through, disputed, and counted.

``drawing`` chooses the views, ``checking`` hands them out and keeps verdicts, ``disputes`` lets
people answer, ``estimates`` makes figures of it. What may be asked by whom is decided here, by the
rules of ``analytics.access``.
"""
