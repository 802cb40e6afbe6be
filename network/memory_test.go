package network_test

import (
	"fmt"
	"slices"
	"testing"

	"hearth/network"
	"hearth/network/networktest"
)

func TestWhatIsNotedIsRememberedAfterSettling(t *testing.T) {
	t.Parallel()
	cache := &networktest.Cache{}
	m := network.NewMemory(cache, "x", 2)
	k := network.Known{Version: "1", Author: "ann", Note: "two words"}
	m.Put("a", k)
	if got, ok := m.Get("a"); !ok || got != k {
		t.Errorf("before settling: %+v", got)
	}
	if _, ok := network.NewMemory(cache, "x", 2).Get("a"); ok {
		t.Error("a crash before settling loses nothing")
	}
	m.Settle()
	if got, ok := network.NewMemory(cache, "x", 2).Get("a"); !ok || got != k {
		t.Errorf("after settling: %+v", got)
	}
	if _, ok := network.NewMemory(cache, "y", 2).Get("a"); ok {
		t.Error("memories of other names are shared")
	}
}

func TestTheLatestIDsSurviveARestartAndAreBounded(t *testing.T) {
	t.Parallel()
	cache := &networktest.Cache{}
	m := network.NewMemory(cache, "x", 3)
	var want []string
	for i := range 1_000 {
		id := fmt.Sprintf("id%04d", i)
		m.Put(id, network.Known{Version: "1"})
		if i%7 == 0 {
			m.Settle()
		}
		want = append(want, id)
	}
	m.Put("id0999", network.Known{Version: "2"}) // known already: it does not move
	m.Settle()
	slices.Reverse(want)
	m = network.NewMemory(cache, "x", 3)
	got := m.Latest(1_000)
	if len(got) < 200 || len(got) > 400 || !slices.Equal(got, want[:len(got)]) {
		t.Errorf("%d ids: %v", len(got), got)
	}
	m.Put(want[0], network.Known{Version: network.Gone})
	if got := m.Latest(5); !slices.Equal(got, want[1:6]) {
		t.Errorf("got %v", got)
	}
}
