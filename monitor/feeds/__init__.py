"""Polling feeds: fetch, parse, tell the new from the known, say when to come back."""
