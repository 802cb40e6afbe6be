//go:build fault

package fault

import (
	"bufio"
	"errors"
	"os"
	"testing"
	"time"
)

func TestAPointActsAtItsHitAndSaysSoBefore(t *testing.T) {
	t.Parallel()
	p, err := parse("a.b:2:error,c.d:1:panic,e.f:1:delay=1ms,g.h:1+:error")
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.told = w
	if err := p.pass("a.b"); err != nil {
		t.Errorf("the first time: %v", err)
	}
	if err := p.pass("a.b"); !errors.Is(err, ErrInjected) {
		t.Errorf("the second time: %v", err)
	}
	if err := p.pass("a.b"); err != nil {
		t.Errorf("the third time: %v", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		p.pass("c.d")
	}()
	if err := p.pass("e.f"); err != nil {
		t.Error(err)
	}
	for range 2 {
		if err := p.pass("g.h"); !errors.Is(err, ErrInjected) {
			t.Errorf("every time: %v", err)
		}
	}
	w.Close()
	var told []string
	for s := bufio.NewScanner(r); s.Scan(); {
		told = append(told, s.Text())
	}
	want := []string{"a.b", "a.b", "a.b!", "a.b", "c.d", "c.d!", "e.f", "e.f!", "g.h", "g.h!", "g.h", "g.h!"}
	if len(told) != len(want) {
		t.Fatalf("told %q, want %q", told, want)
	}
	for i := range want {
		if told[i] != want[i] {
			t.Errorf("told %q, want %q", told, want)
		}
	}
}

func TestAPlanThatMeansNothingIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"a.b", "a.b:0:kill", "a.b:x:kill", "a.b:1:explode", "a.b:1:delay=soon"} {
		if _, err := parse(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
	if p, err := parse("a:1:delay=2s"); err != nil || p.steps[0].delay != 2*time.Second {
		t.Error(p, err)
	}
}
