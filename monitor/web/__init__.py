"""The pages: the board, an alert, search, indicators, feeds; read without JavaScript, light and dark.

A GET never changes anything. To add a page: a module with its endpoint, a template, and a line in `routes.py`.
"""

from monitor.web.routes import create
from monitor.web.serve import serving

__all__ = ["create", "serving"]
