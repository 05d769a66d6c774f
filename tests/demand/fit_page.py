"""The page docs/evidence/fit.md, around the tables that `test_fit_evidence` measures."""

import datetime as dt
import os

HELD_OUT = 26
SHARE = 0.9
# Of fewer weeks with sales no sum is known.
LEAST_SOLD = 5
# Weeks that a stock of bicycles covers: parts in 15 to 19 days, assembly in 4, half a review.
BICYCLE_WEEKS = 4.0


def page(
    control, spare, bicycles, control_sums, spare_sums, book_sums, bicycle_sums, *, halves, others, moved, season, more
):
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    left = f"the other {others[0]} are inside {others[1]}"
    told = "{:.1f}, {:.1f} and {:.1f}".format(*moved)
    instants, tried, sizes, trend = more
    return f"""# Does the fitted demand hold for weeks it has not seen?

Of spare parts it does: sums of what a stock has to cover lie inside their {SHARE:.0%} range 87 to 93% of the time in
each class of which there are enough parts to say so. Of AdventureWorks no class has products enough, and two are inside
less often at the last instant, for reasons told [below](#sums-over-the-exposure).

Measured on {dt.datetime.now(dt.UTC):%Y-%m-%d} on {os.cpu_count()} cores and {memory:.0f} GiB with

    CODP_EVIDENCE=full python -m pytest -m evidence tests/demand/test_fit_evidence.py

Demand is fitted to all weeks but the last {HELD_OUT}; then each of the {HELD_OUT} is looked up in the
equal-tailed {SHARE:.0%} range of the fitted distribution. *Expected* is the probability that the fit
itself gives to its range: demand in whole units, or with many weeks at zero, cannot hit 90% exactly, so
it is above. *Inside* is the share of held-out weeks in the range, *above* of those above it. *Mean
after / before* is the median over the products of the mean of the held-out weeks over the fitted mean:
1 where demand neither grew nor shrank. Classes are those of Syntetos, Boylan & Croston on the weeks
fitted. Weeks of different products count alike.

## Simulated demand (the control)

Weeks drawn from the distributions fitted to the spare parts, fitted anew and looked up in the same way.
The world is stationary and the family is one of the five, so what is missing between *inside* and
*expected* is the price of estimating mean, CV and family from some 124 weeks. The median of the last
column is below 1 because rare demand is skewed: most products see fewer sales than their mean, a few
see many more.

{control}

## Spare parts of a manufacturer

Returns are set to zero, weeks before the launch and after the end of life are left out. There are no
order lines, so a week with sales counts as one order.

{spare}

The ranges hold to within about one point for the two large classes. For erratic parts they are too
narrow, on both sides; with 23 of them, none looked into one by one, this says only that a fit to them
deserves less trust. The last column is lower than in the control, so these parts declined somewhat; a range
that includes zero does not notice.

## AdventureWorks

{HELD_OUT} weeks fitted, {HELD_OUT} held out; products launched or ended within the weeks fitted have
less than 26 weeks and are refused, so that only the products below remain.

{bicycles}

Smooth products fall out of the range more often than they should, and nearly always below it: their
level sank by nearly a quarter after the weeks that were fitted, which no fit to those weeks
can know. In the three other classes there are too few products to say anything.

## Sums over the exposure

What a stock has to cover: sums of 8 or 17 weeks for the spare parts (lead times of 7 and 16 weeks, half a week
of review), of {BICYCLE_WEEKS:.0f} for AdventureWorks, every one inside the {HELD_OUT} held-out weeks. *Inside*
is their share in the equal-tailed {SHARE:.0%} range that the fit gives to the sum; where it cuts a whole number
in two, that part of its probability counts which lies inside, so that a right fit has {SHARE:.0%} whatever the
units. *Weeks independent* is the same with the CV of weeks (`open_cv`) in place of that over the exposure.
Products with sales in fewer than {LEAST_SOLD} weeks are left out: of their sums nothing is known. So are
products whose life ended within the weeks fitted: of an end readers are told by name, and they get the demand of
their life on purpose.

Simulated demand (the control):

{control_sums}

Spare parts:

{spare_sums}

AdventureWorks, the whole book of three years, products whose life has not ended before the weeks held out:

{book_sums}

AdventureWorks, {HELD_OUT} weeks fitted:

{bicycle_sums}

*95% interval* is that of *inside* where products are drawn anew with all that is theirs: sums of one product overlap
and are no cases of their own. Products share a season and channels, so that it is rather too narrow. What was asked
for is *confirmed* where the interval lies within 87 to 93%, *refuted* where it lies outside, else *undecided*: of
fewer than some 150 products no share is known to three points, and of fewer than ten nothing is said.

**The control** has the {SHARE:.0%} that a right model has: errors of level and deviation are in the range of a
sum, since what some 124 weeks tell of them is itself uncertain. Without them it is at 86%. That real levels wander and
that orders may be larger than any seen is counted with in a world where neither is so, which makes its ranges half a
point to two points wider.

**Spare parts** are inside 87 to 93% of the time in each class of more than one part, which is confirmed for the
intermittent and the lumpy ones; for the 22 erratic ones the interval is wider than that, so that nothing is shown of
them by themselves. That a level may wander is worth five points for erratic parts, whose sums vary least, and about
half a point for the others; that orders may be larger than any seen, a point and a half for intermittent ones. Of the
one smooth part the demand fell by half.

How much a level wanders is hardly to be seen in one part's weeks: halves of its life differ a little more
than its variability explains, thirds and quarters less (the variance of their differences is {told} times
that of independent weeks). So a prior stands beside them: three levels in ten wander, by 30% a year on average, which
each product's weeks confirm or refute. It was chosen on half of the products (by a digest of their
keys): the least share, in steps of 0.05, with which each class of ten parts or more is inside at least 88% of
the time there. Room for sizes not seen was chosen on the same half, over three instants: of squared CVs of 1, 1.5 and
2 that weigh as much as 6, 10, 15 or 20 orders the least with which intermittent parts are inside 89.5% of the time; the
other half was in sight meanwhile, so that it is no strict test of these. It tells what both are worth:

{halves}

**AdventureWorks.** Seasons go on in the weeks held out, and a product whose own years are too few takes that of
its family. No class has products enough to confirm or refute what was asked: all intervals reach into it. The shares
of two classes lie below it, and no range that is right elsewhere would have them:

- *Erratic*: helmets and caps (four of the {others[0] + 4}) sell two and a half times as much since a web
  shop opened 20 weeks before the weeks held out; three years have one such step, and line and season take it for
  theirs. Without them {left}.
  A range that holds more of them ([a trend is a walk](#what-was-tried)) is too wide for a trend that is one: the weeks
  before are like those of TREND of the known truth.
- *Intermittent*: six products. A road frame and a handlebar of one and a half years sell next to nothing in the winter
  held out: of a season there is one winter to tell it by. The other four are inside nine times in ten. Sums of their
  own past are below their range as often, since no family of demand has months without sales between regular ones;
  wider ranges reach them below, and cost stock above.

Give `demand_per_week` where you know of a new channel or of a successor. Ranges of {HELD_OUT} weeks are wider, since
half a year does not tell its season: [short books](short-books.md).

## At other instants

Whole books cut half a year, a year and a year and a half before their end, with the {HELD_OUT} weeks after each.
*Before* is the fit without room for sizes not seen, and without what a level that moves does until its sums begin.

{instants}

Spare parts are inside 87 to 93% of the time at each instant and in each class of ten parts or more. Of AdventureWorks
no instant is like another: after the earliest nearly all sums were inside, and in the half year after the next one half
of the products were replaced by a new generation, of which no range knows.

## Orders larger than all before

Rare demand leaves its range because of the size of its orders, not because of their number. Spare parts at the three
instants, by the fit without room for such orders: how many weeks with sales came after, over those expected; the
variance of that number, over what chance explains; how often one of these weeks sold half as much again as the largest
before; and how often of the parts with three sums in ten above their range.

{sizes}

Of intermittent parts the weeks with sales are as many as expected, and vary as chance has it. Their sizes vary more
than they did: parts whose sizes happened to be alike were called intermittent for it. Lumpy parts sold a tenth more
often than before, too.

## What was tried

Share inside at the last instant and, in brackets, what a stock at the 95% fractile of these ranges costs over the half
year held out (holding, and 19 times as much for what is short), over that of the fit as it is.

{tried}

- *Sizes not seen* and *a moving level* are in the fit: what is inside and what it costs are both better with them, but
  for intermittent products of AdventureWorks, of which six are no proof.
- *More wandering* mends erratic parts, of which 22 show nothing; smooth products of AdventureWorks would be inside too
  often, and so would erratic demand in the control, where it already stands at the upper end.
- *Own past sums* bring intermittent products of AdventureWorks into 87 to 93%, and smooth and lumpy ones out of it.
  They are missed below, where months sell nothing, and a larger CV pays for that with stock above.
- *The class half a year earlier* takes the end of a generation for what will be. A range of that width is none.
- *Compound Poisson first* is worth half a point to a point and a half of rare demand, and would overrule the nearest
  family of each such product.
- *A trend is a walk* would bring more of the web shop's products in and save stock. But TREND of the known truth, a
  straight line from 20 to 60, would be told {trend:.2f} times as wide as it is, and its promise too dear: of three
  years' weeks nobody tells the one from the other.

A season of all products, where a family tells none, lost at one instant what it gained at another; seasons of families
differ too little from one year to the next for their spread to matter as an error of the level; and with the family
that is nearest to sums, in place of weeks, spare parts are inside less often.

## A season of known truth

A hundred books of 156 weeks from one process: 40 a week, a yearly sine of 50%, CV 0.3 around it. *One who knows
the form* fits one sine and cosine by weighted least squares with the true weights: no unbiased estimate that is
linear in the weeks has less error. Factors in points.

{season}

The fitted season is as near as the weeks allow, and its CV is that of the weeks drawn. Of a hundred books seven
have a month that is more than 8 points off, for the one who knows the form likewise. SEAS of the known truth is
one of them: 8.7 points, as his 9.0; its CV is 0.296. SEASBIG, with CV 0.1 around the sine, is 0.6 points off.
"""


def page_of_lengths(lengths, simulated):
    """The page docs/evidence/short-books.md."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"""# How far do ranges of short books hold?

Half a year of weeks tells no season, and its ranges count with one ([fit](../fit.md#sums-over-the-exposure)): where
products go on selling, sums of the half year after are inside their {SHARE:.0%} range about as often in a short book
as in a long one. A range knows of no end: where a generation of products is replaced, give `demand_per_week` of the
new one.

Measured on {dt.datetime.now(dt.UTC):%Y-%m-%d} on {os.cpu_count()} cores and {memory:.0f} GiB with

    CODP_EVIDENCE=full python -m pytest -m evidence tests/demand/test_fit_evidence.py -k short

## Real books

Each book is cut to its last 13, 26, 52 or 104 weeks at instants half a year apart, and sums over the exposure are
looked up in the {HELD_OUT} weeks after each. A product counts that has lived three quarters of these weeks and sold
in {LEAST_SOLD}; of the spare parts every third is taken.

*Before* is the same fit without a season that is not told and with Poisson demand whose mean is
taken as known. *That went on* are the products with sales in the second quarter after: of AdventureWorks half of
those alive in June 2019 were replaced in the weeks that followed. What one knows of the half year after selects them,
so that this column is no forecast's; the intervals are those of all products, and of fewer
than ten nothing is said. Below 26 weeks `codp fit` refuses a
product unless `--weeks` says otherwise.

{lengths}

The season's prior (half of the products, an amplitude of 40% on average) is the least of four that were tried (shares
of 0.4 to 0.6, means of 0.3 to 0.6) with which smooth products that go on are inside at least 87% of the time after 13
and 26 weeks on half of the products of AdventureWorks (by a digest of their keys); on the other half they are 91% and
87% of the time. Spare parts have hardly a season, and their ranges are wider than they need be after 13 and 26 weeks.

What stays refuted are rare products of AdventureWorks, of which there are few, and every range over the end of a
generation.

## Simulated books of known truth

60 books of each kind, sums of four weeks: a figure is known to two or three points. Two figures: before, and now.
The price of the room for a season is seen where there is none: ranges of regular demand hold nearly always.

{simulated}

A level that wanders by 30% a year in every book, of which the prior expects a tenth, is told too narrowly where weeks
are regular and the book is long: the ranges are those of a book in which most levels stay.
"""
