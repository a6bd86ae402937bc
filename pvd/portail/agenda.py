"""The next dates of a commune, as a calendar file: RFC 5545, read by any agenda."""

import datetime

from icalendar import Calendar, Event

from socle.dates import ONE_DAY, Precision, bare, last_day

PRODID = "-//Petites villes de demain//Dates des communes//FR"


def calendar(situation, suites, updated, url):
    """Return the calendar of the days of `suites`, each a whole day.

    Nothing in it reads the clock: asked twice on the same records, it answers the same bytes.
    `updated`, the last day of which the records know anything, stamps the events; `url` is the absolute
    address of the page, with which, and with the key of each date, no two events share a name.
    """
    found = Calendar()
    found.add("prodid", PRODID)
    found.add("version", "2.0")
    found.add("x-wr-calname", f"Petites villes de demain : {situation.nom}")
    for suite in suites:
        found.add_component(event(situation, suite, updated, url))
    return found.to_ical()


def event(situation, suite, updated, url):
    """Return a date as an event that lasts the whole day and leaves the reader free."""
    stamp = datetime.datetime.combine(updated or situation.jour, datetime.time(), datetime.UTC)
    found = Event()
    found.add("uid", f"{suite.cle}@{situation.commune.pk}.{host_of(url)}")
    found.add("dtstamp", stamp)
    found.add("dtstart", suite.jour)
    last = last_day(suite.jour, suite.precision)
    if last != suite.jour:
        # Known to the month or to the year: the event lasts all of it, no day is made up.
        found.add("dtend", last + ONE_DAY)
    found.add("summary", f"{situation.nom} : {suite.titre[0].lower()}{suite.titre[1:]}")
    description = suite.texte
    if suite.precision != Precision.JOUR:
        description = f"Date connue : {bare(suite.jour, suite.precision)}. {description}"
    found.add("description", description)
    found.add("url", url)
    found.add("transp", "TRANSPARENT")
    return found


def host_of(url):
    """Return the name of the site, without its port: « exemple.fr »."""
    return url.split("/")[2].split(":")[0]
