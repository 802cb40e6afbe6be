package bot

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

func judged(a Account, seen []Seen) Verdict {
	f := Look(a, seen)
	return Judge(&f)
}

func words(v Verdict) string {
	var list []string
	for i := range v.Reasons {
		list = append(list, fmt.Sprintf("%+.1f %s", v.Reasons[i].Points, v.Reasons[i].String()))
	}
	return strings.Join(list, "\n")
}

// every gives n posts with a step between them, as late as a machine is.
func every(n int, step time.Duration, post Seen) (list []Seen) {
	for i := range n {
		post.At = noon.Add(time.Duration(i)*step + time.Duration(i*377%900)*time.Millisecond)
		list = append(list, post)
	}
	return list
}

// The golden cases: what is said, word by word.
func TestVerdictsSayWhatTheyComeFrom(t *testing.T) {
	cases := []struct {
		name  string
		a     Account
		seen  []Seen
		band  Band
		score float64
		words string
	}{
		{"a weather station that says nothing of itself", Account{}, every(100, 50*time.Minute, Seen{Text: true, Repeated: true, Host: "weather.example"}), Likely, 6.5,
			"+1.0 100 of 100 texts are near-copies of each other\n+2.0 99 of 99 pauses between posts are a multiple of 50 min, to the second\n" +
				"+2.0 it posts day and night: 28 of 100 posts in its eight quietest hours\n+1.0 100 of 100 posts link to weather.example\n+0.5 none of 100 posts answers anybody"},
		{"one of forty that copy a giveaway", Account{}, human(7, 1, Seen{Text: true, Copied: true, Repeated: true, Host: "gift.example"}), Likely, 4,
			"+2.0 7 of 7 texts are near-copies of other accounts’ texts\n+1.0 7 of 7 texts are near-copies of each other\n+1.0 7 of 7 posts link to gift.example"},
		{"a declared bot of one post", Account{Declared: true}, every(1, time.Hour, Seen{}), Declared, 0,
			"+0.0 the network says that it is automated\n+0.0 1 posts are too few to say anything"},
		{"four copies", Account{}, human(4, 1, Seen{Text: true, Copied: true, Host: "gift.example"}), Unknown, 0, "+0.0 4 posts are too few to say anything"},
		{"somebody with a timetable", Account{}, every(30, 24*time.Hour, Seen{Text: true}), Unlikely, 2.5,
			"+2.0 29 of 29 pauses between posts are a multiple of 24 h, to the second\n+0.5 none of 30 posts answers anybody\n+0.0 one behaviour alone makes nobody a bot"},
		{"somebody of few words who sleeps as people do", Account{}, slept(66, 9, Seen{Text: true, Copied: true, Repeated: true}), Unlikely, 3.5,
			"+2.0 66 of 66 texts are near-copies of other accounts’ texts\n+1.0 66 of 66 texts are near-copies of each other\n" +
				"+0.5 it posts day and night: 9 of 66 posts in its eight quietest hours\n+0.0 one behaviour alone makes nobody a bot"},
		{"a fan who copies everything and talks", Account{}, append(human(15, 3, Seen{Text: true, Copied: true}), human(15, 4, Seen{Text: true, Reply: true})...), Unlikely, 0,
			"+1.0 15 of 30 texts are near-copies of other accounts’ texts\n-1.0 15 of 30 posts answer somebody in words of their own"},
		{"a shop that links to itself", Account{}, human(40, 5, Seen{Text: true, Host: "shop.example"}), Unlikely, 1.5,
			"+1.0 40 of 40 posts link to shop.example\n+0.5 none of 40 posts answers anybody"},
	}
	for _, c := range cases {
		v := judged(c.a, c.seen)
		if v.Band != c.band || math.Abs(v.Score-c.score) > 1e-9 || words(v) != c.words {
			t.Errorf("%s: %s at %.1f, not %s at %.1f, because\n%s", c.name, v.Band, v.Score, c.band, c.score, words(v))
		}
	}
}

// human gives posts of somebody who sleeps for eight hours.
func human(n int, seed uint64, post Seen) (list []Seen) {
	r := rand.New(rand.NewPCG(seed, 5))
	at := noon
	for range n {
		at = at.Add(time.Duration(r.ExpFloat64() * float64(5*time.Hour)))
		if h := at.Hour(); h < 7 {
			at = at.Add(time.Duration(8-h) * time.Hour)
		}
		post.At = at
		list = append(list, post)
	}
	return list
}

// slept gives n posts at odd times of as many days, some of them at night.
func slept(n, night int, post Seen) (list []Seen) {
	for i := range n {
		hour := 8 + i*5%16
		if i < night {
			hour = i % 8
		}
		post.At = noon.Truncate(24*time.Hour).AddDate(0, 0, i/3).Add(time.Duration(hour)*time.Hour + time.Duration(i*i*197%3599)*time.Second)
		post.Reply = i == 0 && post.Copied // none is a word of their own
		list = append(list, post)
	}
	return list
}

// Networks that tell the minute, the hour or the day only make nobody regular.
func TestCoarseTimesAreNoBeat(t *testing.T) {
	for _, unit := range [...]time.Duration{time.Minute, time.Hour, 24 * time.Hour} {
		r := rand.New(rand.NewPCG(3, uint64(unit)))
		var seen []Seen
		at := noon.Truncate(24 * time.Hour)
		for range 60 {
			at = at.Add(unit * time.Duration(1+r.IntN(4)))
			seen = append(seen, Seen{At: at})
		}
		if f := Look(Account{}, seen); f.Beat != 0 {
			t.Errorf("posts at whole multiples of %s have a beat of %s", unit, f.Beat)
		}
	}
}

// What is not kept here leaves gaps of several steps.
func TestABeatIsHeardThroughPostsThatAreMissing(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	kept := slices.DeleteFunc(every(120, 10*time.Minute, Seen{}), func(Seen) bool { return r.IntN(3) == 0 })
	f := Look(Account{}, kept)
	if f.Beat.Round(time.Minute) != 10*time.Minute || f.OnBeat != f.Gaps {
		t.Errorf("%d of %d gaps are on a beat of %s", f.OnBeat, f.Gaps, f.Beat)
	}
}

// crowd is people as they are: with chatterers, night owls, shops, people with a
// timetable, and those who pass on what everybody does without a thought.
func crowd(r *rand.Rand) (Account, []Seen) {
	n := 1 + int(120*math.Pow(r.Float64(), 3))
	pace := math.Exp(r.NormFloat64()) * 6 // hours
	copying, replying, linking := .04*r.Float64(), .6*r.Float64(), .5*r.Float64()
	own := ""
	owl, timetable := 0.02+.05*r.Float64(), false
	switch r.IntN(20) {
	case 0: // careless
		copying = .1 + .4*r.Float64()
	case 1: // a shop
		own, linking, replying = "shop.example", 1, .2*r.Float64()
	case 2: // a timetable
		timetable, pace = true, 24
	case 3: // does not sleep well
		owl = .2
	case 4: // lurks and never answers
		replying = 0
	}
	zone := r.IntN(24)
	var seen []Seen
	for at := noon; len(seen) < n; {
		if timetable {
			at = at.Add(time.Duration(24*(1+r.IntN(2)))*time.Hour + time.Duration(r.IntN(1500))*time.Millisecond)
		} else {
			at = at.Add(time.Duration(r.ExpFloat64() * pace * float64(time.Hour)))
			for h := (at.Hour() + zone) % 24; h < 7 && r.Float64() > owl; h = (at.Hour() + zone) % 24 {
				at = at.Add(time.Duration(7-h)*time.Hour + time.Duration(r.IntN(3600))*time.Second)
			}
		}
		s := Seen{At: at, Text: r.IntN(4) > 0, Reply: r.Float64() < replying}
		if s.Text && r.Float64() < copying {
			s.Copied, s.Host = true, "gift.example" // with its link
		} else if r.Float64() < linking {
			if s.Host = own; own == "" {
				s.Host = fmt.Sprint("site", r.IntN(12), ".example")
			}
		}
		seen = append(seen, s)
	}
	return Account{Followers: int64(r.IntN(400)), FollowersKnown: r.IntN(2) == 0}, seen
}

// farm is the bots of algorithms.md (appendix, bot farm): each passes the target on 20
// times, ten others once and five that are popular; here as texts, by a program.
func farm(r *rand.Rand) (Account, []Seen) {
	var seen []Seen
	at := noon.Add(time.Duration(r.IntN(86400)) * time.Second)
	for i := range 35 {
		at = at.Add(time.Duration(r.ExpFloat64() * float64(40*time.Minute)))
		s := Seen{At: at, Text: true, Copied: i < 30}
		if i < 20 {
			s.Host, s.Repeated = "target.example", true
		}
		seen = append(seen, s)
	}
	r.Shuffle(len(seen), func(i, j int) { seen[i].At, seen[j].At = seen[j].At, seen[i].At })
	return Account{}, seen
}

// proves M8: people are not called bots. The figures are in docs/bots.md.
func TestPeopleAreNotCalledBots(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 2026))
	const n = 20_000
	bands := map[Band]int{}
	for range n {
		v := judged(crowd(r))
		bands[v.Band]++
		if v.Band == Likely && bands[Likely] <= 3 {
			t.Logf("called likely:\n%s", words(v))
		}
	}
	rate := func(x int) string {
		low, high := wilson(x, n)
		return fmt.Sprintf("%d of %d, %.3f %% (%.3f to %.3f %%)", x, n, 100*float64(x)/n, 100*low, 100*high)
	}
	t.Logf("people: %v; likely %s; possible %s", bands, rate(bands[Likely]), rate(bands[Possible]))
	if _, high := wilson(bands[Likely], n); high > .001 {
		t.Errorf("%s people are called likely bots", rate(bands[Likely]))
	}
	if _, high := wilson(bands[Possible], n); high > .01 {
		t.Errorf("%s people are called possible bots", rate(bands[Possible]))
	}
	if bands[Unlikely] < n/10 || bands[Unknown] < n/10 {
		t.Errorf("the crowd is no crowd: %v", bands)
	}
}

// proves M8: those that are bots are found.
func TestFarmsAndStationsAreFound(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 2026))
	const n = 2000
	found := map[string]int{}
	for range n {
		if v := judged(farm(r)); v.Band == Likely || v.Band == Possible {
			found["farm"]++
		}
		giveaway := human(5+r.IntN(6), r.Uint64(), Seen{Text: true, Copied: true, Repeated: true, Host: "gift.example"})
		if judged(Account{}, giveaway).Band == Likely {
			found["giveaway"]++
		}
		station := every(40+r.IntN(60), time.Duration(10+r.IntN(110))*time.Minute, Seen{Text: true, Repeated: true})
		switch judged(Account{}, slices.DeleteFunc(station, func(Seen) bool { return r.IntN(5) == 0 })).Band {
		case Likely:
			found["station, likely"]++
			found["station"]++
		case Possible:
			found["station"]++
		}
	}
	t.Logf("found of %d each: %v", n, found)
	for what, least := range map[string]int{"farm": 1960, "giveaway": n, "station": 1990, "station, likely": 900} {
		if found[what] < least {
			t.Errorf("of %d accounts of a %s, %d are found", n, what, found[what])
		}
	}
}

func wilson(x, n int) (low, high float64) {
	const z = 1.959963984540054
	p, m := float64(x)/float64(n), float64(n)
	middle, half := (p+z*z/(2*m))/(1+z*z/m), z*math.Sqrt(p*(1-p)/m+z*z/(4*m*m))/(1+z*z/m)
	return max(0, middle-half), middle + half
}

// One behaviour alone says nothing, however strong; and the order of posts does not
// matter.
func TestNoReasonStandsAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 150).Draw(t, "posts")
		var seen []Seen
		for range n {
			seen = append(seen, Seen{
				At: noon.Add(time.Duration(rapid.IntRange(0, 1_000_000).Draw(t, "s")) * time.Second), Text: rapid.Bool().Draw(t, "text"), Copied: rapid.Bool().Draw(t, "copied"),
				Repeated: rapid.Bool().Draw(t, "repeated"), Reply: rapid.Bool().Draw(t, "reply"), Host: rapid.SampledFrom([]string{"", "a.example", "b.example"}).Draw(t, "host"),
			})
		}
		a := Account{Declared: rapid.Bool().Draw(t, "declared")}
		v := judged(a, slices.Clone(seen))
		signs, score := map[Kind]bool{}, 0.0
		for _, r := range v.Reasons {
			if score += r.Points; r.Points >= 1 {
				signs[map[bool]Kind{true: Copies, false: r.Kind}[r.Kind == Repeats]] = true
			}
			if r.N > max(r.Of, 100) {
				t.Fatalf("%d of %d", r.N, r.Of)
			}
		}
		if (v.Band == Likely || v.Band == Possible) && len(signs) < 2 || (v.Band == Declared) != a.Declared || math.Abs(score-v.Score) > 1e-9 {
			t.Fatalf("%s at %.1f by\n%s", v.Band, v.Score, words(v))
		}
		slices.Reverse(seen)
		if again := judged(a, seen); again.Band != v.Band || again.Score != v.Score {
			t.Fatalf("backwards it is %s at %.1f, not %s at %.1f", again.Band, again.Score, v.Band, v.Score)
		}
	})
}

func TestStepsOfTimeReadWell(t *testing.T) {
	for d, want := range map[time.Duration]string{
		10*time.Minute + 300*time.Millisecond: "10 min", time.Hour: "1 h", 90 * time.Minute: "1 h 30 min", 61 * time.Second: "1 min 1 s", 24*time.Hour + 2*time.Second: "24 h",
	} {
		if got := Step(d); got != want {
			t.Errorf("%s reads %q, not %q", d, got, want)
		}
	}
}

func BenchmarkJudge(b *testing.B) {
	seen := every(100, 10*time.Minute, Seen{Text: true, Copied: true, Host: "gift.example"})
	b.ReportAllocs()
	for b.Loop() {
		f := Look(Account{}, seen)
		Judge(&f)
	}
}
