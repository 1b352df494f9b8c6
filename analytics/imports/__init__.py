"""The ways in and out: read, validate, store; and the documents given back."""
