package detect

import (
	"slices"
	"time"
)

const (
	leastScore  = 3                   // a candidate: once in a thousand bins, were the model right
	quiet       = 6 * time.Hour       // what comes sooner after belongs to the same
	remembered  = 28 * 24 * time.Hour // peaks are compared over
	mostPeaks   = 28 * 4              // there can be no more of them
	budgetWeeks = 4
)

// Budget lets about so many alerts a week through, whatever the scores of a
// series are like: it compares with the peaks of the candidates before.
type Budget struct {
	Begun time.Time `json:"begun,omitzero"`
	Peaks []Peak    `json:"peaks,omitempty"` // of the last 28 days, in the order of time
	Fired time.Time `json:"fired,omitzero"`  // the last time that was let through
}

// Peak is a run of candidates with less than six hours between them.
type Peak struct {
	Last  time.Time `json:"last"`
	Score float64   `json:"score"` // the highest
}

// Judgement is what a Budget says about one score.
type Judgement struct {
	Threshold float64 `json:"threshold"` // what the score had to reach
	Fires     bool    `json:"fires"`
	Begins    bool    `json:"begins"` // nothing fired in the six hours before
}

// Judge compares a score with the budget of so many alerts a week, and
// remembers it if it is a candidate. Times must rise.
func (b *Budget) Judge(at time.Time, score float64, candidate bool, perWeek float64) Judgement {
	j := b.Look(at, score, candidate, perWeek)
	if b.Begun.IsZero() {
		b.Begun = at
	}
	if !candidate {
		return j
	}
	if n := len(b.Peaks); n > 0 && at.Sub(b.Peaks[n-1].Last) <= quiet {
		b.Peaks[n-1] = Peak{Last: at, Score: max(score, b.Peaks[n-1].Score)}
	} else {
		b.Peaks = append(b.Peaks, Peak{Last: at, Score: score})
	}
	b.Peaks = slices.DeleteFunc(b.Peaks, func(p Peak) bool { return at.Sub(p.Last) > remembered })
	if over := len(b.Peaks) - mostPeaks; over > 0 {
		b.Peaks = slices.Delete(b.Peaks, 0, over)
	}
	if j.Fires {
		b.Fired = at
	}
	return j
}

// Look is Judge without remembering: for a count that is not complete yet.
func (b *Budget) Look(at time.Time, score float64, candidate bool, perWeek float64) Judgement {
	var weeks float64
	if !b.Begun.IsZero() {
		weeks = max(0, at.Sub(b.Begun).Hours()/(7*24))
	}
	var peaks []float64
	for i, p := range b.Peaks {
		running := i == len(b.Peaks)-1 && at.Sub(p.Last) <= quiet
		if !running && at.Sub(p.Last) <= remembered {
			peaks = append(peaks, p.Score)
		}
	}
	slices.Sort(peaks)
	slices.Reverse(peaks)
	j := Judgement{Threshold: leastScore}
	if k := int(perWeek * min(budgetWeeks, weeks)); k < len(peaks) {
		j.Threshold = max(leastScore, peaks[k])
	}
	j.Fires = candidate && score >= j.Threshold
	j.Begins = j.Fires && (b.Fired.IsZero() || at.Sub(b.Fired) > quiet)
	return j
}
