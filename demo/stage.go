package demo

import (
	"context"
	"math/rand/v2"
	"strings"
	"time"

	"hearth"
	"hearth/client"
	"hearth/network/bluesky/fake"
)

// Monitors are the saved queries of the demo, in the order in which they are
// made.
func Monitors() []client.MonitorDraft {
	return []client.MonitorDraft{
		{Name: "Kaffora", Query: `kaffora`},
		{Name: "Kaffora Go, the app", Query: `"kaffora go"`},
		{Name: "Ember One safety", Query: `"ember one" AND (smok* OR smell* OR burn* OR hot OR rauch OR riecht OR heiß OR savu* OR hais* OR 冒烟 OR 烧焦 OR quemado OR 焦げ)`},
		{Name: "Unhappy with Kaffora", Query: `kaffora AND sentiment:negative`},
		{Name: "Questions to answer", Query: `kaffora AND intent:question`},
		{Name: "Wants to buy", Query: `("kaffora home" OR "ember one") AND intent:purchase`},
		{Name: "Brightbean, the rival", Query: `brightbean`},
	}
}

// Expect counts, without Hearth, how many posts the monitors whose queries are
// plain words must have caught when the events are over: those named here.
func Expect(events []Event) map[string]int {
	standing := map[string]string{} // by post
	for i := range events {
		switch e := &events[i]; e.Kind {
		case Deleted:
			delete(standing, e.Post.ID)
		default:
			standing[e.Post.ID] = strings.ToLower(e.Post.Text)
		}
	}
	want := map[string]int{}
	for name, phrase := range map[string]string{"Kaffora": "kaffora", "Kaffora Go, the app": "kaffora go", "Brightbean, the rival": "brightbean"} {
		want[name] = 0
		for _, text := range standing {
			if says(text, phrase) {
				want[name]++
			}
		}
	}
	return want
}

// says is whether a phrase stands in a text and no ASCII letter goes on with
// its last word.
func says(text, phrase string) bool {
	for {
		i := strings.Index(text, phrase)
		if i < 0 {
			return false
		}
		text = text[i+len(phrase):]
		if text == "" || text[0] < 'a' || 'z' < text[0] {
			return true
		}
	}
}

// Host is the network that the world is on, as Hearth sees it. Its people are
// known to the AppView.
func Host(w *World, clock hearth.Clock) *fake.Server {
	host := fake.New(fake.Options{Clock: clock})
	for _, p := range w.People {
		host.SetProfile(p.DID, fake.Profile{Handle: p.Handle, Name: p.Name, Followers: p.Followers})
	}
	return host
}

// Happen lets an event happen on the network.
func Happen(host *fake.Server, e *Event) {
	switch e.Kind {
	case Posted:
		host.Publish(&e.Post)
	case Edited:
		host.Update(&e.Post)
	case Deleted:
		host.Delete(e.Post.ID)
	}
}

// Pace is how long people let pass between two posts, on average.
const Pace = 900 * time.Millisecond

// Live lets the world go on at the pace of people until ctx ends.
func (w *World) Live(ctx context.Context, host *fake.Server, clock hearth.Clock) {
	pause := rand.New(rand.NewPCG(uint64(w.count), 1))
	for {
		wait := time.Duration(pause.ExpFloat64() * float64(Pace))
		select {
		case <-ctx.Done():
			return
		case <-time.After(min(wait, 4*Pace)):
		}
		e := w.Next(clock())
		Happen(host, &e)
	}
}
