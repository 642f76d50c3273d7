"""Bongsu: a watch on the news of North-East Asian security."""

__version__ = "0.1.0"
