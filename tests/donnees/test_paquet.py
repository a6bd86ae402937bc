"""The whole package is valid to frictionless, on several days; so is each workbook to its schema."""

import copy

import pytest
from frictionless import Package, Resource, Schema


def faults(report):
    return report.flatten(["name", "rowNumber", "fieldName", "type", "message"])


def test_the_package_of_a_day_is_valid(site, jour):
    package = Package(site.adresse("datapackage.json", jour))
    assert faults(package.validate()) == []
    assert len(package.resources) >= 15


def test_a_file_that_is_wrong_is_told(site):
    """Of the same package, a key that points nowhere is found: what is valid has been looked at."""
    described = copy.deepcopy(site.json("datapackage.json"))
    for resource in described["resources"]:
        for key in resource["schema"].get("foreignKeys", ()):
            if resource["name"] == "communes" and key["fields"] == ["siren_epci"]:
                key["reference"]["fields"] = ["nom_epci"]
    told = faults(Package.from_descriptor(described).validate())
    assert {fault[3] for fault in told} == {"foreign-key"}


@pytest.mark.parametrize("extension", ["csv", "xlsx", "ods"])
def test_each_file_alone_fits_its_schema(site, table, extension, tmp_path, monkeypatch):
    (tmp_path / f"{table}.{extension}").write_bytes(site.contenu(f"{table}.{extension}"))
    monkeypatch.chdir(tmp_path)
    schema = Schema.from_descriptor(site.json(f"schemas/{table}.json"))
    assert faults(Resource(path=f"{table}.{extension}", schema=schema).validate()) == []
