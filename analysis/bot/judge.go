package bot

import (
	"fmt"
	"math"
	"time"
)

// Band is how likely an account is automated.
type Band string

const (
	Unknown  Band = "unknown"  // too few posts to say anything
	Unlikely Band = "unlikely" // enough posts, and little speaks for it
	Possible Band = "possible"
	Likely   Band = "likely"
	Declared Band = "declared" // it says so itself
)

// Where the bands begin, and what they need.
const (
	LikelyFrom   = 4.0 // points
	PossibleFrom = 2.5
	leastSigns   = 2  // reasons worth a point each
	leastPosts   = 5  // below, nothing is said
	enoughPosts  = 20 // from here on, that nothing speaks for it says something
)

// Kind is what a reason looks at.
type Kind string

const (
	SaysSo    Kind = "declared"  // its network says that it is a bot
	Beat      Kind = "beat"      // N of Of gaps are a multiple of Every, to the second
	Restless  Kind = "restless"  // N of Of posts fall into the eight quietest hours of the day
	Busy      Kind = "busy"      // N posts within a day
	Copies    Kind = "copies"    // N of Of texts are near-copies of other accounts' texts
	Repeats   Kind = "repeats"   // N of Of texts are near-copies of each other
	OneSite   Kind = "site"      // N of Of posts link to Site
	NoReplies Kind = "noreplies" // none of Of posts answers anybody
	Converses Kind = "converses" // N of Of posts answer somebody in words of their own
	Followers Kind = "followers" // it has N followers only
	FewPosts  Kind = "few"       // only N posts are known
	Alone     Kind = "alone"     // there are points enough, but of one behaviour
)

// Reason is why, with the figures that say so.
type Reason struct {
	Kind   Kind
	Points float64 // negative: it speaks against
	N, Of  int
	Every  time.Duration // of Beat
	Site   string        // of OneSite
}

// Verdict is what is said of an account.
type Verdict struct {
	Band    Band
	Score   float64 // the sum of the points of the reasons
	Posts   int     // by which it was judged
	Reasons []Reason
}

// Judge sums up. Shares count by the lower end of their interval.
//
//	beat       gaps that are a multiple of one step (8 and more)    ≥ 80 %: 2, ≥ 50 %: 1
//	restless   posts in the quietest 8 hours (30 posts, 3 days)     ≥ 15 %: 2, ≥ 8 %: 0.5
//	busy       posts within 24 hours                                ≥ 72: 1
//	copies     texts that others tell, too (4 and more)             ≥ 50 %: 2, ≥ 25 %: 1
//	repeats    texts that are alike (4 and more)                    ≥ 40 %: 1
//	site       posts that link to one site (5 and more)             ≥ 40 %: 1
//	noreplies  no reply among 20 posts and more                     0.5
//	followers  fewer than 10 at 20 posts and more                   0.5
//	converses  replies in words of their own                        ≥ 20 %: −1
//
// Likely is from 4 points, possible from 2.5; both need two reasons worth a point, of which
// those about texts are one: who repeats what everybody says has both. Of people, one post
// in ten falls into the hours in which they sleep, which is why 8 % is only a hint.
func Judge(f *Figures) Verdict {
	v := Verdict{Band: Unknown, Posts: f.Posts}
	if f.Declared {
		v.Reasons = append(v.Reasons, Reason{Kind: SaysSo})
	}
	if f.Posts < leastPosts {
		v.Reasons = append(v.Reasons, Reason{Kind: FewPosts, N: f.Posts})
	} else {
		v.weigh(f)
	}
	signs, texts := 0, false
	for i := range v.Reasons {
		r := &v.Reasons[i]
		v.Score += r.Points
		if ofTexts := r.Kind == Copies || r.Kind == Repeats; r.Points >= 1 && !(ofTexts && texts) {
			signs++
			texts = texts || ofTexts
		}
	}
	if v.Score >= PossibleFrom && signs < leastSigns {
		v.Reasons = append(v.Reasons, Reason{Kind: Alone})
	}
	switch {
	case f.Declared:
		v.Band = Declared
	case f.Posts < leastPosts:
	case v.Score >= LikelyFrom && signs >= leastSigns:
		v.Band = Likely
	case v.Score >= PossibleFrom && signs >= leastSigns:
		v.Band = Possible
	case f.Posts >= enoughPosts:
		v.Band = Unlikely
	}
	return v
}

// weigh notes all reasons.
func (v *Verdict) weigh(f *Figures) {
	share := func(r Reason, least int, steps ...float64) { // share, points, share, points …
		if r.Of < least {
			return
		}
		low := lower(r.N, r.Of)
		for i := 0; i < len(steps); i += 2 {
			if low >= steps[i] {
				r.Points = steps[i+1]
				v.Reasons = append(v.Reasons, r)
				return
			}
		}
	}
	share(Reason{Kind: Copies, N: f.Copied, Of: f.Texts}, 4, .5, 2, .25, 1)
	share(Reason{Kind: Repeats, N: f.Repeated, Of: f.Texts}, 4, .4, 1)
	share(Reason{Kind: Beat, N: f.OnBeat, Of: f.Gaps, Every: f.Beat}, 8, .8, 2, .5, 1)
	if f.Span >= 3*24*time.Hour {
		share(Reason{Kind: Restless, N: f.Quiet, Of: f.Posts}, 30, .15, 2, .08, .5)
	}
	if f.Busiest >= 72 {
		v.Reasons = append(v.Reasons, Reason{Kind: Busy, N: f.Busiest, Points: 1})
	}
	share(Reason{Kind: OneSite, N: f.Linked, Of: f.Posts, Site: f.Host}, leastPosts, .4, 1)
	if f.Posts >= enoughPosts {
		if f.Replies == 0 {
			v.Reasons = append(v.Reasons, Reason{Kind: NoReplies, Of: f.Posts, Points: .5})
		}
		if f.FollowersKnown && f.Followers < 10 {
			v.Reasons = append(v.Reasons, Reason{Kind: Followers, N: int(f.Followers), Points: .5})
		}
	}
	share(Reason{Kind: Converses, N: f.OwnReplies, Of: f.Posts}, leastPosts, .2, -1)
}

// lower is the lower end of the one-sided 90 % interval of a share (Wilson 1927).
func lower(n, of int) float64 {
	if n <= 0 || of <= 0 {
		return 0
	}
	const z = 1.2815515655446004
	p, m := float64(n)/float64(of), float64(of)
	return (p + z*z/(2*m) - z*math.Sqrt(p*(1-p)/m+z*z/(4*m*m))) / (1 + z*z/m)
}

// String says a reason in words.
func (r *Reason) String() string {
	switch r.Kind {
	case SaysSo:
		return "the network says that it is automated"
	case Beat:
		return fmt.Sprintf("%d of %d pauses between posts are a multiple of %s, to the second", r.N, r.Of, Step(r.Every))
	case Restless:
		return fmt.Sprintf("it posts day and night: %d of %d posts in its eight quietest hours", r.N, r.Of)
	case Busy:
		return fmt.Sprintf("%d posts within a day", r.N)
	case Copies:
		return fmt.Sprintf("%d of %d texts are near-copies of other accounts’ texts", r.N, r.Of)
	case Repeats:
		return fmt.Sprintf("%d of %d texts are near-copies of each other", r.N, r.Of)
	case OneSite:
		return fmt.Sprintf("%d of %d posts link to %s", r.N, r.Of, r.Site)
	case NoReplies:
		return fmt.Sprintf("none of %d posts answers anybody", r.Of)
	case Converses:
		return fmt.Sprintf("%d of %d posts answer somebody in words of their own", r.N, r.Of)
	case Followers:
		return fmt.Sprintf("%d followers", r.N)
	case Alone:
		return "one behaviour alone makes nobody a bot"
	case FewPosts:
		return fmt.Sprintf("%d posts are too few to say anything", r.N)
	}
	return ""
}

// Step is a duration as a step of time is written: 10 min, 1 h, 1 h 30 min, 45 s.
func Step(d time.Duration) string {
	d = d.Round(time.Second)
	if d >= 10*time.Minute {
		d = d.Round(time.Minute)
	}
	h, m, s := int(d/time.Hour), int(d%time.Hour/time.Minute), int(d%time.Minute/time.Second)
	text := ""
	for _, part := range [...]struct {
		n    int
		unit string
	}{{h, "h"}, {m, "min"}, {s, "s"}} {
		if part.n > 0 {
			if text != "" {
				text += " "
			}
			text += fmt.Sprintf("%d %s", part.n, part.unit)
		}
	}
	return text
}
