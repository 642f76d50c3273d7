"""Rules: read them from files, and judge articles by them."""
