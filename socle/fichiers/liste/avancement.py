"""How far a long work has come, on the terminal of whoever looks at it."""

WIDTH = 30
TIMES = 100


def tell_progress(stream, mot):
    """Return what passes rows on, and draws on `stream`, if it is a terminal, how many are done."""

    def over(rows):
        if not stream.isatty():
            return rows
        return drawn(stream, mot, rows)

    return over


def drawn(stream, mot, rows):
    total = len(rows)
    step = max(1, total // TIMES)
    for done, row in enumerate(rows):
        if done % step == 0:
            filled = WIDTH * done // total
            bar = "█" * filled + "░" * (WIDTH - filled)
            stream.write(f"\r{mot} {bar} {100 * done // total} %", ending="")
            stream.flush()
        yield row
    stream.write("\r\x1b[K", ending="")
