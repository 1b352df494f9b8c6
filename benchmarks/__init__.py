"""Benchmarks: the portal against plain SQL, DuckDB and bare COPY, on generated data.

``python -m benchmarks --size 100k|1m|10m`` (``make bench SIZE=1m``) writes a Markdown report.
docs/performance.md tells what is measured and holds the latest figures.
"""
