"""Search over everything that has a page: people, sessions, videos, queues, metrics and more."""
