package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
	"hearth/jobs"
	"hearth/network"
)

// The kinds of the jobs of uploads.
const (
	CheckJob  = "import-check"
	ImportJob = "import"
)

type (
	uploadArgs struct {
		ID string `json:"id"`
	}
	bringArgs struct {
		ID        string `json:"id"`
		AcceptBad bool   `json:"accept_bad,omitempty"`
	}
)

// uploadTime is how long a file may take.
const uploadTime = 24 * time.Hour

// Kinds is the work of uploads, for the queue.
func (u *Uploads) Kinds() []jobs.Kind {
	check := jobs.Handle(CheckJob, func(ctx context.Context, r *jobs.Run, args uploadArgs) error { return u.check(ctx, r, args.ID) })
	bring := jobs.Handle(ImportJob, u.bring)
	check.Timeout, bring.Timeout = uploadTime, uploadTime
	return []jobs.Kind{check, bring}
}

// check looks a file through and keeps what it found as the job's result.
func (u *Uploads) check(ctx context.Context, r *jobs.Run, id string) error {
	ws := r.Job().Workspace
	f, err := u.open(ctx, ws, id)
	if hearth.ErrorCode(err) == hearth.NotFound {
		return nil // removed meanwhile
	}
	if err != nil {
		return err
	}
	defer f.close()
	var s Survey
	report, err := u.o.Imports.Check(ctx, access.LocalOwner(ws), f.file, func(row int64, p *hearth.Post, reject *network.Reject) error {
		s.note(row, p, reject)
		if s.Records++; s.Records%1000 != 0 {
			return nil
		}
		return r.Progress(ctx, f.read(), f.size, "")
	})
	if err != nil {
		return err
	}
	s.Records, s.Bad, s.Reasons = report.Records, report.Bad(), report.Reasons
	return u.o.State.Write(ctx, func(tx *db.Tx) error { return r.Finish(tx, s) })
}

// note keeps the first of each sort.
func (s *Survey) note(row int64, p *hearth.Post, reject *network.Reject) {
	switch {
	case reject != nil:
		if len(s.Rejects) < surveyRejects {
			s.Rejects = append(s.Rejects, SurveyReject{row, shorten(strings.Clone(reject.Reason), surveyText), shorten(string(reject.Raw), surveyText)})
		}
	default:
		if s.Posts++; len(s.Samples) < surveySamples {
			s.Samples = append(s.Samples, SurveySample{
				row, strings.Clone(p.Network), shorten(strings.Clone(p.Author.Name+" "+p.Author.Handle), surveyText), shorten(strings.Clone(p.Title+" "+p.Text), surveyText), p.Published,
			})
		}
	}
}

// bring imports a file; when it is in, the file goes.
func (u *Uploads) bring(ctx context.Context, r *jobs.Run, args bringArgs) error {
	ws := r.Job().Workspace
	f, err := u.open(ctx, ws, args.ID)
	if err != nil {
		return err
	}
	defer f.close()
	f.file.AcceptBad = args.AcceptBad
	f.file.Progress = func(Report) { r.Progress(ctx, f.read(), f.size, "") } // who took the job over ends ctx
	if _, err := u.o.Imports.Import(ctx, access.LocalOwner(ws), f.file); err != nil {
		return err
	}
	err = u.o.State.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(`DELETE FROM upload WHERE workspace_id = ? AND id = ?`, ws, args.ID); err != nil {
			return err
		}
		return r.Finish(tx, nil)
	})
	if err != nil {
		return err
	}
	return u.drop(ws, args.ID)
}

// opened is a stored file that is read.
type opened struct {
	file  File
	size  int64
	raw   *os.File
	input *network.Input
}

func (u *Uploads) open(ctx context.Context, ws hearth.WorkspaceID, id string) (*opened, error) {
	up, err := u.read(ctx, ws, id)
	if err != nil {
		return nil, err
	}
	format, err := u.format(&UploadDraft{Name: up.Name, Format: up.Format}, "")
	if err != nil {
		return nil, err
	}
	raw, err := os.Open(u.path(ws, id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, hearth.Errorf(hearth.Unavailable, "The file is not on this machine; where several share a database it is on the one that took it. Send it again if that one is gone.")
	}
	if err != nil {
		return nil, err
	}
	input, err := network.Open(raw)
	if err != nil {
		return nil, errors.Join(err, raw.Close())
	}
	return &opened{raw: raw, input: input, size: up.Size, file: File{ID: id, Name: up.Name, Format: format, Settings: up.Settings, Body: input}}, nil
}

// read is how many bytes of the file were read.
func (f *opened) read() int64 {
	at, err := f.raw.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0
	}
	return at
}

func (f *opened) close() { f.input.Close(); f.raw.Close() }

// tidy removes files of a workspace that nobody decided about, and what a crash
// left behind.
func (u *Uploads) tidy(ctx context.Context, ws hearth.WorkspaceID) error {
	old := u.o.Clock().Add(-UploadKept)
	known := map[string]bool{}
	err := u.o.State.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(`DELETE FROM upload WHERE workspace_id = ? AND sent < ?`, ws, db.Micros(old)); err != nil {
			return err
		}
		rows, err := tx.Query(`SELECT id FROM upload WHERE workspace_id = ?`, ws)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var id string
			err := rows.Scan(&id)
			known[ws.String()+"-"+id] = true
			return err
		})
	})
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(u.o.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("looking at the folder of uploads: %w", err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || known[e.Name()] || !strings.HasPrefix(e.Name(), ws.String()+"-") && !strings.HasSuffix(e.Name(), partFile) {
			continue
		}
		if age := hearth.SystemClock().Sub(info.ModTime()); age > time.Hour { // one that is being sent is younger
			os.Remove(filepath.Join(u.o.Dir, e.Name()))
		}
	}
	return nil
}
