"""The project: settings, URLs, accounts and the embedded database server."""
