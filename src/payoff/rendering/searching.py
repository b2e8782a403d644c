"""A search over slices as text: which lose most, with bounds for all at once, and how columns were divided."""

from payoff.record import SliceSearch
from payoff.rendering import numbers
from payoff.rendering.outline import Section
from payoff.rendering.terminal import plain_sections
from payoff.rendering.wording import part_text

MOST_LINES = 20


def search_text(search: SliceSearch, width: int = 80) -> str:
    """Return the search as plain text: the table, what is claimed, and the choices."""
    return plain_sections((_losses(search), _claimed(search), _choices(search)), width)


def _losses(search: SliceSearch) -> Section:
    rows = tuple(
        (
            part_text(each.slice),
            numbers.count(each.rows),
            *(() if each.clusters is None else (numbers.count(each.clusters),)),
            numbers.number(each.value, beside=(each.low, each.high)),
            " to ".join(
                numbers.number(end, beside=(each.value, each.low, each.high)) for end in (each.low, each.high)
            ),
            numbers.number(each.total),
            "yes" if each.confident_loss else "no",
        )
        for each in search.losses[:MOST_LINES]
    )
    title = f"Where {search.of} loses most over {search.over}, {search.unit}"
    columns = (
        "slice",
        "rows",
        *(("clusters",) if search.losses and search.losses[0].clusters is not None else ()),
        "gain",
        f"{search.level:.0%} for all",
        "in all rows",
        "confident loss",
    )
    none = "No slice judged gains less." if search.judged else "No slice could be judged: all are too small."
    return Section(title=title, columns=columns, rows=rows, lines=() if rows else (none,))


def _claimed(search: SliceSearch) -> Section:
    searched, judged, small = (numbers.count(one) for one in (search.searched, search.judged, search.small))
    confident = numbers.count(search.confident)
    slices = "slice" if search.searched == 1 else "slices"
    gain = "gains" if search.losing == 1 else "gain"
    are = "is" if search.small == 1 else "are"
    lines = [
        f"{searched} {slices} of {', '.join(search.columns)} searched, {judged} judged; {small} {are} too small.",
        f"{numbers.count(search.losing)} {gain} less than nothing, {confident} of them with confidence.",
        "The intervals hold for all judged slices at once, so for whichever looks worst.",
        "A loss found here is where to look, on rows that were searched; judge a change on fresh rows.",
    ]
    hidden = search.losing - min(len(search.losses), MOST_LINES)
    lines += (
        [f"{numbers.count(hidden)} more {'loses' if hidden == 1 else 'lose'} less."] if hidden > 0 else []
    )
    lines += [f"Note: {search.note}."] if search.note else []
    return Section(title="What this says", lines=tuple(lines))


def _choices(search: SliceSearch) -> Section:
    return Section(title="How columns were divided", lines=search.choices)
