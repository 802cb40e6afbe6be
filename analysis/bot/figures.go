package bot

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Most is how many posts of an account are looked at, the newest.
const Most = 100

// Seen is what is known of one post of an account.
type Seen struct {
	At       time.Time // published
	Text     bool      // it says something of its own, long enough to be compared: no repost, no few words
	Copied   bool      // that text is a near-copy of what other accounts say
	Repeated bool      // that text is a near-copy of what this account says elsewhere
	Reply    bool
	Host     string // where its first link leads, "": it has none
}

// Account is what is known of an account beside its posts.
type Account struct {
	Declared       bool // its network says that it is automated, which is what its owner told it
	Followers      int64
	FollowersKnown bool
}

// Figures is how an account behaves.
type Figures struct {
	Account
	Posts int
	Span  time.Duration // between the first and the last post

	Gaps    int           // between posts that follow each other
	OnBeat  int           // of these, how many are a multiple of Beat to the second
	Beat    time.Duration // 0: there is none
	Hours   [24]int       // posts by hour of the UTC day
	Quiet   int           // posts in the eight hours of the day with the fewest
	Busiest int           // posts within any 24 hours

	Texts    int // posts that can be compared
	Copied   int
	Repeated int

	Replies    int
	OwnReplies int    // of these, those that are no copies
	Host       string // where more than half of the posts lead, "": there is none
	Linked     int    // posts that lead there
}

// Look counts. It sorts seen by time and looks at the newest Most.
func Look(a Account, seen []Seen) Figures {
	slices.SortFunc(seen, inOrder)
	seen = seen[max(0, len(seen)-Most):]
	f := Figures{Account: a, Posts: len(seen)}
	if len(seen) == 0 {
		return f
	}
	f.Span = seen[len(seen)-1].At.Sub(seen[0].At)
	votes, first := 0, 0
	for i := range seen {
		s := &seen[i]
		f.Hours[s.At.UTC().Hour()]++
		for s.At.Sub(seen[first].At) >= 24*time.Hour {
			first++
		}
		f.Busiest = max(f.Busiest, i-first+1)
		if s.Text {
			f.Texts++
			if s.Copied {
				f.Copied++
			}
			if s.Repeated {
				f.Repeated++
			}
		}
		if s.Reply {
			f.Replies++
			if !s.Copied && !s.Repeated {
				f.OwnReplies++
			}
		}
		switch { // the host that could be that of more than half
		case s.Host == f.Host:
			votes++
		case votes == 0:
			f.Host, votes = s.Host, 1
		default:
			votes--
		}
	}
	for i := range seen {
		if f.Host != "" && seen[i].Host == f.Host {
			f.Linked++
		}
	}
	if 2*f.Linked <= f.Posts {
		f.Host, f.Linked = "", 0
	}
	f.Quiet = quiet(&f.Hours)
	f.beat(seen)
	return f
}

// inOrder sorts by time, and posts of one moment by all else that is known of them, so
// that the same are the newest in whatever order they came.
func inOrder(a, b Seen) int {
	if c := a.At.Compare(b.At); c != 0 {
		return c
	}
	return cmp.Or(strings.Compare(a.Host, b.Host), cmp.Compare(a.flags(), b.flags()))
}

func (s *Seen) flags() (n int) {
	for i, is := range [...]bool{s.Text, s.Copied, s.Repeated, s.Reply} {
		if is {
			n |= 1 << i
		}
	}
	return n
}

// quiet is the least that any eight hours in a row have.
func quiet(hours *[24]int) int {
	sum := 0
	for h := range 8 {
		sum += hours[h]
	}
	least := sum
	for h := range 23 {
		sum += hours[(h+8)%24] - hours[h]
		least = min(least, sum)
	}
	return least
}

const (
	shortestBeat = time.Minute
	longestBeat  = 7 * 24 * time.Hour
	mostBeats    = 24 // in one gap: posts between may not be kept here
	apartFrom    = 30 // times the grain of the clock a beat must be, to tell from chance
)

// beat finds the step of which most gaps are a multiple.
func (f *Figures) beat(seen []Seen) {
	var room [Most]time.Duration
	gaps := room[:0]
	for i := 1; i < len(seen); i++ {
		if gap := seen[i].At.Sub(seen[i-1].At); gap > time.Second { // a thread is sent at once
			gaps = append(gaps, gap)
		}
	}
	f.Gaps = len(gaps)
	if len(gaps) == 0 {
		return
	}
	slices.Sort(gaps)
	least := max(shortestBeat, apartFrom*grain(seen))
	for _, at := range [...]int{len(gaps) / 2, len(gaps) / 4, len(gaps) / 10} {
		step := gaps[at]
		if step < least || step > longestBeat {
			continue
		}
		on := 0
		for _, gap := range gaps {
			if onBeat(gap, step) {
				on++
			}
		}
		if on > f.OnBeat {
			f.OnBeat, f.Beat = on, step
		}
	}
	if f.OnBeat < 2 {
		f.OnBeat, f.Beat = 0, 0
	}
}

// onBeat says whether a gap is a multiple of a step, but for what a machine is late:
// 2 s, or a two-hundredth of the step, at most 30 s.
func onBeat(gap, step time.Duration) bool {
	n := (gap + step/2) / step
	if n < 1 || n > mostBeats {
		return false
	}
	late := min(max(2*time.Second, step/200), 30*time.Second)
	return (gap - n*step).Abs() <= late
}

// grain is the coarsest unit of time that all posts fall on.
func grain(seen []Seen) time.Duration {
	for _, unit := range [...]time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second} {
		if !slices.ContainsFunc(seen, func(s Seen) bool { return !s.At.Truncate(unit).Equal(s.At) }) {
			return unit
		}
	}
	return 0
}
