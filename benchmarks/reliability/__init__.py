"""What the service loses, doubles and lets through while the world around it misbehaves: `make reliability`.

Each figure counts harm that must not be done; one module each, listed in `__main__.py`. The parts that misbehave
(servers, readers, a PostgreSQL) are those of the tests, which run a short form of every figure.
"""

import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[2] / "tests"

if str(TESTS) not in sys.path:  # pytest has put it there already
    sys.path.append(str(TESTS))
