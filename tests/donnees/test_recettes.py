"""The lines of `lisez-moi`, run as they are written: codes keep their zeros, the rows are those of JSON."""

import re

import duckdb
import pandas
import pytest

# Of all France, codes that begin with a zero: those of the reference, read without their types, lose it.
CODES = re.compile(r"^0\d{4}$|^\d{9}$")


def recette(site, table, programme):
    """Return the line that the notice of a table gives for a program."""
    told = site.contenu(f"{table}.lisez-moi.txt").decode()
    _, _, after = told.partition(f"\n{programme} :\n    ")
    return after.partition("\n")[0]


@pytest.fixture
def dit(site, table):
    """What JSON says of a table, and its fields."""
    return site.json(f"{table}.json"), site.json(f"schemas/{table}.json")["fields"]


def compared(rows, told, fields):
    """Refuse a row that differs from JSON: a text is the same text, what is empty is empty."""
    assert len(rows) == len(told)
    texts = [f["name"] for f in fields if f["type"] == "string"]
    for row, record in zip(rows, told, strict=True):
        for name in texts:
            value = None if pandas.isna(row[name]) else row[name]
            assert value == record[name], name


def test_pandas_reads_a_table_by_its_line(site, table, dit):
    told, fields = dit
    frame = eval(recette(site, table, "pandas (Python)"), {"pandas": pandas})
    assert list(frame.columns) == [field["name"] for field in fields]
    compared(frame.to_dict("records"), told, fields)
    for field in fields:
        if field["type"] == "date" and told:
            assert str(frame[field["name"]].dtype).startswith("datetime64"), field["name"]


def test_duckdb_reads_a_table_by_its_line(site, table, dit, tmp_path):
    """Its `httpfs`, which reads an address, is fetched from its authors: here the file is beside it."""
    told, fields = dit
    line = recette(site, table, "DuckDB")
    path = tmp_path / f"{table}.csv"
    path.write_bytes(site.contenu(f"{table}.csv"))
    line, replaced = re.subn(r"'http[^']*'", f"'{path}'", line)
    assert replaced == 1
    found = duckdb.sql(line)
    assert found.columns == [field["name"] for field in fields]
    compared([dict(zip(found.columns, row, strict=True)) for row in found.fetchall()], told, fields)


def test_without_their_line_codes_lose_their_zero(site, tmp_path):
    """What the line is for: 01033 would be a number."""
    path = tmp_path / "communes.csv"
    path.write_text("code_insee,siren_commune\r\n01033,210100335\r\n", newline="")
    assert pandas.read_csv(path)["code_insee"].tolist() == [1033]
    line = recette(site, "communes", "pandas (Python)")
    dtype = eval(re.search(r"dtype=(\{.*?\})", line)[1])
    read = pandas.read_csv(
        path, dtype={name: dtype[name] for name in ("code_insee", "siren_commune")}
    )
    assert read.iloc[0].tolist() == ["01033", "210100335"]
    types = eval(re.search(r"types = (\{.*?\})", recette(site, "communes", "DuckDB"))[1])
    kept = {name: types[name] for name in ("code_insee", "siren_commune")}
    assert duckdb.sql(f"SELECT * FROM read_csv('{path}', types = {kept})").fetchall() == [
        ("01033", "210100335")
    ]
