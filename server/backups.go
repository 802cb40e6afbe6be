package server

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"hearth"
	"hearth/access"
	"hearth/backup"
	"hearth/db"
	"hearth/jobs"
)

// backupKind is the jobs that make backups.
const backupKind = "backup"

// backupTimeout is how long a backup may take.
const backupTimeout = 12 * time.Hour

// offers is what a person may put on a schedule.
func (s *Server) offers() []jobs.Offer {
	return []jobs.Offer{{Kind: backupKind, Check: func(args json.RawMessage) error {
		if db.IsURL(s.config.DB) {
			return hearth.Errorf(hearth.Invalid, "Hearth backs up files, not PostgreSQL. Let pg_dump or a base backup run on a schedule of the system; docs/postgresql.md says how.")
		}
		var series backup.Series
		d := json.NewDecoder(bytes.NewReader(args))
		d.DisallowUnknownFields()
		if err := d.Decode(&series); err != nil {
			return hearth.Errorf(hearth.Invalid, "A backup needs a directory and how many are to be kept (%v).", err)
		}
		return series.Check()
	}}}
}

// backUp makes the next backup of a series.
func (s *Server) backUp() jobs.Kind {
	kind := jobs.Handle(backupKind, func(ctx context.Context, r *jobs.Run, series backup.Series) error {
		made, err := s.backups.Next(ctx, series, func(p backup.Progress) { r.Progress(ctx, p.Done, p.Total, p.Doing) })
		if err != nil {
			return err
		}
		if made.Trouble != nil {
			s.log.Warn("older backups could not be removed", "directory", series.Directory, "error", made.Trouble)
		}
		s.log.Info("a backup was made", "directory", made.Directory, "bytes", made.Manifest.Bytes(), "rows", made.Manifest.Rows, "removed", len(made.Removed))
		r.Progress(ctx, 1, 1, fmt.Sprintf("%s is made and was read again; %d older ones removed.", made.Directory, len(made.Removed)))
		return nil
	})
	kind.Timeout = backupTimeout
	return kind
}

// backupAges says for each schedule of backups how old its last good one is;
// below zero: there is none.
func (s *Server) backupAges(ws hearth.WorkspaceID) map[string]time.Duration {
	list, err := s.jobs.Schedules(context.Background(), access.LocalOwner(ws))
	if err != nil {
		return nil
	}
	ages := map[string]time.Duration{}
	for i := range list {
		if b := &list[i]; b.Kind == backupKind {
			ages[b.Name] = -1
			if !b.Good.IsZero() {
				ages[b.Name] = s.config.Clock().Sub(b.Good)
			}
		}
	}
	return ages
}
