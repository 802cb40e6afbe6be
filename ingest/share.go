package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hearth/jobs"
)

// Several processes on one database share the sources: each takes as many as its
// share is, and one that has more gives some back when another process comes.
// Who reads at all is told by leases too, numbered from 1, so that a process
// that is there for something else is not counted.

const (
	readerLease = "reader "
	mostReaders = 64

	// A source that nobody took over so many looks at the others is taken by
	// whoever sees it, share or not: its reader may be unable to.
	patientLooks = 10
)

// attend takes one of the numbers of those who read, unless it has one.
func (s *Sources) attend(ctx context.Context, elsewhere map[string]bool) error {
	if s.o.Leases == nil || s.reader != nil && !s.reader.Lost() {
		return nil
	}
	s.reader = nil
	for n := 1; n <= mostReaders; n++ {
		name := fmt.Sprint(readerLease, n)
		if elsewhere[name] {
			continue
		}
		lease, err := s.o.Leases.Take(ctx, name)
		if err == nil {
			s.reader = lease
			return nil
		}
		if !errors.Is(err, jobs.ErrHeld) {
			return err
		}
	}
	return nil // it reads its share all the same
}

// retire gives the number back.
func (s *Sources) retire() {
	if s.reader != nil && !s.reader.Lost() {
		s.reader.Release(context.Background()) // else others notice when the process ends
	}
	s.reader = nil
}

// share is how many of so many sources this process is to read.
func share(sources int, elsewhere map[string]bool) int {
	readers := 1
	for name := range elsewhere {
		if strings.HasPrefix(name, readerLease) {
			readers++
		}
	}
	return (sources + readers - 1) / readers
}

// reads is how many sources this process reads and goes on to.
func (s *Sources) reads() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.running {
		if !r.giving {
			n++
		}
	}
	return n
}

// give stops one source if this process reads more than its share, so that
// another can take it. What it has read is committed first.
func (s *Sources) give(share int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var mine []*runner
	for _, r := range s.running {
		if r.giving {
			return // one after the other
		}
		mine = append(mine, r)
	}
	if s.o.Leases == nil || len(mine) <= share {
		return
	}
	last := slices.MaxFunc(mine, func(a, b *runner) int {
		return cmp.Or(cmp.Compare(a.key.workspace, b.key.workspace), cmp.Compare(a.key.id, b.key.id))
	})
	last.giving = true
	last.stop()
}

// mayTake says whether this process is to take a source that nobody reads.
func (s *Sources) mayTake(key sourceKey, share int) bool {
	if s.o.Leases == nil || s.reads() < share {
		return true
	}
	s.free[key]++
	return s.free[key] > patientLooks
}
