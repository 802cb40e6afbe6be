package server

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"hearth"
	"hearth/archive"
	"hearth/bots"
	"hearth/db"
)

// restoreAdvice is how damaged data is repaired.
const restoreAdvice = "keep a copy of the data directory as it is, and bring the newest backup into a fresh one: hearth restore BACKUP --data NEW"

// data looks at what is stored: for a moment, or, where that is asked for, at
// all of it.
func (e *examination) data(s *Server) {
	if e.o.Reindex {
		err := s.archive.Reindex(e.ctx, func(share float64) { e.o.Progress("rebuilding the index", share) })
		if err != nil {
			e.bad("index", hearth.ErrorCode(err), err.Error(), "Searches may miss posts; the posts themselves are not affected.", "Try again; if it fails again, hearth doctor --deep says what is broken.")
			return
		}
		e.good("index", "rebuilt")
	}
	if e.o.Rebuild && !e.rebuild(s) {
		return
	}
	sound := e.structures(s)
	if e.o.Deep {
		if e.archive(s) && sound {
			e.counts(s)
			e.found(s)
		}
		return
	}
	e.glance(s)
}

// structures checks the settings' database, which is small, page by page.
func (e *examination) structures(s *Server) bool {
	var problems []string
	err := s.state.Read(e.ctx, func(tx *db.Tx) (err error) {
		problems, err = tx.Integrity(mostProblems)
		return err
	})
	if err == nil && len(problems) == 0 {
		return true
	}
	saw := strings.Join(problems, "; ")
	if err != nil {
		saw = err.Error()
	}
	e.bad("settings kept", hearth.Damaged, oneLine(saw), "Sources, monitors or jobs may be lost or wrong.", "Stop Hearth, "+restoreAdvice)
	return false
}

// glanceTime is how long a doctor who was not asked to look deeply reads what
// is stored.
const glanceTime = 10 * time.Second

// glance reads the archive for a moment: all of a small one, the beginning of a
// large one.
func (e *examination) glance(s *Server) {
	ctx, cancel := context.WithTimeout(e.ctx, glanceTime)
	defer cancel()
	seen := 0.0
	report, err := s.archive.Verify(ctx, func(share float64) { seen = share; e.o.Progress("looking at the archive", share) })
	switch {
	case err != nil && ctx.Err() != nil && e.ctx.Err() == nil && report.OK():
		e.good("archive", "%.0f %% of what there is to check was read in %s, and all of it is well; --deep reads the rest", 100*seen, glanceTime)
	default:
		e.verified(s, &report, err)
	}
}

// archive checks every row. It is true if counting them anew makes sense.
func (e *examination) archive(s *Server) bool {
	report, err := s.archive.Verify(e.ctx, func(share float64) { e.o.Progress("reading the archive", share) })
	e.verified(s, &report, err)
	return err == nil && report.OK()
}

// mostProblems is how many problems of one kind are told.
const mostProblems = 10

// verified tells what a reading of the archive found.
func (e *examination) verified(s *Server, report *archive.Report, err error) {
	if err == nil && report.OK() {
		e.good("archive", "%d rows read: all there, all as their checksums say; %d posts can be found", report.Rows, report.Posts)
		return
	}
	if n := len(report.Damaged); n > 0 {
		e.bad("archive", hearth.Damaged, fmt.Sprintf("%d rows are damaged, the first is row %d", n, report.Damaged[0]),
			"These posts are left out of every answer; nothing else is affected. The disk, its cable or the memory may be failing.", "Stop Hearth, "+restoreAdvice)
	}
	for i, problem := range report.Problems {
		if i == mostProblems {
			e.bad("archive", hearth.Damaged, fmt.Sprintf("and %d more problems", len(report.Problems)-i), "", "")
			break
		}
		means, advice := "Searches may miss posts or fail.", "hearth doctor --reindex mends the search index. If this is still here afterwards: stop Hearth, "+restoreAdvice
		if strings.HasPrefix(problem, "SQLite: ") {
			means, advice = "Pages of archive.db are not as they were written: reading will fail where it meets them. The disk, its cable or the memory may be failing.",
				"Stop Hearth, "+restoreAdvice
		}
		e.bad("archive", hearth.Damaged, oneLine(problem), means, advice)
	}
	if err == nil {
		return
	}
	if !errors.Is(err, context.Canceled) && hearth.ErrorCode(err) == hearth.Damaged {
		e.bad("archive", hearth.Damaged, "pages of archive.db are not as they were written; it could not be read to the end", "Reading will fail where it meets them, and starting may. The disk, its cable or the memory may be failing.", "Stop Hearth, "+restoreAdvice)
		return
	}
	e.bad("archive", hearth.ErrorCode(err), oneLine(err.Error()), "It could not be read to the end.", "Try again; look at the disk (dmesg, SMART) if it stays.")
}

// oneLine is a message of an engine, shortened for a person.
func oneLine(s string) string {
	const most = 240
	s = strings.Join(strings.Fields(strings.ReplaceAll(s, "*** in database main ***", "")), " ")
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + " …"
	}
	return s
}

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
		e.bad("counts", hearth.ErrorCode(err), err.Error(), "The counts could not be compared with the posts.", "Try again.")
	case len(different) == 0:
		e.good("counts", "every one agrees with a recount")
	default:
		e.bad("counts", hearth.Damaged, fmt.Sprintf("%d do not agree with a recount; the first: %s", len(different), different[0]),
			"Charts and totals of monitors are wrong. Posts and mentions are not affected.", "This is a defect in Hearth, please report it.")
	}
}

// rebuild finds copies, bots and topics anew.
func (e *examination) rebuild(s *Server) bool {
	err := s.copies.Rebuild(e.ctx, func(share float64) { e.o.Progress("comparing all texts anew", share) })
	if err == nil {
		err = s.bots.Rebuild(e.ctx, func(share float64) { e.o.Progress("counting all posts to their authors anew", share) })
	}
	if err == nil {
		err = s.topics.Rebuild(e.ctx, func(share float64) { e.o.Progress("sorting all posts into topics anew", share) })
	}
	if err != nil {
		e.bad("rebuild", hearth.ErrorCode(err), err.Error(), "Copies, bots and topics lack posts; the posts themselves are not affected.", "Start the server, which goes on where this stopped, or try again.")
		return false
	}
	e.good("rebuild", "copies, bots and topics were found anew; names and what else people said of them stayed")
	return true
}

// found compares copies, bots and topics with what they follow from.
func (e *examination) found(s *Server) {
	const advice = "hearth doctor --rebuild finds them anew and keeps what people said."
	different, err := s.copies.Verify(e.ctx, func(share float64) { e.o.Progress("comparing all texts beside", share) })
	switch {
	case err != nil:
		e.bad("copies", hearth.ErrorCode(err), err.Error(), "They could not be compared with the posts.", "Try again.")
	case different > 0:
		e.fair("copies", fmt.Sprintf("%d posts are in another cluster than all posts that are left make", different), "Erasing posts can do that. Counts of distinct texts may differ by them.", advice)
	default:
		e.good("copies", "every cluster is as following the log anew makes it")
	}
	odd, err := s.bots.Verify(e.ctx, func(share float64) { e.o.Progress("counting all posts to their authors beside", share) })
	switch {
	case err != nil:
		e.bad("bots", hearth.ErrorCode(err), err.Error(), "They could not be compared with the posts.", "Try again.")
	case odd != bots.Difference{}:
		e.fair("bots", fmt.Sprintf("%d posts and %d accounts are counted otherwise than following the log anew counts them", odd.Posts, odd.Accounts),
			"Erasing posts can do that. Whether an account is called a likely bot may be judged by posts that are not there, or without some that are.", advice)
	default:
		e.good("bots", "every post counts for its author as following the log anew counts it")
	}
	problems, err := s.topics.Verify(e.ctx)
	switch {
	case err != nil:
		e.bad("topics", hearth.ErrorCode(err), err.Error(), "They could not be looked at.", "Try again.")
	case len(problems) > 0:
		e.bad("topics", hearth.Damaged, fmt.Sprintf("%d things are wrong; the first: %s", len(problems), problems[0]), "What topics say of their posts is wrong. Posts are not affected.", advice)
	default:
		e.good("topics", "their posts are as they say")
	}
}
