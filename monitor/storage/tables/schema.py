"""What every table belongs to."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, MetaData

Number = BigInteger().with_variant(Integer(), "sqlite")  # where an INTEGER has 64 bits

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
