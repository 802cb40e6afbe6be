package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/db"
	"hearth/fault"
	"hearth/match"
	"hearth/network"
)

// Imports bring files of posts in. They share the crew and the memory of
// deletions with the sources.
type Imports struct {
	s *Sources

	mu     sync.Mutex
	active map[importKey]bool
}

type importKey struct {
	workspace hearth.WorkspaceID
	id        string
}

// NewImports makes ready to import.
func NewImports(s *Sources) *Imports {
	return &Imports{s: s, active: map[importKey]bool{}}
}

// File is a file of posts on its way in.
type File struct {
	// ID names the content, the same whenever the same file comes: a hash of
	// its beginning, its size and its name, say. An import of an ID that broke
	// off goes on where it was; one that is done is not done again.
	ID       string
	Name     string
	Format   *network.Format
	Settings map[string]string // of the format; what is left out has its default
	Body     io.Reader         // from the beginning of the file

	// AcceptBad goes on however many records cannot be read.
	AcceptBad bool

	// Progress is told after each batch; nil means nobody asks.
	Progress func(Report)
}

// The states of an import.
const (
	ImportRunning = "running" // or broken off: it can be resumed
	ImportDone    = "done"
	ImportStopped = "stopped" // too many bad records: Reason says it
	ImportUndoing = "undoing"
	ImportUndone  = "undone"
)

// Report says how far an import is and what became of its records.
type Report struct {
	ID      string
	Name    string
	Format  string
	State   string
	Reason  string // why it was stopped
	Records int64  // dealt with
	Resumed int64  // of these, by earlier runs
	Counters
	Begun   time.Time
	Written time.Time
	Reasons []Reason // why records were rejected in this run, the most frequent first
}

// Bad is how many records could not be read or kept.
func (r *Report) Bad() int64 { return r.Rejects + r.Poisoned }

const (
	importBatch    = 512
	maxImportID    = 128
	fewRecords     = 1000 // from this many on, too many bad ones stop an import
	badShare       = 0.05
	undoBatch      = 500
	maxImportLists = 1000
)

// Check is the dry run: it reads the whole file and changes nothing. each is
// called for every record with the post or with the reason why there is none;
// both are valid until it returns.
func (im *Imports) Check(ctx context.Context, by access.Actor, f File, each func(row int64, p *hearth.Post, reject *network.Reject) error) (Report, error) {
	report := Report{ID: f.ID, Name: f.Name, State: ImportRunning}
	if err := by.Check(access.WritePosts); err != nil {
		return report, err
	}
	settings, err := checkFile(&f)
	if err != nil {
		return report, err
	}
	report.Format = f.Format.Name
	var why reasons
	err = readUntilPanic(ctx, &f, settings, func(r *network.Record) error {
		report.Records++
		report.Frames++
		reject := r.Reject
		if reject == nil {
			report.Events++
			if err := r.Event.Post.Check(); err != nil && r.Event.Op.HasPost() {
				reject = &network.Reject{Reason: err.Error(), Line: r.Number}
			}
		}
		if reject != nil {
			report.Rejects++
			why.add(reject.Reason, r.Number)
		}
		return each(r.Number, &r.Event.Post, reject)
	})
	report.Reasons = why.list()
	if err == nil {
		report.State = ImportDone
	}
	return report, err
}

// Import stores every post of the file, whether or not a monitor wants it, and
// alerts nobody. Each batch commits with its place in the file, so a broken-off
// import goes on without doubling anything. Records that cannot be read are
// reported, kept as dead letters and passed over; if they are more than 5 % of
// at least 1,000 records the import stops, unless the file says to accept them.
// The report is valid with an error too.
func (im *Imports) Import(ctx context.Context, by access.Actor, f File) (Report, error) {
	report := Report{ID: f.ID, Name: f.Name}
	if err := by.Check(access.WritePosts); err != nil {
		return report, err
	}
	settings, err := checkFile(&f)
	if err != nil {
		return report, err
	}
	key := importKey{by.Workspace, f.ID}
	if !im.begin(key) {
		return report, hearth.Errorf(hearth.Conflict, "This file is being imported already.")
	}
	defer im.end(key)
	report, err = im.open(ctx, key, &f)
	if err != nil || report.State == ImportDone {
		return report, err
	}
	what := struct {
		Name string `json:"name"`
	}{f.Name}
	if err := access.Note(ctx, im.s.o.State, im.s.o.Clock(), by, "import.run", access.Of("import", f.ID), nil, what); err != nil {
		return report, err
	}
	run := &importRun{im: im, ctx: ctx, key: key, f: &f, report: report}
	err = run.do(settings)
	return run.report, err
}

func (im *Imports) begin(key importKey) bool {
	im.mu.Lock()
	defer im.mu.Unlock()
	if im.active[key] {
		return false
	}
	im.active[key] = true
	return true
}

func (im *Imports) end(key importKey) {
	im.mu.Lock()
	defer im.mu.Unlock()
	delete(im.active, key)
}

func checkFile(f *File) (map[string]string, error) {
	switch {
	case f.Format == nil || f.Format.Read == nil:
		return nil, &hearth.Error{Code: hearth.Invalid, Field: "format", Message: "Say which format the file has."}
	case f.ID == "" || len(f.ID) > maxImportID:
		return nil, &hearth.Error{Code: hearth.Invalid, Field: "id", Message: "An import needs an id of 1 to 128 bytes."}
	case len(f.Name) > maxReasonBytes:
		return nil, &hearth.Error{Code: hearth.Invalid, Field: "name", Message: "The file's name is too long."}
	}
	return network.Settings(f.Format.Fields, f.Settings)
}

// open finds the row of an import or makes it, and says where to go on.
func (im *Imports) open(ctx context.Context, key importKey, f *File) (r Report, err error) {
	now := im.s.o.Clock()
	err = im.s.o.Store.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`
			INSERT INTO import (workspace_id, id, name, format, state, reason, records, counters, begun, written)
			VALUES (?, ?, ?, ?, 'running', '', 0, '{}', ?, ?) ON CONFLICT (workspace_id, id) DO NOTHING`,
			key.workspace, key.id, f.Name, f.Format.Name, db.Micros(now), db.Micros(now))
		if err != nil {
			return err
		}
		if r, err = readImport(tx, key); err != nil {
			return err
		}
		switch r.State {
		case ImportUndoing:
			return hearth.Errorf(hearth.Conflict, "This import is being undone; undo it again to finish that.")
		case ImportUndone:
			r.Records, r.Counters = 0, Counters{}
		case ImportDone:
			return nil
		}
		if r.Format != f.Format.Name && r.Records > 0 {
			return hearth.Errorf(hearth.Conflict, "This file was begun as %s; go on in that format or undo the import first.", r.Format)
		}
		r.State, r.Reason, r.Format, r.Resumed = ImportRunning, "", f.Format.Name, r.Records
		return writeImport(tx, key, &r, now)
	})
	return r, err
}

// importRun is one run of an import.
type importRun struct {
	im     *Imports
	ctx    context.Context
	key    importKey
	f      *File
	report Report
	flow   *Flow
	why    reasons

	batch network.Batch
	rows  []int64
	read  int64 // records seen in this run, those passed over included
	bad   int64 // rejects in all runs
}

var errTooBad = errors.New("too many bad records")

func (r *importRun) do(settings map[string]string) error {
	o := r.im.s.o
	flow, err := NewFlow(r.ctx, FlowOptions{
		Workspace: r.key.workspace, Archive: o.Archive, Store: o.Store, Crew: o.Crew, Clock: o.Clock, Log: o.Log,
		Analyzers: o.Analyzers, Queries: func() *match.Set { return o.Queries(r.key.workspace) }, Everything: true,
		graves: r.im.s.gravesOf(r.key.workspace), begin: Progress{Counters: r.report.Counters}, old: true,
		record: r.record, room: o.Room, Layer: o.layer(r.key.workspace),
	})
	if err != nil {
		return err
	}
	r.flow, r.bad = flow, r.report.Rejects
	err = readUntilPanic(r.ctx, r.f, settings, r.take)
	if err == nil {
		err = r.hand()
	}
	if closing := flow.Close(); closing != nil {
		err = closing
	}
	r.refresh()
	switch {
	case errors.Is(err, errTooBad):
		r.report.State = ImportStopped
		r.report.Reason = fmt.Sprintf("%d of the first %d records are bad, more than 5 %%; look at the reasons, mend the file or accept them.", r.report.Bad()+r.unhandled(), r.read)
		if err := r.finish(); err != nil {
			return err
		}
		return hearth.Errorf(hearth.Invalid, "The import was stopped: %s", r.report.Reason)
	case err != nil:
		return err
	}
	r.report.State = ImportDone
	return r.finish()
}

// unhandled is the rejects of the batch that was not handed on.
func (r *importRun) unhandled() int64 { return int64(len(r.batch.Rejects)) }

// take adds a record to the batch. Those of earlier runs are passed over.
func (r *importRun) take(record *network.Record) error {
	r.read = record.Number
	if record.Number <= r.report.Resumed {
		return nil
	}
	r.batch.Frames++
	if reject := record.Reject; reject != nil {
		r.bad++
		r.why.add(reject.Reason, record.Number)
		kept := *reject
		kept.Raw = append([]byte(nil), reject.Raw...)
		if kept.Line == 0 {
			kept.Line = record.Number
		}
		r.batch.Rejects = append(r.batch.Rejects, kept)
	} else {
		event := record.Event
		event.Post = event.Post.Clone()
		r.batch.Events = append(r.batch.Events, event)
		r.rows = append(r.rows, record.Number)
	}
	if r.batch.Frames < importBatch {
		return nil
	}
	return r.hand()
}

// hand gives the batch to the flow.
func (r *importRun) hand() error {
	bad := r.bad + r.flow.Progress().Counters.Poisoned
	if !r.f.AcceptBad && r.read >= fewRecords && float64(bad) > badShare*float64(r.read) {
		return errTooBad
	}
	if r.batch.Frames == 0 {
		return nil
	}
	// The rows go on to the writer, so the next batch gets its own.
	r.batch.Cursor = "row"
	err := r.flow.take(r.ctx, &r.batch, r.rows, r.read)
	clear(r.batch.Events)
	r.batch.Reset()
	r.rows = r.rows[:0]
	r.refresh()
	if r.f.Progress != nil && err == nil {
		r.f.Progress(r.report)
	}
	return err
}

// refresh takes over what is committed by now.
func (r *importRun) refresh() {
	p := r.flow.Progress()
	r.report.Counters = p.Counters
	r.report.Records = max(r.report.Records, p.row)
	r.report.Written = p.Written
	r.report.Reasons = r.why.list()
}

// record is the import's part of each commit.
func (r *importRun) record(tx *db.Tx, o *FlowOptions, next *Progress, p *pending, results []archive.Result) error {
	for i, result := range results {
		if !result.Stored {
			continue
		}
		_, err := tx.Exec(`INSERT INTO import_row (workspace_id, import_id, row, seq) VALUES (?, ?, ?, ?)`,
			r.key.workspace, r.key.id, p.rows[i], result.Seq)
		if err != nil {
			return err
		}
	}
	if err := writeLetters(tx, o.Workspace, 0, r.key.id, p.letters, next.Written); err != nil {
		return err
	}
	if err := fault.Point("ingest.import.batch"); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE import SET records = ?, counters = ?, written = ? WHERE workspace_id = ? AND id = ?`,
		next.row, marshal(next.Counters), db.Micros(next.Written), r.key.workspace, r.key.id)
	return err
}

// finish writes the end of an import.
func (r *importRun) finish() error {
	if err := fault.Point("ingest.import.read"); err != nil {
		return err
	}
	now := r.im.s.o.Clock()
	return r.im.s.o.Store.Write(context.WithoutCancel(r.ctx), func(tx *db.Tx) error {
		return writeImport(tx, r.key, &r.report, now)
	})
}

// readUntilPanic turns a format's panic into its error.
func readUntilPanic(ctx context.Context, f *File, settings map[string]string, each func(*network.Record) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = hearth.Errorf(hearth.Internal, "Hearth failed while reading the file: %v\n%s", r, debug.Stack())
		}
	}()
	return f.Format.Read(ctx, f.Body, settings, each)
}
