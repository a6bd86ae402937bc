"""What axe finds in a page: the faults of accessibility that a program can see."""

from axe_playwright_python.base import AXE_SCRIPT

# Of all that axe tells, only the faults leave the page, and no selector of what they blame is looked for.
# Preloading, it would copy the sheets of style into the page: our policy refuses it, and the console says so.
FAULTS = """
rules => axe.run({
    resultTypes: ["violations"], selectors: false, preload: false, ...(rules && {runOnly: rules})
}).then(
    found => found.violations.map(fault => [fault.id, fault.nodes[0].html])
)
"""
# All the rules of axe that read a colour, of those that it runs unless told otherwise.
COLOURS = ["color-contrast", "link-in-text-block"]


def faults_of(page, rules=None):
    """Return the faults that axe finds, by all its rules or by `rules`, each with what it blames."""
    # Half a megabyte of script: a page that is read twice is given it once.
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(FAULTS, rules)
