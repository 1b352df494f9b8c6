"""Tests of the project: settings, embedded database, health, accounts."""
