package web

import (
	"net/http/httptest"
	"testing"
)

// TestTheTourLeadsThroughFiveStepsAndEnds: the demo only.
func TestTheTourLeadsThroughFiveStepsAndEnds(t *testing.T) {
	t.Parallel()
	all, err := readWords()
	if err != nil {
		t.Fatal(err)
	}
	step := func(demo bool, address, cookie string) *tour {
		r := httptest.NewRequest("GET", address, nil)
		if cookie != "" {
			r.Header.Set("Cookie", cookie)
		}
		return (&visit{words: all["en"], web: &Web{o: Options{Demo: demo}}, r: r}).tour()
	}
	if step(false, "/mentions?tour=1", "") != nil {
		t.Error("a house of its own shows the tour of the demo")
	}
	if step(true, "/mentions", "") != nil {
		t.Error("it is offered where somebody is at work")
	}
	offer := step(true, "/", "")
	if offer == nil || offer.Step != 0 || offer.After == "" {
		t.Fatalf("the tour is not offered: %+v", offer)
	}
	if step(true, "/", "toured=1") != nil {
		t.Error("it is offered again to somebody who wanted none")
	}
	at, steps := offer.After, 0
	for at != "" {
		if steps++; steps > 9 {
			t.Fatal("the tour does not end")
		}
		s := step(true, at, "toured=1")
		if s == nil || s.Step != steps || s.Title == "" || len(s.Sentence) < 40 || steps > 1 && s.Before == "" {
			t.Fatalf("step %d at %s: %+v", steps, at, s)
		}
		at = s.After
	}
	if steps != 5 {
		t.Errorf("the tour has %d steps", steps)
	}
	if s := step(true, "/mentions?period=30d&tour=1", ""); s.Back != "/mentions?period=30d" {
		t.Errorf("whoever skips it goes to %s", s.Back)
	}
}
