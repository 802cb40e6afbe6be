package main

import (
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// The whole measurement, small: the real program, a flow, an open page. How long
// anything takes is not judged here.
func TestAnOpenPageShowsWhatFlowsIn(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and runs the whole program")
	}
	t.Parallel()
	dir := t.TempDir()
	binary := filepath.Join(dir, "hearth")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "hearth/cmd/hearth").CombinedOutput(); err != nil {
		t.Fatalf("building the program: %v\n%s", err, out)
	}
	s := newSoak(options{duration: time.Minute, rate: 500, monitors: 200, seed: 1, binary: binary, dir: filepath.Join(dir, "soak"), screens: true, enough: 10})
	if err := s.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(s.eyes.seen) < 10 || s.eyes.told == 0 {
		t.Errorf("%d posts were seen after %d events", len(s.eyes.seen), s.eyes.told)
	}
	if s.eyes.seen.at(0) <= 0 {
		t.Errorf("a post was seen %v s after it was sent", s.eyes.seen.at(0))
	}
	if s.result.Processors <= 0 || s.result.RSSAll <= 0 {
		t.Errorf("the program took %v processors and %v MiB", s.result.Processors, s.result.RSSAll)
	}
}
