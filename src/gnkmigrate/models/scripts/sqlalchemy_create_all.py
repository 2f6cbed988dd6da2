"""Creates the tables of a MetaData in the database that PG* variables name.

It runs in the project's own interpreter, which may have another Python, SQLAlchemy and driver.
"""

import importlib
import sys
from importlib.util import find_spec

import sqlalchemy
from sqlalchemy.schema import CreateSchema

module, attribute = sys.argv[1:3]
found = importlib.import_module(module)
for part in attribute.split("."):
    found = getattr(found, part)
metadata = getattr(found, "metadata", found)
if not isinstance(metadata, sqlalchemy.MetaData):
    sys.exit(f"{module}:{attribute} is neither a MetaData nor a declarative base.")
driver = "psycopg" if find_spec("psycopg") else "psycopg2"
engine = sqlalchemy.create_engine(f"postgresql+{driver}://")
with engine.begin() as connection:
    for schema in sorted({table.schema for table in metadata.tables.values() if table.schema}):
        connection.execute(CreateSchema(schema, if_not_exists=True))
    metadata.create_all(connection)
