package ingest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
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

// Uploads are files that somebody sends to be imported later: each is kept
// beside the databases, looked through by a job, and brought in by another when
// that was asked for, so whoever sent it need not stay. A file goes once it is
// in, when it is removed, or after UploadKept. It is safe for concurrent use.
//
// With several processes a file stands on the machine that took it; a job that
// runs elsewhere is tried again until it comes there.
type Uploads struct{ o UploadOptions }

// UploadOptions of Uploads. All are required but Room.
type UploadOptions struct {
	Imports *Imports
	Jobs    *jobs.Queue
	State   *db.DB
	Dir     string // made when the first file comes
	Formats []network.Format
	Detect  func(file string, head []byte) (network.Format, bool) // of a file nobody named the format of
	Clock   hearth.Clock
	Room    func() error // nil while anything new may be kept
}

// The limits of uploads.
const (
	MaxUpload  = 4 << 30            // bytes of a file, as it is sent
	UploadKept = 7 * 24 * time.Hour // how long one waits for somebody to decide
	maxUploads = 50                 // that wait in a workspace
	maxName    = 500
)

// NewUploads makes ready.
func NewUploads(o UploadOptions) *Uploads { return &Uploads{o: o} }

// UploadDraft says what a file is.
type UploadDraft struct {
	Name     string
	Format   string            // "": recognised
	Settings map[string]string // of the format
}

// Upload is a file that waits.
type Upload struct {
	ID       string // of the content; also of the import that it becomes
	Name     string
	Format   string
	Settings map[string]string
	Size     int64 // bytes
	Sent     time.Time
	Check    jobs.Job // looks it through; its result is a Survey. No ID: forgotten since
	Import   jobs.Job // brings it in; no ID: nobody has asked yet
}

// Survey is what the file holds, as Check has read it.
type Survey struct {
	Records int64          `json:"records"`
	Posts   int64          `json:"posts"`
	Bad     int64          `json:"bad"`
	Reasons []Reason       `json:"reasons,omitempty"`
	Rejects []SurveyReject `json:"rejects,omitempty"` // the first
	Samples []SurveySample `json:"samples,omitempty"` // the first posts
}

// SurveyReject is a record that cannot be read.
type SurveyReject struct {
	Row    int64  `json:"row"`
	Reason string `json:"reason"`
	Raw    string `json:"raw,omitempty"` // its beginning
}

// SurveySample is a post as it would be stored.
type SurveySample struct {
	Row       int64     `json:"row"`
	Network   string    `json:"network"`
	Author    string    `json:"author"`
	Text      string    `json:"text"` // its beginning
	Published time.Time `json:"published"`
}

const (
	surveyRejects = 20
	surveySamples = 3
	surveyText    = 300 // bytes
)

// Take stores a file and has it looked through. The same file sent again is the
// same upload.
func (u *Uploads) Take(ctx context.Context, by access.Actor, d UploadDraft, body io.Reader) (up Upload, err error) {
	if err := by.Check(access.WritePosts); err != nil {
		return up, err
	}
	if u.o.Room != nil {
		if err := u.o.Room(); err != nil {
			return up, err
		}
	}
	if d.Name = strings.TrimSpace(d.Name); len(d.Name) > maxName {
		return up, &hearth.Error{Code: hearth.Invalid, Field: "name", Message: "The file's name is too long."}
	}
	if err := u.tidy(ctx, by.Workspace); err != nil {
		return up, err
	}
	part, id, size, err := u.store(body)
	if err != nil {
		return up, err
	}
	defer os.Remove(part) // where it did not get its name
	format, err := u.format(&d, part)
	if err != nil {
		return up, err
	}
	if d.Settings == nil {
		d.Settings = map[string]string{}
	}
	if _, err := network.Settings(format.Fields, d.Settings); err != nil {
		return up, err
	}
	up = Upload{ID: id, Name: d.Name, Format: format.Name, Settings: d.Settings, Size: size, Sent: u.o.Clock()}
	err = u.o.State.Write(ctx, func(tx *db.Tx) error {
		if err := u.admit(tx, by.Workspace, id); err != nil {
			return err
		}
		job, _, err := u.o.Jobs.Enqueue(tx, by.Workspace, jobs.Draft{Kind: CheckJob, Args: uploadArgs{id}, Key: id, KeyUntilDone: true})
		if err != nil {
			return err
		}
		_, err = tx.Exec(`
			INSERT INTO upload (workspace_id, id, name, format, settings, size, sent, check_job, import_job)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)
			ON CONFLICT (workspace_id, id) DO UPDATE SET name = excluded.name, format = excluded.format, settings = excluded.settings,
				sent = excluded.sent, check_job = excluded.check_job, import_job = 0`,
			by.Workspace, id, up.Name, up.Format, marshal(up.Settings), size, db.Micros(up.Sent), int64(job))
		if err != nil {
			return err
		}
		if err := os.Rename(part, u.path(by.Workspace, id)); err != nil {
			return fmt.Errorf("keeping the file: %w", err)
		}
		return access.Record(tx, u.o.Clock(), by, "upload.take", access.Of("upload", id), nil, uploadState{up.Name, up.Format, size})
	})
	if err != nil {
		return up, err
	}
	return u.Get(ctx, by, id)
}

// admit refuses a file while one of the same content is being imported, or too
// many wait.
func (u *Uploads) admit(tx *db.Tx, ws hearth.WorkspaceID, id string) error {
	var others int
	var busy int64
	err := tx.QueryRow(`SELECT count(*) FILTER (WHERE id <> ?), coalesce(sum(import_job) FILTER (WHERE id = ?), 0) FROM upload WHERE workspace_id = ?`, id, id, ws).
		Scan(&others, &busy)
	switch {
	case err != nil:
		return err
	case busy != 0:
		return hearth.Errorf(hearth.Conflict, "This file is here already and was begun to be imported; remove it first to begin anew.")
	case others >= maxUploads:
		return hearth.Errorf(hearth.Conflict, "%d files wait already; import or remove some first.", others)
	}
	return nil
}

// uploadState is what the audit log shows.
type uploadState struct {
	Name   string `json:"name"`
	Format string `json:"format"`
	Size   int64  `json:"size"`
}

// store writes a body to a file of its own and says what its content is called.
func (u *Uploads) store(body io.Reader) (part, id string, size int64, err error) {
	if err := os.MkdirAll(u.o.Dir, 0o700); err != nil {
		return "", "", 0, fmt.Errorf("making the folder of uploads: %w", err)
	}
	f, err := os.CreateTemp(u.o.Dir, "*"+partFile)
	if err != nil {
		return "", "", 0, fmt.Errorf("keeping the file: %w", err)
	}
	sum := sha256.New()
	size, err = io.Copy(io.MultiWriter(f, sum), io.LimitReader(body, MaxUpload+1))
	switch {
	case err != nil:
		err = hearth.Errorf(hearth.Invalid, "The file broke off after %d bytes (%v); send it again.", size, err)
	case size > MaxUpload:
		err = hearth.Errorf(hearth.Invalid, "The file is larger than %d GB. Pack it with gzip or zstd, or import it on the server's machine: hearth import FILE", int64(MaxUpload)>>30)
	case size == 0:
		err = &hearth.Error{Code: hearth.Invalid, Field: "file", Message: "Choose a file with posts; this one is empty."}
	default:
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		os.Remove(f.Name())
		return "", "", 0, err
	}
	return f.Name(), "file-" + hex.EncodeToString(sum.Sum(nil)[:16]), size, nil
}

const partFile = ".part"

// path is where a file stands. The id is hexadecimal: checked, or made by us.
func (u *Uploads) path(ws hearth.WorkspaceID, id string) string {
	return filepath.Join(u.o.Dir, ws.String()+"-"+id)
}

// format is the format of a stored file.
func (u *Uploads) format(d *UploadDraft, path string) (*network.Format, error) {
	names := make([]string, len(u.o.Formats))
	for i := range u.o.Formats {
		if u.o.Formats[i].Name == d.Format {
			return &u.o.Formats[i], nil
		}
		names[i] = u.o.Formats[i].Name
	}
	if d.Format != "" {
		return nil, &hearth.Error{Code: hearth.Invalid, Field: "format", Message: "There is no such format; there is " + strings.Join(names, ", ") + "."}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	input, err := network.Open(f)
	if err != nil {
		return nil, err
	}
	defer input.Close()
	if found, ok := u.o.Detect(d.Name, input.Head()); ok {
		return &found, nil
	}
	return nil, &hearth.Error{Code: hearth.Invalid, Field: "format", Message: "The format of the file cannot be recognised; say which it is: " + strings.Join(names, ", ") + "."}
}

// Formats is what can be imported.
func (u *Uploads) Formats() []network.Format { return u.o.Formats }

// List gives the files that wait, the newest first.
func (u *Uploads) List(ctx context.Context, by access.Actor) (list []Upload, err error) {
	if err := by.Check(access.WritePosts); err != nil {
		return nil, err
	}
	err = u.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(selectUpload+` WHERE workspace_id = ? ORDER BY sent DESC, id LIMIT ?`, by.Workspace, maxUploads)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			up, err := scanUpload(rows)
			list = append(list, up)
			return err
		})
	})
	for i := range list {
		err = errors.Join(err, u.look(ctx, by.Workspace, &list[i]))
	}
	return list, err
}

// Get gives one file that waits.
func (u *Uploads) Get(ctx context.Context, by access.Actor, id string) (up Upload, err error) {
	if err := by.Check(access.WritePosts); err != nil {
		return up, err
	}
	if up, err = u.read(ctx, by.Workspace, id); err != nil {
		return up, err
	}
	return up, u.look(ctx, by.Workspace, &up)
}

// look adds how far the jobs are.
func (u *Uploads) look(ctx context.Context, ws hearth.WorkspaceID, up *Upload) error {
	for _, job := range []*jobs.Job{&up.Check, &up.Import} {
		if job.ID == 0 {
			continue
		}
		found, err := u.o.Jobs.Get(ctx, access.LocalOwner(ws), job.ID)
		if err != nil && hearth.ErrorCode(err) != hearth.NotFound {
			return err
		}
		*job = found
	}
	return nil
}

func (u *Uploads) read(ctx context.Context, ws hearth.WorkspaceID, id string) (up Upload, err error) {
	err = u.o.State.Read(ctx, func(tx *db.Tx) error {
		up, err = scanUpload(tx.QueryRow(selectUpload+` WHERE workspace_id = ? AND id = ?`, ws, id))
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return up, hearth.Errorf(hearth.NotFound, "There is no such file waiting; it may be imported or removed already.")
	}
	return up, err
}

const selectUpload = `SELECT id, name, format, settings, size, sent, check_job, import_job FROM upload`

func scanUpload(row db.Scanner) (up Upload, err error) {
	var settings string
	var sent int64
	err = row.Scan(&up.ID, &up.Name, &up.Format, &settings, &up.Size, &sent, &up.Check.ID, &up.Import.ID)
	up.Sent = db.FromMicros(sent)
	if err == nil {
		err = json.Unmarshal([]byte(settings), &up.Settings)
	}
	return up, err
}

// Bring has a file imported. With acceptBad it goes on however many records
// cannot be read. An import that was stopped or cancelled is begun again and
// goes on where it was.
func (u *Uploads) Bring(ctx context.Context, by access.Actor, id string, acceptBad bool) (up Upload, err error) {
	if err := by.Check(access.WritePosts); err != nil {
		return up, err
	}
	err = u.o.State.Write(ctx, func(tx *db.Tx) error {
		up, err := scanUpload(tx.QueryRow(selectUpload+` WHERE workspace_id = ? AND id = ?`, by.Workspace, id))
		if errors.Is(err, sql.ErrNoRows) {
			return hearth.Errorf(hearth.NotFound, "There is no such file waiting; it may be imported or removed already.")
		}
		if err != nil {
			return err
		}
		job, _, err := u.o.Jobs.Enqueue(tx, by.Workspace, jobs.Draft{
			Kind: ImportJob, Args: bringArgs{ID: id, AcceptBad: acceptBad}, Key: id, KeyUntilDone: true, Serial: "import",
		})
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE upload SET import_job = ? WHERE workspace_id = ? AND id = ?`, int64(job), by.Workspace, id); err != nil {
			return err
		}
		return access.Record(tx, u.o.Clock(), by, "upload.import", access.Of("upload", id), nil, uploadState{up.Name, up.Format, up.Size})
	})
	if err != nil {
		return up, err
	}
	return u.Get(ctx, by, id)
}

// Remove forgets a file that waits. What was imported of it stays.
func (u *Uploads) Remove(ctx context.Context, by access.Actor, id string) error {
	if err := by.Check(access.WritePosts); err != nil {
		return err
	}
	up, err := u.Get(ctx, by, id)
	if err != nil {
		return err
	}
	if up.Import.State == jobs.Waiting || up.Import.State == jobs.Running {
		return hearth.Errorf(hearth.Conflict, "This file is being imported; cancel job %d first.", up.Import.ID)
	}
	err = u.o.State.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(`DELETE FROM upload WHERE workspace_id = ? AND id = ?`, by.Workspace, id); err != nil {
			return err
		}
		return access.Record(tx, u.o.Clock(), by, "upload.remove", access.Of("upload", id), uploadState{up.Name, up.Format, up.Size}, nil)
	})
	if err != nil {
		return err
	}
	return u.drop(by.Workspace, id)
}

// drop takes a file off the disk.
func (u *Uploads) drop(ws hearth.WorkspaceID, id string) error {
	if err := os.Remove(u.path(ws, id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing the file: %w", err)
	}
	return nil
}
