package demo_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/demo"
)

var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func TestTheSameSeedIsTheSameWorld(t *testing.T) {
	t.Parallel()
	a, b := demo.NewWorld(7), demo.NewWorld(7)
	const days = 21 // most of the stories
	if !reflect.DeepEqual(a.LastDays(now, days), b.LastDays(now, days)) {
		t.Error("two worlds of one seed differ")
	}
	for i := range 500 {
		at := now.Add(time.Duration(i) * 7 * time.Second)
		if !reflect.DeepEqual(a.Next(at), b.Next(at)) {
			t.Fatal("they go on differently")
		}
	}
	if reflect.DeepEqual(demo.NewWorld(7).LastDays(now, 1)[:100], demo.NewWorld(8).LastDays(now, 1)[:100]) {
		t.Error("two seeds give the same world")
	}
}

// The numbers that people see who look at the demo of seed 1 at this hour. They
// change only when the world does.
func TestTheWorldOfSeedOneIsKnown(t *testing.T) {
	t.Parallel()
	w := demo.NewWorld(1)
	events := w.History(now)
	if len(w.People) != 418 {
		t.Errorf("%d people", len(w.People))
	}
	got := map[string]int{"events": len(events)}
	for name, tally := range demo.Known(events, demo.Heard) {
		got[name] = tally.Posts
		days := 0
		for _, n := range tally.Days {
			days += n
		}
		if days != tally.Posts || len(tally.Days) < 55 {
			t.Errorf("%s: %d posts on %d days, %d in all", name, days, len(tally.Days), tally.Posts)
		}
	}
	want := map[string]int{
		"events": 44381, "Kaffora": 17470, "Kaffora Go, the app": 2038, "Kaffora Home": 4170, "Kaffora Beans": 1251, "Brightbean, the rival": 1750,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the world is known for %v, not %v", want, got)
	}
}

func TestEveryPostIsSoundAndInvented(t *testing.T) {
	t.Parallel()
	w := demo.NewWorld(3)
	events := w.History(now)
	onePage := map[string]int{"bluesky": 1e6, "mastodon": 1e6, "hackernews": 1e6, "feed": 1000, "reddit": 100, "wordpress": 100, "discourse": 50}
	languages, networks, keys := map[string]int{}, map[string]int{}, map[string]bool{}
	kinds := map[demo.EventKind]int{}
	last := time.Time{}
	for i := range events {
		e := &events[i]
		p := &e.Post
		if e.At.Before(last) || e.At.After(now) || now.Sub(e.At) > 61*24*time.Hour {
			t.Fatalf("an event at %s after one at %s", e.At, last)
		}
		last = e.At
		kinds[e.Kind]++
		networks[p.Network]++
		switch e.Kind {
		case demo.Deleted, demo.Closed, demo.Renamed:
			continue
		case demo.Posted:
			if keys[p.Network+p.ID] {
				t.Fatalf("%s is posted twice", p.ID)
			}
			keys[p.Network+p.ID] = true
		}
		if err := p.Check(); err != nil {
			t.Fatalf("%+v: %v", p, err)
		}
		if strings.ContainsAny(p.Title+p.Text, "{}") || p.Published.After(now) {
			t.Errorf("%s: %s %s", p.Published, p.Title, p.Text)
		}
		for _, id := range []string{p.InReplyTo, p.Quotes} {
			if id != "" && !keys[p.Network+id] {
				t.Errorf("%s answers %s, which was not written yet", p.ID, id)
			}
		}
		for _, link := range p.Links {
			if !strings.Contains(link, ".example/") {
				t.Errorf("a link leads outside: %s", link)
			}
		}
		languages[p.Lang]++
	}
	for _, lang := range []string{"en", "de", "fi", "zh", "es", "fr", "ja", "pt"} {
		if languages[lang] < 300 {
			t.Errorf("only %d posts in %s", languages[lang], lang)
		}
	}
	for _, site := range demo.Sites() {
		if networks[site] < 25 || networks[site] > onePage[site] {
			t.Errorf("%d events on %s, the first page of which shows %d", networks[site], site, onePage[site])
		}
	}
	for _, kind := range []demo.EventKind{demo.Posted, demo.Edited, demo.Deleted, demo.Closed, demo.Renamed} {
		if kinds[kind] == 0 {
			t.Errorf("nothing of kind %d happens", kind)
		}
	}
}

// A day has its rhythm, and each story its shape.
func TestTheStoriesHaveTheirShape(t *testing.T) {
	t.Parallel()
	events := demo.NewWorld(1).History(now)
	told := func(story string, from, to float64) (n int) { // days before now
		for i := range events {
			if e := &events[i]; e.Kind == demo.Posted && e.Truth.Story == story {
				if ago := now.Sub(e.At).Hours() / 24; to <= ago && ago < from {
					n++
				}
			}
		}
		return n
	}
	for _, c := range []struct {
		what         string
		fewer, fewOf int
	}{
		{"a launch begins at once and fades", told("launch", 41, 40), told("launch", 45, 44)},
		{"late boxes swell", told("delay", 33, 32), told("delay", 31, 30)},
		{"late boxes end", told("delay", 27.5, 26), told("delay", 31, 30)},
		{"the small story fades", told("kindness", 18, 17), told("kindness", 20, 19)},
		{"nothing smells before", told("smell", 60, 1.3), 1},
		{"the smell grows", told("smell", 1, 0.5), told("smell", 0.5, 0)},
	} {
		if c.fewer >= c.fewOf {
			t.Errorf("%s: %d, against %d", c.what, c.fewer, c.fewOf)
		}
	}
	night, noon := 0, 0
	for i := range events {
		switch e := &events[i]; {
		case e.Post.Lang != "de":
		case e.At.Hour() == 2:
			night++
		case e.At.Hour() == 11:
			noon++
		}
	}
	if night*3 > noon {
		t.Errorf("%d posts in German at night, %d at noon", night, noon)
	}
}

// Left open, the demo stays alive: the brand speaks, people calm down, and it
// begins again.
func TestTheLiveWorldGoesRound(t *testing.T) {
	t.Parallel()
	w := demo.NewWorld(1)
	w.History(now)
	statements, answers := 0, 0
	worried := map[bool]int{}
	for i := range 3 * 60 * 60 {
		at := now.Add(time.Duration(i) * time.Second)
		e := w.Next(at)
		if e.At.After(at) {
			t.Fatalf("at %s something of %s happens", at, e.At)
		}
		p := &e.Post
		if p.Author.Handle == "kaffora.example" && p.InReplyTo == "" {
			statements++
		} else if p.Author.Handle == "kaffora.example" {
			answers++
		}
		if e.Truth.Story == "smell" && e.Truth.Sentiment == hearth.Negative {
			minute := (i/60 + 5) % 40
			worried[minute > 6 && minute < 14]++
		}
	}
	if statements < 4 || statements > 5 || answers < 100 {
		t.Errorf("the brand speaks %d times and answers %d times in three hours", statements, answers)
	}
	if worried[true]*3 < worried[false] {
		t.Errorf("%d worried posts at the peaks, %d in all the other time", worried[true], worried[false])
	}
}
