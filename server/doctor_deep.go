package server

import (
	"context"
	"fmt"

	"hearth"
)

// data reads everything that is stored, where that is asked for.
func (e *examination) data(s *Server) {
	if e.o.Reindex {
		err := s.archive.Reindex(e.ctx, func(share float64) { e.o.Progress("rebuilding the index", share) })
		if err != nil {
			e.bad("index", hearth.ErrorCode(err), err.Error(), "Try again; the posts are not affected.")
			return
		}
		e.good("index", "rebuilt")
	}
	if e.o.Deep && e.archive(s) {
		e.counts(s)
	}
}

// archive checks every row. It is true if counting them anew makes sense.
func (e *examination) archive(s *Server) bool {
	report, err := s.archive.Verify(e.ctx, func(share float64) { e.o.Progress("reading the archive", share) })
	if err != nil {
		e.bad("archive", hearth.ErrorCode(err), err.Error(), "")
		return false
	}
	if report.OK() {
		e.good("archive", "%d rows read: all there, all as their checksums say; %d posts can be found", report.Rows, report.Posts)
		return true
	}
	if n := len(report.Damaged); n > 0 {
		e.bad("archive", hearth.Damaged, fmt.Sprintf("%d rows are damaged, the first is row %d", n, report.Damaged[0]),
			"Stop Hearth and restore archive.db from a backup; until then these posts are left out of every answer.")
	}
	for i, problem := range report.Problems {
		if i == mostProblems {
			e.bad("archive", hearth.Damaged, fmt.Sprintf("and %d more problems", len(report.Problems)-i), "")
			break
		}
		e.bad("archive", hearth.Damaged, problem, "hearth doctor --reindex mends the search index; if this is still here afterwards, restore archive.db from a backup.")
	}
	return false
}

// mostProblems is how many problems of one kind are told.
const mostProblems = 10

// counts compares every count with the posts.
func (e *examination) counts(s *Server) {
	e.o.Progress("counting the posts anew", 0)
	work, stop := context.WithCancel(e.ctx)
	ended := make(chan error, 1)
	go func() { ended <- s.monitors.Run(work) }()
	s.poll(e.ctx, s.caughtUp)
	stop()
	<-ended
	different, err := s.monitors.Recount(e.ctx, hearth.DefaultWorkspace)
	switch {
	case err != nil:
		e.bad("counts", hearth.ErrorCode(err), err.Error(), "Try again.")
	case len(different) == 0:
		e.good("counts", "every one agrees with a recount")
	default:
		e.bad("counts", hearth.Damaged, fmt.Sprintf("%d do not agree with a recount; the first: %s", len(different), different[0]),
			"This is a defect in Hearth, please report it. Posts and mentions are not affected.")
	}
}
