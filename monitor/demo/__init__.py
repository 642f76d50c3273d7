"""The demo: a recorded week of sample feeds, replayed through the whole service on this machine alone."""
