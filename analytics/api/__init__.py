"""The REST API, version 1: what programs read and send."""
