"""What axe finds in a page: the faults of accessibility that a program can see."""

from axe_playwright_python.base import AXE_SCRIPT

# Of all that axe tells, only the faults leave the page. Preloading, it would copy the sheets of style into
# the page: our policy refuses it, and the console says so.
FAULTS = """
axe.run({resultTypes: ["violations"], preload: false}).then(
    found => found.violations.map(fault => [fault.id, fault.nodes[0].html])
)
"""


def faults_of(page):
    """Return the faults that axe finds, each with the element it blames."""
    # Half a megabyte of script: a page that is read twice is given it once.
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(FAULTS)
