// Package forecast says how far something will spread that has begun to. It is
// pure, and it never answers with a single number: a Forecast has a band, a
// method and the number of histories it was learned from.
//
// The first choice is Model, a regression on own histories of the same network
// and age (Szabo and Huberman 2010; Cheng et al. 2014). With few histories it
// is a shift on the logarithmic scale; with none there is no forecast, and that
// is said. Seismic (Zhao et al. 2015) is a second opinion for one post with at
// least fifty reposts whose audiences are known: it needs no history.
//
// See section 3 of the design's algorithms.md for the evidence.
package forecast
