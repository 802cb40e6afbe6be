package bots_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/analysis/bot"
	"hearth/archive"
	"hearth/bots"
	"hearth/db/dbtest"
	"hearth/demo"
	"hearth/monitor"
)

// proves M8 in the invented world: who is called what when the monitors of the demo have
// listened for two weeks, to everybody of the giveaway, the parcel service and a fifth of
// the people (all of them take minutes under the race detector). Of the forty that copied
// the giveaway those with five posts and more are likely bots, and nobody else; the parcel
// service says itself that it is one. The people of this world speak in the same few
// sentences over and over: what keeps them from being called bots is that one behaviour
// does not stand alone.
func TestWhoIsCalledABotInTheDemo(t *testing.T) {
	t.Parallel()
	dbtest.SQLiteOnly(t, "it is about what is said by figures, which the other tests compare")
	h := open(t)
	h.now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, d := range demo.Monitors() {
		if _, err := h.monitors.Create(t.Context(), owner, monitor.Draft{Name: d.Name, Query: d.Query}); err != nil {
			t.Fatal(err)
		}
	}
	wanted := h.monitors.Queries(here)
	var entries []archive.Entry
	handles, met := map[bots.Account]string{}, map[string]int{}
	events := demo.NewWorld(1).LastDays(h.now, 14)
	for i := range events {
		e := &events[i]
		handle := e.Post.Author.Handle
		if e.Kind != demo.Posted || len(wanted.Catches(&e.Post)) == 0 {
			continue
		}
		if _, ok := met[handle]; !ok {
			met[handle] = len(met)
		}
		if met[handle]%5 == 0 || isOwl(handle) || e.Post.Author.Bot == hearth.True {
			entries = append(entries, create(&e.Post))
			handles[bots.AccountOf(&e.Post)] = handle
		}
	}
	for part := range slices.Chunk(entries, 1000) {
		h.arrive(part...)
	}
	h.settle()
	counts, declared := map[string]int{}, ""
	for part := range slices.Chunk(slices.Collect(maps.Keys(handles)), 200) {
		list, err := h.bots.Of(t.Context(), owner, part)
		if err != nil {
			t.Fatal(err)
		}
		for i := range list {
			who, handle := "others", handles[list[i].Account]
			if isOwl(handle) {
				who = "owls"
			}
			counts[who+" "+string(list[i].Band)]++
			if list[i].Band == bot.Declared {
				declared += h.reasons(&list[i])
			}
			if who == "others" && (list[i].Band == bot.Likely || list[i].Band == bot.Possible) {
				t.Errorf("%s is called a %s bot: %s", handle, list[i].Band, h.reasons(&list[i]))
			}
		}
	}
	if got, want := fmt.Sprint(len(entries), counts), "1399 map[others declared:1 others unknown:56 others unlikely:21 owls likely:35 owls unknown:5]"; got != want {
		t.Errorf("there are %s, not %s", got, want)
	}
	if want := "the network says that it is automated; 55 of 55 texts are near-copies of each other; 54 of 54 pauses between posts are a multiple of 6 h, to the second; it posts day and night: 13 of 55 posts in its eight quietest hours; " +
		"55 of 55 posts link to harbour-parcels.example; none of 55 posts answers anybody"; declared != want {
		t.Errorf("of the declared it is said %q, not %q", declared, want)
	}
}

func isOwl(handle string) bool { return strings.HasPrefix(handle, "deal-owl-") }

// reasons is a verdict's reasons in words.
func (h *house) reasons(l *bots.Likelihood) string {
	var words []string
	for i := range l.Reasons {
		words = append(words, l.Reasons[i].String())
	}
	return strings.Join(words, "; ")
}
