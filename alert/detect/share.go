package detect

import (
	"math"
	"time"
)

// Likeness is the correlation between two posts of an hour: people answer each
// other, so forty posts are not forty opinions.
const Likeness = 0.02

const (
	shareHalf      = 14 * 24 * time.Hour
	sharePrior     = 0.15 // the share before anything is known
	sharePriorSize = 40   // and how many posts that is worth
	leastShare     = 0.01
)

// Share learns which part of the posts is of a kind, such as negative. The zero
// Share has learned nothing.
type Share struct {
	Of     float64   `json:"of"`  // posts of the kind, decayed
	All    float64   `json:"all"` // posts whose kind is known, decayed
	At     time.Time `json:"at,omitzero"`
	Budget Budget    `json:"budget"`
}

// ShareVerdict is what a Share says about a number of posts.
type ShareVerdict struct {
	Judgement
	Mean  float64 `json:"mean"`  // the usual part
	Part  float64 `json:"part"`  // the part now
	Score float64 `json:"score"` // −log10 of the probability of such a part or a higher one
}

// Mean is the usual part: the decayed mean, shrunk to 15 of 100 while little is
// known.
func (s *Share) Mean() float64 {
	mean := (s.Of + sharePrior*sharePriorSize) / (s.All + sharePriorSize)
	return min(1-leastShare, max(leastShare, mean))
}

// Look judges that x of the n posts of a while are of the kind.
func (s *Share) Look(at time.Time, x, n int64, perWeek float64) ShareVerdict {
	return s.judge(at, x, n, perWeek, s.Budget.Look)
}

// Judge is Look for a while that is over; the budget remembers it.
func (s *Share) Judge(at time.Time, x, n int64, perWeek float64) ShareVerdict {
	return s.judge(at, x, n, perWeek, s.Budget.Judge)
}

func (s *Share) judge(at time.Time, x, n int64, perWeek float64, by func(time.Time, float64, bool, float64) Judgement) ShareVerdict {
	v := ShareVerdict{Mean: s.Mean()}
	if n == 0 {
		return v
	}
	v.Part = float64(x) / float64(n)
	if v.Part > v.Mean {
		v.Score = -ShareTail(x, n, v.Mean, Likeness)
	}
	v.Judgement = by(at, v.Score, v.Score >= leastScore && x >= leastCount, perWeek)
	return v
}

// Learn takes x of n posts for the next experience. While more are of the kind
// than three deviations above the mean, the rest does not count, so that a
// crisis does not become the usual.
func (s *Share) Learn(at time.Time, x, n int64) {
	if !s.At.IsZero() {
		keep := math.Exp2(-float64(max(0, at.Sub(s.At))) / float64(shareHalf))
		s.Of, s.All = s.Of*keep, s.All*keep
	}
	s.At = at
	if n == 0 {
		return
	}
	m, size := s.Mean(), float64(n)
	spread := math.Sqrt(size * m * (1 - m) * (1 + (size-1)*Likeness))
	s.Of += min(float64(x), size*m+3*spread+1)
	s.All += size
}
