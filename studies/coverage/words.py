"""The words of the page: what was drawn, what is counted, and what is left out."""

INTRODUCTION = """\
# Coverage: what was simulated

Written by `python -m studies.coverage` from [the figures](../../studies/results/coverage-confirming.jsonl); not edited
by hand. It draws data sets whose true gain is known, lets payoff's own functions judge each (from tables to tier,
interval and confidence, as an evaluation does), and counts how often the [tiers](tiers.md) keep their promise.

**Seeds.** What was tried on the way ran on other seeds, 1 and 2, of which no figure is in the tables. There two values
of finite support turned out to need [half a step](../decisions/0016-finite-support-counts-half-a-step.md). A first
confirming run on seed 20261125 broke promises, and rules were moved for them: the heaviest tails are [widened five
times](../decisions/0017-the-heaviest-tails-are-widened-five-times.md), and [four
more](../decisions/0020-rules-moved-for-the-promises-of-the-study.md). Then everything that such a rule could touch
is drawn again, once, on a fresh seed, 20261126: all cells but those of a fixed threshold whose draws of the first
run all lay in tiers A and F, where nothing was moved. These are shown as they were drawn first. One more rule was
moved for the [top tenth](../decisions/0039-a-moving-cut-has-the-tail-of-its-rows.md), whose seed is 20261127.

**Rows.** One in ten is an event. Acting on an event moves an amount of mean 20; acting on any other row moves a
constant the other way, so that acting on all rows is worth exactly 0. *Gains*: events earn and others cost. *Losses*:
the reverse. The mean number of events is given; how many there are is drawn. Amounts are *constant* (a number of the
value formula: tier F), *gamma* with shape 2, *lognormal* with sigma, or *Pareto* with exponent 2.1, whose skewness is
infinite. Beside the grid: a *constant column*, which payoff cannot know to be constant, and amounts *cut* at 400,
with that cap declared (tier B).

**Clusters** have five rows and a number of events with an intraclass correlation of 0.2; all events of a cluster move
the same amount. Their events are the clusters that hold one. A cluster's total is heavier-tailed than one row's
contribution, as column r shows.

**Rules.** *Fixed*: the threshold was given. *Tuned*: `best` of forty values of a score that knows nothing, so that the
gain is 0 whichever is picked; cut, band and verdict as in an evaluation against nobody. *With skill*: the same with an
AUC of 0.80 (of the clusters' score: between clusters with and without event); what is asked of is the true gain of the
threshold picked. *Top*: the best tenth of the rows by a score with skill is acted on, wherever its cut falls in the
draw (a capacity of one pool); the events given are those among the rows acted on, rows of a cluster share their amount
and half of them, by lot, their score.

**r** is abs(skewness)/sqrt(n) of the *population*, acting on all rows; for *top* that of a population with as many
events. payoff sees the sample's."""

READING = """\
Each promise per rule: **kept** where every cell is within the limit, **broken** where one lies more than two Monte
Carlo errors beyond it, **open** where one lies beyond by less: the run cannot tell. Open cells are drawn again, ten
times as often (`--settle`), and the larger run stands. The cell shown is the one nearest to the limit, or furthest
beyond, in its own Monte Carlo errors.

A *false clear* is a draw that is judged and clears a hurdle which the gain equals, as a share of **all** draws, judged
or not. Coverage is told twice. *Of all draws*: an interval that holds the gain counts, one that does not and none at
all both count as not held, so abstaining never helps. *Of printed*: draws without an interval are left out, so what is
read is what a reader of an interval meets. Promises are made up to lognormal 2.0: a Pareto's false clears are shown,
none is promised. *Seen*: a hurdle 3.3 true standard errors below the gain is cleared. Without skill every threshold
has the same gain, so `seen` of *tuned* is no measure of power. Where gains are few the hurdle can lie below any value
that the cap or the support allows, and is then cleared with certainty."""

BROKEN = """\
- **Moved until they held** ([0020](../decisions/0020-rules-moved-for-the-promises-of-the-study.md)). In the first run
  84% of clusters were judged at lognormal 1.0 with 200 events (85 asked), a tuned threshold saw 84% of real gains in
  tier A (85 asked), and constants with 20 or 50 events had no interval once a threshold was tuned. All events of a
  cluster move one amount, up to five times, so that its total has r = 0.46 where a row's contribution has 0.30: the
  limit of r was raised. The band's price for thresholds that nobody would have picked is no longer paid. And what
  holds on a declared support at any size is used for a half of the rows too.
- **Broken: coverage of all draws, a constant read from a column, 20 and 50 events.** The intervals that are printed
  hold; with fewer than 50 deciding events none is, and a mean of 50 events gives fewer in half of the draws. It
  cannot be kept without giving up the rule of 50. A limit of 12 events would print enough, and in a side run (10,000
  draws of each of lognormal 1.5 and 2.0, losses, 20 and 50 events) false clears stayed within 2.8, 4.1 and 7.1%. But
  equal numbers in a column do not say that the next is equal: a loss of any size that comes with one event in twenty
  is not among 12 events in 54% of draws, among 50 in 8%. No amounts of this grid are such a mixture, so that it would
  not show; the rule of 50 is for those that are. With the number written into the value formula payoff knows, and
  keeps the promise (tier F).
- **What it costs**: heavy tails are often not judged, and tier A- sees less. Of losses with 200 events and a gain 3.3
  standard errors above the hurdle, 82% are cleared at 0.95 at lognormal 0.7 and 69% at 1.0; at 1.5 six in ten draws
  are judged, at 2.0 three in ten.
- **What is not promised**: that an interval holds *given* that it is printed, where the population's tail is heavy.
  At lognormal 2.0 draws with few events are judged just because their great amounts have not been drawn: with 50 to
  200 events 80 to 90% of the printed intervals hold. The promise is about all draws: so few are printed that 4% clear
  falsely.
- **Moved for the top tenth** ([0039](../decisions/0039-a-moving-cut-has-the-tail-of-its-rows.md)). On seed 20261126 it
  cleared falsely in 5.25% of 2,000 draws (error 0.50, at most 4) in clusters at lognormal 2.0, losses, 100 events, and
  printed no interval for constants with few events. Its tail is now told without the value at the cut, and constants
  are judged on their declared support. All its cells are drawn again on 20261127; those figures are the ones shown."""

LEFT_OUT = """\
- **Cells that did not run** are counted in the first table; no promise is kept on their behalf. The command goes on
  where it was stopped: most thresholds that are tuned have yet to be drawn again by the moved rules. In side runs on
  seed 2 these held: intervals of tuned constants with 20 events in 98.7% of 1,000 draws, of tuned clusters of
  constants with 50 in 98.2 and 99.8% of 400; false clears at lognormal 2.0, losses, 200 events, in 2.7, 4.1 and 8.8%
  of 1,000.
- **Thresholds over more than forty scores**: an evaluation looks at up to 120 cuts. More cuts, more to pick from, and
  a larger critical value; the band adapts by itself.
- **The doubt in assumptions, volumes, pending outcomes and weights** is outside: these are intervals of sampling.
- A run of fewer draws has larger Monte Carlo errors; they are printed with each promise. At 5% they are 0.22 points
  with 10,000 draws, 0.49 with 2,000, 0.97 with 500."""
