package demo

import (
	"math"
	"time"
)

// story is something that happens besides everyday life. Its posts come on top.
type story struct {
	begins time.Duration // before the end of the history
	lasts  time.Duration
	about  subject
	after  subject // what people say in the last third; 0: the same
	rate   func(hours float64) float64
	bots   bool // told by the bots
}

// HistoryDays is how far back the world goes.
const HistoryDays = 60

const (
	day        = 24 * time.Hour
	smellHours = 30 // since when the machine smells
)

// stories are the events of the sixty days. A rate is in posts an hour, so many
// hours after the story began.
var stories = []story{
	{begins: 45 * day, lasts: 6 * day, about: launch, rate: decay(9, 40)},
	{begins: 33 * day, lasts: 7 * day, about: delay, rate: swell(4.5, 60, 40)},
	{begins: 20 * day, lasts: 3 * day, about: viral, rate: spread(2_600, 9, 1.35)},
	{begins: 13 * day, lasts: 6 * time.Hour, about: campaign, rate: func(float64) float64 { return 48 }, bots: true},
	{begins: 9 * day, lasts: 4 * day, about: compare, rate: decay(5, 30)},
	{begins: 10 * day, lasts: 10 * day, about: purchase, rate: func(h float64) float64 { return 0.4 + h/120 }},
	{begins: smellHours * time.Hour, lasts: smellHours * time.Hour, about: smell, rate: func(h float64) float64 { return 0.8 * math.Exp(h/7) }},
}

// decay falls to a third every so many hours.
func decay(top, hours float64) func(float64) float64 {
	return func(h float64) float64 { return top * math.Exp(-h/hours) }
}

// swell rises and falls again like a bell about its middle.
func swell(top, middle, width float64) func(float64) float64 {
	return func(h float64) float64 { d := (h - middle) / width; return top * math.Exp(-d*d) }
}

// spread is what a shared story causes: a memory that fades by a power law (see
// algorithms.md 3), so that total posts come of it in the end.
func spread(total, delay, power float64) func(float64) float64 {
	return func(h float64) float64 {
		return total * (power - 1) / delay * math.Pow(1+h/delay, -power) / 8
	}
}

// told is what a story's post is about, so long after it began.
func (s *story) told(since time.Duration) subject {
	if s.after != 0 && since > s.lasts*2/3 {
		return s.after
	}
	return s.about
}

// A history that is over goes on alive: the machine smells ever more, the brand
// speaks, people calm down, and some time later it begins again.
const (
	cycle    = 40 * time.Minute
	speaks   = 12 * time.Minute // when the brand makes its statement
	soothed  = 24 * time.Minute // by when most have calmed down
	entering = 5 * time.Minute  // where in the cycle the live world begins
)

// worry is the share of posts about the machine, and of these the calm ones, at
// a moment of the cycle.
func worry(at time.Duration) (share, calmed float64) {
	switch m := at.Minutes(); {
	case at < speaks:
		return 0.12 + 0.4*m/speaks.Minutes(), 0
	case at < soothed:
		return 0.4 - 0.02*(m-speaks.Minutes()), (m - speaks.Minutes()) / 16
	}
	return 0.04, 0.5
}
