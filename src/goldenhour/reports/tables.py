# SPDX-License-Identifier: Apache-2.0
"""The two tables of a ledger, in words that SQLite and PostgreSQL both understand."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

metadata = MetaData()

reports = Table(
    "reports",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False, index=True),
    Column("said", Text, nullable=False),  # JSON, as reports.wire writes it
    Column("place", LargeBinary),  # WKB, EPSG:4326; null if the place is not known
    Column("min_lon", Float),
    Column("min_lat", Float),
    Column("max_lon", Float),
    Column("max_lat", Float),
    Column("about", Text, nullable=False, index=True),
    Column("seen_from_us", BigInteger, nullable=False),  # microseconds since 1970, UTC: exact
    Column("seen_to_us", BigInteger, nullable=False),
    Column("valid_until_us", BigInteger),
    Column("source", Text, nullable=False),
    Column("reliability", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("exercise", Boolean, nullable=False),
    Column("credibility", Integer, nullable=False),
    Column("sensitivity", Text, nullable=False),
    Column("supersedes", Text, nullable=False),  # ids joined by blanks
    Column("seal", BigInteger, nullable=False),  # checksum of the row: a flipped bit is noticed
)
"""What was said, once each."""

receipts = Table(
    "receipts",
    metadata,
    Column("report_id", Text, ForeignKey("reports.id"), primary_key=True),
    Column("recorded_at_us", BigInteger, primary_key=True),
)
"""When each was heard. The earliest counts, so two ledgers merge by plain union."""
