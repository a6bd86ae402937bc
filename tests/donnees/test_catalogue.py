"""The catalogue is DCAT-AP: one graph in two writings, and what the profile asks of it."""

from pathlib import Path

import pytest
from pyshacl import validate
from rdflib import DCAT, DCTERMS, FOAF, RDF, SKOS, Graph, URIRef
from rdflib.compare import isomorphic

SHAPES = Path(__file__).with_name("dcat-ap.ttl")


def graph_of(site, writing):
    content = site.contenu(f"catalogue.{writing}").decode()
    return Graph().parse(data=content, format={"ttl": "turtle", "jsonld": "json-ld"}[writing])


@pytest.fixture(scope="module")
def catalogue(site):
    return graph_of(site, "ttl")


def conforms(graph):
    found, _, text = validate(graph, shacl_graph=Graph().parse(SHAPES), advanced=True)
    return found, text


def test_both_writings_are_one_graph(site, catalogue):
    assert isomorphic(catalogue, graph_of(site, "jsonld"))


def test_the_catalogue_is_what_the_profile_asks(catalogue):
    found, text = conforms(catalogue)
    assert found, text


@pytest.mark.parametrize(
    ("kind", "property"),
    [
        (DCAT.Catalog, DCTERMS.title),
        (DCAT.Catalog, DCTERMS.publisher),
        (DCAT.Catalog, DCTERMS.modified),
        (DCAT.Dataset, DCTERMS.description),
        (DCAT.Dataset, DCAT.contactPoint),
        (DCAT.Dataset, DCAT.distribution),
        (DCAT.Distribution, DCAT.accessURL),
        (DCAT.Distribution, DCTERMS.license),
        (DCAT.Distribution, DCTERMS.conformsTo),
        (DCTERMS.LinguisticSystem, RDF.type),
        (DCTERMS.MediaType, RDF.type),
        (FOAF.Document, RDF.type),
        (SKOS.Concept, SKOS.prefLabel),
        (FOAF.Agent, FOAF.name),
        (FOAF.Agent, DCTERMS.identifier),
    ],
)
def test_what_is_missing_is_told(catalogue, kind, property):
    poorer = Graph() + catalogue
    subject = next(poorer.subjects(RDF.type, kind))
    poorer.remove((subject, property, None))
    assert not conforms(poorer)[0]


def test_each_table_has_a_dataset_and_each_format_a_distribution(site, catalogue):
    names = {resource["name"] for resource in site.json("datapackage.json")["resources"]}
    datasets = set(catalogue.subjects(RDF.type, DCAT.Dataset))
    assert {str(dataset).rpartition("#table-")[2] for dataset in datasets} == names
    [whole] = catalogue.subjects(RDF.type, DCAT.Catalog)
    assert set(catalogue.objects(whole, DCAT.dataset)) == datasets
    for dataset in datasets:
        formats = {
            catalogue.value(distribution, DCTERMS.format)
            for distribution in catalogue.objects(dataset, DCAT.distribution)
        }
        europe = "http://publications.europa.eu/resource/authority/file-type/"
        assert formats == {URIRef(europe + name) for name in ("CSV", "XLSX", "ODS", "JSON")}
