"""Storage: one schema for SQLite and PostgreSQL, read and written through functions on a connection.

Each module holds the questions about one noun. `Database` gives the connections; what belongs together
(matches, their alert, the deliveries it causes) goes into one `with database.write() as conn:`.
"""

from sqlalchemy import Connection

from monitor.storage.database import Database

__all__ = ["Connection", "Database"]
