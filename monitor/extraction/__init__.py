"""What an article tells: mentions of known names, and events with their roles and status."""

from __future__ import annotations

import os

# One thread for OpenBLAS: the matrices are small, and a second thread only burns the other core. It reads this
# once, when numpy is first imported; no module of this folder can be imported before this line.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
