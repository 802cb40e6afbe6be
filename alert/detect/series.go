package detect

import (
	"math"
	"slices"
	"time"
)

const (
	warmUp     = 12 * time.Hour // whose median is the first level
	hurry      = 24 * time.Hour // after that, in which much is learned
	hurryRate  = 0.02           // of the level, for each bin
	levelHalf  = 7 * 24 * time.Hour
	phiFaster  = 5 // than the level
	slotVisits = 3 // half of a slot is forgotten after

	firstPhi, leastPhi, mostPhi = 2, 1.05, 200
	leastLevel                  = 0.01
	leastFactor, mostFactor     = 0.02, 20

	leastCount = 5 // of a candidate
	leastRatio = 2
)

// Series learns what is usual for counts in bins of one width, 15 minutes or an
// hour. Make one with NewSeries.
type Series struct {
	Width  time.Duration `json:"width"`
	Begun  time.Time     `json:"begun,omitzero"` // of the first bin
	Warm   []float64     `json:"warm,omitempty"` // the counts of the warm-up
	Level  float64       `json:"level"`          // posts a bin, the season taken off
	Phi    float64       `json:"phi"`            // variance over mean
	Hours  [24]Slot      `json:"hours"`          // of the day
	Week   [7 * 24]Slot  `json:"week"`           // hours of the week
	Budget Budget        `json:"budget"`
}

// Slot is how an hour differs from the level.
type Slot struct {
	Factor float64 `json:"f"`
	Bins   int     `json:"n"` // learned from
}

// NewSeries has learned nothing yet.
func NewSeries(width time.Duration) *Series {
	return &Series{Width: width, Phi: firstPhi}
}

// Expected is what is usual at a time.
type Expected struct {
	Mean   float64 `json:"mean"`   // posts in a bin
	Phi    float64 `json:"phi"`    // variance over mean
	Low    float64 `json:"low"`    // about 5 of 100 bins lie below
	High   float64 `json:"high"`   // about 5 of 100 bins lie above
	Season float64 `json:"season"` // the factor of the hour
}

// Verdict is what a series says about a count.
type Verdict struct {
	Expected
	Judgement
	Score float64 `json:"score"` // −log10 of the probability of such a count or a higher one
	Ratio float64 `json:"ratio"` // to the mean
}

// Ready says that the warm-up is over; before, nothing is scored.
func (s *Series) Ready(at time.Time) bool {
	return !s.Begun.IsZero() && at.Sub(s.Begun) >= warmUp
}

// Expect says what is usual in the bin that begins at a time. The hours are
// those of the time's zone.
func (s *Series) Expect(at time.Time) Expected {
	season := s.season(at)
	e := Expected{Mean: max(leastLevel, s.Level*season), Phi: s.Phi, Season: season}
	deviation := math.Sqrt(e.Phi * e.Mean)
	e.Low, e.High = max(0, e.Mean-1.645*deviation), e.Mean+1.645*deviation
	return e
}

// season is the factor of an hour: that of the hour of the week, shrunk to that
// of the hour of the day by the weight of two visits.
func (s *Series) season(at time.Time) float64 {
	perHour := float64(time.Hour / s.Width)
	day, week := &s.Hours[at.Hour()], &s.Week[hourOfWeek(at)]
	n := float64(day.Bins)
	factor := (n*day.Factor + 2*perHour) / (n + 2*perHour)
	n = float64(week.Bins)
	factor = n/(n+2*perHour)*week.Factor + (1-n/(n+2*perHour))*factor
	return min(mostFactor, max(leastFactor, factor))
}

func hourOfWeek(at time.Time) int { return int(at.Weekday())*24 + at.Hour() }

// Look judges a count that may still grow: what fires now fires for sure.
func (s *Series) Look(at time.Time, count, perWeek float64) Verdict {
	return s.judge(at, count, perWeek, s.Budget.Look)
}

// Judge is Look for a complete count that is not to be learned from; the budget
// remembers it.
func (s *Series) Judge(at time.Time, count, perWeek float64) Verdict {
	return s.judge(at, count, perWeek, s.Budget.Judge)
}

// Learn judges a complete count and takes it for the next experience. Times
// must rise.
func (s *Series) Learn(at time.Time, count, perWeek float64) Verdict {
	if s.Begun.IsZero() {
		s.Begun = at
	}
	if !s.Ready(at) {
		s.Warm = append(s.Warm, count)
		s.Level = max(leastLevel, median(s.Warm))
		return Verdict{Expected: s.Expect(at)}
	}
	s.Warm = nil
	v := s.judge(at, count, perWeek, s.Budget.Judge)
	s.learn(at, count, v.Expected)
	return v
}

func (s *Series) judge(at time.Time, count, perWeek float64, by func(time.Time, float64, bool, float64) Judgement) Verdict {
	v := Verdict{Expected: s.Expect(at)}
	if !s.Ready(at) {
		return v
	}
	v.Ratio = count / v.Mean
	v.Score = -CountTail(count, v.Mean, v.Phi)
	candidate := v.Score >= leastScore && count >= leastCount && v.Ratio >= leastRatio
	v.Judgement = by(at, v.Score, candidate, perWeek)
	return v
}

// learn moves level, season and dispersion. What is far above the mean counts
// as little above it, so that a crisis does not become the usual.
func (s *Series) learn(at time.Time, count float64, e Expected) {
	rate := 1 - math.Exp2(-float64(s.Width)/float64(levelHalf))
	if at.Sub(s.Begun) < warmUp+hurry {
		rate = hurryRate
	}
	phi := min((count-e.Mean)*(count-e.Mean)/e.Mean, 9*s.Phi)
	s.Phi = min(mostPhi, max(leastPhi, s.Phi+min(1, phiFaster*rate)*(phi-s.Phi)))
	tame := min(count, e.Mean+3*math.Sqrt(e.Phi*e.Mean)+1)
	level := s.Level
	s.Level = max(leastLevel, s.Level+rate*(tame/e.Season-s.Level))
	perHour := int(time.Hour / s.Width)
	s.Hours[at.Hour()].learn(tame/level, perHour)
	s.Week[hourOfWeek(at)].learn(tame/level, perHour)
}

func (s *Slot) learn(factor float64, perHour int) {
	s.Bins++
	rate := max(1/float64(s.Bins), 1-math.Exp2(-1/float64(slotVisits*perHour)))
	s.Factor += rate * (min(mostFactor, factor) - s.Factor)
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}
