"""What is not kept of people: DATA."""

import re

from marketplace import app as _every_table
from marketplace.core.db import Base

WATCHED = re.compile(
    "biometric|camera|emotion|feeling|gaze|gps|heart|idle|keystroke|latitude|location|longitude|microphone|mood|mouse|"
    "posture|recording|screen|screenshot|sentiment|sleep|stress|typing|webcam|whereabouts"
)
"""Words for what is watched elsewhere. A column that needs one of them is thought about twice."""


def watched(table: str, column: str) -> bool:
    return any(WATCHED.fullmatch(word.removesuffix("s")) for word in f"{table}_{column}".split("_"))


def test_no_column_watches_people() -> None:
    assert _every_table.TABLES
    columns = [(table.name, column.name) for table in Base.metadata.tables.values() for column in table.columns]
    assert len(columns) > 500
    assert [pair for pair in columns if watched(*pair)] == []
    assert watched("time_entry", "screenshot_at")
    assert not watched("time_entry", "started_at")
