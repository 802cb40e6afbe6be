package demo

import (
	"strings"
	"time"

	"hearth/client"
)

// monitor is a saved query of the demo. One with words is as plain as counting:
// it wants posts in which any of them stands.
type monitor struct {
	name, query string
	words       []string
}

func monitors() []monitor {
	return []monitor{
		{name: "Kaffora", words: []string{"kaffora", "kafforan", "kafforassa", "kafforasta"}},
		{name: "Kaffora Go, the app", words: []string{"kaffora go"}},
		{name: "Kaffora Home", words: []string{"kaffora home", "ember one", "ember mini"}},
		{name: "Kaffora Beans", words: []string{"kaffora beans"}},
		{name: "Ember One safety", query: `"ember one" AND (smok* OR smell* OR burn* OR hot OR melted OR recall OR rauch OR riecht OR verbrannt* OR heiß OR savu* OR hais* OR kuumen* OR 冒烟 OR 烧焦 OR 烫 OR quemado OR humo OR brûlé OR fumée OR queimado OR 焦げ OR 煙)`},
		{name: "Unhappy with Kaffora", query: `kaffora AND sentiment:negative`},
		{name: "Questions to answer", query: `kaffora AND intent:question -author:kaffora.example`},
		{name: "Wants to buy", query: `("kaffora home" OR "ember one" OR "ember mini" OR "kaffora beans") AND intent:purchase`},
		{name: "Ideas from customers", query: `kaffora AND intent:suggestion`},
		{name: "The giveaway that is none", query: `kaffora AND ("gives away" OR giveaway) AND link:gift-claim.example`},
		{name: "Brightbean, the rival", words: []string{"brightbean"}},
	}
}

// Monitors are the saved queries of the demo, in the order in which they are
// made.
func Monitors() []client.MonitorDraft {
	var list []client.MonitorDraft
	for _, m := range monitors() {
		query := m.query
		for i, word := range m.words {
			if i > 0 {
				query += " OR "
			}
			if strings.Contains(word, " ") {
				word = `"` + word + `"`
			}
			query += word
		}
		list = append(list, client.MonitorDraft{Name: m.name, Query: query})
	}
	return list
}

// Tally is what a monitor must have caught.
type Tally struct {
	Posts    int
	Networks map[string]int
	Days     map[time.Time]int // by midnight, UTC
}

// Known counts, without Hearth, what the monitors whose queries are plain words
// must have caught when the events are over, on the sites that were heard.
func Known(events []Event, heard func(site string) bool) map[string]Tally {
	standing := map[string]*Event{}  // by site and post
	written := map[string][]string{} // by site and author
	for i := range events {
		e := &events[i]
		if !heard(e.Post.Network) {
			continue
		}
		name := e.Post.Network + " " + e.Post.ID
		author := e.Post.Network + " " + e.Post.Author.ID
		switch e.Kind {
		case Posted:
			standing[name] = e
			written[author] = append(written[author], name)
		case Edited:
			standing[name] = e
		case Deleted:
			delete(standing, name)
		case Closed:
			for _, name := range written[author] {
				delete(standing, name)
			}
		}
	}
	known := map[string]Tally{}
	for _, m := range monitors() {
		if m.words == nil {
			continue
		}
		t := Tally{Networks: map[string]int{}, Days: map[time.Time]int{}}
		for _, e := range standing {
			if saysAny(strings.ToLower(e.Post.Title+"\n"+e.Post.Text), m.words) {
				t.Posts++
				t.Networks[e.Post.Network]++
				t.Days[e.Post.Published.UTC().Truncate(day)]++
			}
		}
		known[m.name] = t
	}
	return known
}

func saysAny(text string, phrases []string) bool {
	for _, p := range phrases {
		if says(text, p) {
			return true
		}
	}
	return false
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
