"""Which day it is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime


def today(environment: Mapping[str, str] = os.environ) -> date:
    """The day in UTC; that of `SOURCE_DATE_EPOCH` where it is set, so that a build can be repeated.

    Source: https://reproducible-builds.org/docs/source-date-epoch/
    """
    epoch = environment.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdigit() and len(epoch) <= 11:
        return datetime.fromtimestamp(int(epoch), UTC).date()
    return datetime.now(UTC).date()
