// Package detect says whether a count is out of the ordinary for a series of
// counts, and how sure that is. It is pure: counts and times in, verdicts out.
//
// A Series learns what is usual: a level that is forgotten by half in a week,
// times a factor for the hour of the week. A count is scored by the tail of a
// negative binomial distribution, because posts come in clusters and a Poisson
// tail would cry wolf. What is scored is not compared with a threshold that
// somebody must know, but with the strongest candidates of the last four weeks:
// a Budget of so many alerts a week decides. A Share does the same for the
// part of posts that is negative, an EWMA finds slow drift of daily values, and
// Bursts draws the bursts of a history.
//
// Everything costs O(1) per count. The types are plain values that are kept as
// JSON and belong to one goroutine. The formulas and their evidence are those of
// section 2 of the design's algorithms.md; the sources are named where they are
// used.
package detect
