"""Writes the OpenAPI description to stdout: `python -m monitor.web.api > docs/openapi.json`."""

from __future__ import annotations

import json
import sys

from monitor.web.api.application import description

sys.stdout.write(json.dumps(description(), ensure_ascii=False, indent=2, sort_keys=True) + "\n")
