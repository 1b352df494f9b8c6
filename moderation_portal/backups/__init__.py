"""Backup and restore: every row of every table, in one file, without programs of PostgreSQL.

The file holds rows, not statements: the tables are made by the portal's own migrations. So it is
read by any PostgreSQL from 15, an older one than wrote it too, and cannot run anything.
"""
