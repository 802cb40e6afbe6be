package demo_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"hearth/demo"
)

var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func TestTheSameSeedIsTheSameWorld(t *testing.T) {
	t.Parallel()
	a, b := demo.NewWorld(7), demo.NewWorld(7)
	if !reflect.DeepEqual(a.History(now), b.History(now)) {
		t.Error("two worlds of one seed differ")
	}
	if !reflect.DeepEqual(a.Next(now), b.Next(now)) {
		t.Error("they go on differently")
	}
	if reflect.DeepEqual(demo.NewWorld(7).History(now), demo.NewWorld(8).History(now)) {
		t.Error("two seeds give the same world")
	}
}

// The numbers that the journeys rely on. They change only when the world does.
func TestTheWorldOfSeedOneIsKnown(t *testing.T) {
	t.Parallel()
	w := demo.NewWorld(1)
	events := w.History(now.Add(7 * time.Hour)) // whatever the time of day
	if len(events) != demo.HistoryEvents || len(w.People) != 100 {
		t.Fatalf("%d events, %d people", len(events), len(w.People))
	}
	want := map[string]int{"Kaffora": 931, "Kaffora Go, the app": 304, "Brightbean, the rival": 94}
	if got := demo.Expect(events); !reflect.DeepEqual(got, want) {
		t.Errorf("expected mentions are %v, want %v", got, want)
	}
}

func TestEveryPostIsSoundAndInvented(t *testing.T) {
	t.Parallel()
	w := demo.NewWorld(3)
	events := w.History(now)
	languages, keys := map[string]int{}, map[string]bool{}
	edits, deletions := 0, 0
	for i := range events {
		p := &events[i].Post
		switch events[i].Kind {
		case demo.Deleted:
			deletions++
			continue
		case demo.Edited:
			edits++
		default:
			if keys[p.ID] {
				t.Fatalf("%s is posted twice", p.ID)
			}
			keys[p.ID] = true
		}
		if err := p.Check(); err != nil {
			t.Fatalf("%+v: %v", p, err)
		}
		if strings.Contains(p.Text, "{") || p.Published.After(now) || now.Sub(p.Published) > 8*24*time.Hour {
			t.Errorf("%s: %s", p.Published, p.Text)
		}
		for _, link := range p.Links {
			if !strings.Contains(link, ".example") {
				t.Errorf("a link leads outside: %s", link)
			}
		}
		languages[p.Lang]++
	}
	for _, lang := range []string{"en", "de", "fi", "zh", "es", "ja"} {
		if languages[lang] < 20 {
			t.Errorf("only %d posts in %s", languages[lang], lang)
		}
	}
	if edits == 0 || deletions == 0 {
		t.Errorf("%d edits and %d deletions", edits, deletions)
	}
}

func TestTheMachineSmellsMoreAndMore(t *testing.T) {
	t.Parallel()
	events := demo.NewWorld(1).History(now)
	smelling := func(from, to time.Time) (n int) {
		for i := range events {
			p := &events[i].Post
			if strings.Contains(p.Text, "Ember One") && !p.Published.Before(from) && p.Published.Before(to) && events[i].Kind == demo.Posted {
				n++
			}
		}
		return n
	}
	before := smelling(now.Add(-40*time.Hour), now.Add(-20*time.Hour))
	early := smelling(now.Add(-20*time.Hour), now.Add(-10*time.Hour))
	late := smelling(now.Add(-10*time.Hour), now)
	if early < before || late <= early {
		t.Errorf("%d, then %d, then %d posts about the machine", before, early, late)
	}
}
