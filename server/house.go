package server

import (
	"context"
	"errors"
	"fmt"
	"os"

	"hearth"
	"hearth/access"
	"hearth/db"
	"hearth/jobs"
)

// What the house does by itself, again and again. It stands among the jobs of
// the first workspace, so that whoever runs Hearth sees it.
const (
	purgeArchive    = "purge-archive"
	purgeMonitors   = "purge-monitors"
	recountPosts    = "recount-posts"
	tidyAccess      = "tidy-access"
	fitCalibrations = "fit-calibrations"
)

// joinProcesses makes this process one of those that work on the databases, and
// its queue.
func (s *Server) joinProcesses(ctx context.Context) (err error) {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	s.process, err = jobs.Join(ctx, jobs.ProcessOptions{
		State: s.state, Clock: s.config.Clock, Log: s.log, Name: fmt.Sprintf("%s/%d", host, os.Getpid()), Alone: !s.state.Shared(),
	})
	if err != nil {
		return err
	}
	s.jobs = jobs.New(jobs.Options{State: s.state, Process: s.process, Clock: s.config.Clock, Log: s.log, Offers: s.offers()})
	return nil
}

// watchMonitors follows what other processes change, where there may be any.
func (s *Server) watchMonitors(ctx context.Context) error {
	if !s.state.Shared() {
		return nil
	}
	return s.monitors.Watch(ctx)
}

// keepCounts follows the log, unless another process does.
func (s *Server) keepCounts(ctx context.Context) error {
	return s.process.Leases(s.store).Keep(ctx, "monitors", func(ctx context.Context, lease *jobs.Lease) error {
		return s.monitors.RunWhile(ctx, lease.Hold)
	})
}

// leave lets other processes take over at once.
func (s *Server) leave() error {
	select {
	case <-s.state.Broken(): // nothing can be written any more
		return nil
	default:
		return s.process.Leave(context.Background())
	}
}

// deadJobs is how many of a workspace's jobs failed for good.
func (s *Server) deadJobs(ws hearth.WorkspaceID) int64 {
	page, err := s.jobs.List(context.Background(), access.LocalOwner(ws), jobs.Search{State: jobs.Dead, Limit: 1})
	if err != nil {
		return 0 // the database's own trouble is told elsewhere
	}
	return page.Counts[jobs.Dead]
}

// uncounted is how many of the first workspace's posts could not be counted.
func (s *Server) uncounted() int64 {
	_, total, err := s.monitors.DeadLetters(context.Background(), access.LocalOwner(hearth.DefaultWorkspace), 0, 1)
	if err != nil {
		return 0
	}
	return total
}

// kinds is the work that this process can do.
func (s *Server) kinds() []jobs.Kind {
	return append(append(s.uploads.Kinds(), s.letters.Kinds()...), []jobs.Kind{
		jobs.Handle(purgeArchive, func(ctx context.Context, _ *jobs.Run, _ any) error {
			return errors.Join(s.archive.PurgeErased(ctx), s.sources.TidyLetters(ctx))
		}),
		s.backUp(),
		jobs.Handle(purgeMonitors, func(ctx context.Context, _ *jobs.Run, _ any) error { return s.monitors.Purge(ctx) }),
		jobs.Handle(tidyAccess, func(ctx context.Context, _ *jobs.Run, _ any) error { return s.access.Tidy(ctx) }),
		jobs.Handle(fitCalibrations, func(ctx context.Context, _ *jobs.Run, _ any) error { return s.taught.FitAll(ctx) }),
		jobs.Handle(recountPosts, func(ctx context.Context, _ *jobs.Run, _ any) error { return s.recount(ctx) }),
	}...)
}

// recount fails, for a person to see, if a number of a chart is not what the
// archive holds.
func (s *Server) recount(ctx context.Context) error {
	wrong, err := s.monitors.Verify(ctx)
	if err != nil || len(wrong) == 0 {
		return err
	}
	for _, d := range wrong[:min(len(wrong), 20)] {
		s.log.Error("a count does not agree with a recount", "what", d.String())
	}
	return hearth.Errorf(hearth.Damaged, "%d counts do not agree with a recount; the first: %s. Run hearth doctor, which says how to rebuild them.", len(wrong), wrong[0])
}

// findCopies follows the log, unless another process does.
func (s *Server) findCopies(ctx context.Context) error {
	return s.process.Leases(s.store).Keep(ctx, "copies", func(ctx context.Context, _ *jobs.Lease) error {
		return s.copies.Run(ctx)
	})
}

// judgeAccounts says how likely accounts are automated, unless another process does.
func (s *Server) judgeAccounts(ctx context.Context) error {
	return s.process.Leases(s.store).Keep(ctx, "bots", func(ctx context.Context, _ *jobs.Lease) error {
		return s.bots.Run(ctx)
	})
}

// tagPosts tags many posts, unless another process does.
func (s *Server) tagPosts(ctx context.Context) error {
	return s.process.Leases(s.store).Keep(ctx, "tags", func(ctx context.Context, lease *jobs.Lease) error {
		return s.tags.Run(ctx, lease.Hold)
	})
}

// sortTopics says what posts are about, unless another process does.
func (s *Server) sortTopics(ctx context.Context) error {
	return s.process.Leases(s.store).Keep(ctx, "topics", func(ctx context.Context, _ *jobs.Lease) error { return s.topics.Run(ctx) })
}

// judgeAgain judges stored posts anew, unless another process does.
func (s *Server) judgeAgain(ctx context.Context) error {
	return s.process.Leases(s.store).Keep(ctx, "reanalysis", func(ctx context.Context, lease *jobs.Lease) error {
		return s.again.Run(ctx, lease.Hold)
	})
}

// work does jobs until ctx ends.
func (s *Server) work(ctx context.Context) error {
	err := s.state.Write(ctx, func(tx *db.Tx) error {
		for _, d := range [...]jobs.ScheduleDraft{
			{Name: purgeArchive, When: "every 12h", Kind: purgeArchive}, // erased words leave the disk within a day
			{Name: purgeMonitors, When: "every 6h", Kind: purgeMonitors},
			{Name: recountPosts, When: "every 24h", Kind: recountPosts},
			{Name: fitCalibrations, When: "daily 03:10", Kind: fitCalibrations},
			{Name: tidyAccess, When: "every 6h", Kind: tidyAccess},
		} {
			if err := s.jobs.Put(tx, hearth.DefaultWorkspace, d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("making the schedules: %w", err)
	}
	return s.jobs.Run(ctx, s.kinds()...)
}
