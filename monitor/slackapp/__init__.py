"""Slack's Socket Mode: buttons under alerts and a slash command, without any public address of ours.

`asked.py` says what Slack hands us and who asks, `doing.py` does it in the database, `session.py` keeps the
connection, `serve.py` joins them.
"""

from monitor.slackapp.serve import serve

__all__ = ["serve"]
