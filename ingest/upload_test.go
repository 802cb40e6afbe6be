package ingest_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
	"hearth/db/dbtest"
	"hearth/ingest"
	"hearth/jobs"
	"hearth/network"
)

// desk is uploads with a queue that works on them.
type desk struct {
	*house
	uploads *ingest.Uploads
	imports *ingest.Imports
	queue   *jobs.Queue
	dir     string
}

func (h *house) desk() *desk {
	h.t.Helper()
	process, err := jobs.Join(h.t.Context(), jobs.ProcessOptions{State: h.state, Clock: h.clock, Log: h.log, Name: "test/1", Alone: true})
	if err != nil {
		h.t.Fatal(err)
	}
	d := &desk{house: h, imports: imports(h), dir: filepath.Join(h.t.TempDir(), "uploads")}
	d.queue = jobs.New(jobs.Options{State: h.state, Process: process, Clock: h.clock, Log: h.log})
	d.uploads = ingest.NewUploads(ingest.UploadOptions{
		Imports: d.imports, Jobs: d.queue, State: h.state, Dir: d.dir, Formats: []network.Format{*lines}, Clock: h.clock,
		Detect: func(file string, head []byte) (network.Format, bool) {
			return *lines, strings.HasSuffix(file, ".ndjson")
		},
	})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- d.queue.Run(ctx, d.uploads.Kinds()...) }()
	h.t.Cleanup(func() { stop(); <-ended })
	return d
}

// until waits until an upload is as it should be.
func (d *desk) until(id string, so func(ingest.Upload) bool) ingest.Upload {
	d.t.Helper()
	for deadline := time.After(time.Minute); ; {
		up, err := d.uploads.Get(d.t.Context(), owner, id)
		if err != nil {
			d.t.Fatal(err)
		}
		if so(up) {
			return up
		}
		select {
		case <-deadline:
			d.t.Fatalf("it stays so: %+v", up)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// files is what stands in the folder.
func (d *desk) files() (names []string) {
	entries, err := os.ReadDir(d.dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		d.t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestAFileIsLookedThroughAndImportedOnceSomebodySaysSo(t *testing.T) {
	t.Parallel()
	d := open(t, dbtest.Home(t)).desk()
	d.listen("pie")
	up, err := d.uploads.Take(t.Context(), owner, ingest.UploadDraft{Name: "reviews.ndjson"}, strings.NewReader(file(0, 1200, 50)))
	if err != nil {
		t.Fatal(err)
	}
	up = d.until(up.ID, func(up ingest.Upload) bool { return up.Check.State == jobs.Done })
	var s ingest.Survey
	if err := json.Unmarshal(up.Check.Result, &s); err != nil {
		t.Fatal(err)
	}
	if s.Records != 1200 || s.Posts != 1176 || s.Bad != 24 || len(s.Rejects) != 20 || s.Rejects[0].Row != 50 || len(s.Samples) != 3 || !strings.Contains(s.Samples[1].Text, "number 1") {
		t.Errorf("survey %+v", s)
	}
	if head, err := d.archive.Head(t.Context()); err != nil || head != 0 {
		t.Errorf("looking through has stored up to %d, %v", head, err)
	}

	if _, err := d.uploads.Bring(t.Context(), owner, up.ID, false); err != nil {
		t.Fatal(err)
	}
	d.gone(up.ID)
	var told int
	err = d.state.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow("SELECT count(*) FROM audit WHERE workspace_id = ? AND verb = 'upload.import' AND object_id = ?", here, up.ID).Scan(&told)
	})
	if err != nil || told != 1 {
		t.Errorf("the audit log has %d lines of it, %v", told, err)
	}
	r, err := d.imports.Get(t.Context(), owner, up.ID)
	if err != nil || r.State != ingest.ImportDone || r.Stored != 1176 || r.Bad() != 24 || r.Name != "reviews.ndjson" {
		t.Errorf("import %+v, %v", r, err)
	}
	if left := d.files(); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
	if n, err := d.imports.Undo(t.Context(), owner, up.ID); err != nil || n != 1176 {
		t.Errorf("undone: %d, %v", n, err)
	}
}

// gone waits until an upload and its file are not there any more.
func (d *desk) gone(id string) {
	d.t.Helper()
	for deadline := time.After(time.Minute); ; {
		_, err := d.uploads.Get(d.t.Context(), owner, id)
		if hearth.ErrorCode(err) == hearth.NotFound && len(d.files()) == 0 {
			return
		}
		select {
		case <-deadline:
			d.t.Fatalf("it does not go: %v", err)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func TestAFileOfMostlyBadRecordsStopsUntilTheyAreAccepted(t *testing.T) {
	t.Parallel()
	d := open(t, dbtest.Home(t)).desk()
	up, err := d.uploads.Take(t.Context(), owner, ingest.UploadDraft{Name: "x", Format: "lines"}, strings.NewReader(file(0, 2000, 5)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.uploads.Bring(t.Context(), owner, up.ID, false); err != nil {
		t.Fatal(err)
	}
	up = d.until(up.ID, func(up ingest.Upload) bool { return up.Import.State == jobs.Dead })
	if !strings.Contains(up.Import.Error, "more than 5 %") {
		t.Errorf("stopped because: %s", up.Import.Error)
	}
	if _, err := d.uploads.Bring(t.Context(), owner, up.ID, true); err != nil {
		t.Fatal(err)
	}
	d.gone(up.ID)
	if r, err := d.imports.Get(t.Context(), owner, up.ID); err != nil || r.Stored != 1600 || r.Bad() != 400 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestWhatIsNoFileOfPostsIsRefusedAndNothingIsLeft(t *testing.T) {
	t.Parallel()
	d := open(t, dbtest.Home(t)).desk()
	broken := errors.New("the line is cut")
	for name, c := range map[string]struct {
		draft ingest.UploadDraft
		body  *cutReader
		field string
	}{
		"empty":            {ingest.UploadDraft{Name: "a.ndjson"}, &cutReader{}, "file"},
		"unknown format":   {ingest.UploadDraft{Name: "a.ndjson", Format: "runes"}, &cutReader{text: "x"}, "format"},
		"not recognised":   {ingest.UploadDraft{Name: "a.bin"}, &cutReader{text: "x"}, "format"},
		"a name too long":  {ingest.UploadDraft{Name: strings.Repeat("n", 501) + ".ndjson"}, &cutReader{text: "x"}, "name"},
		"broken off":       {ingest.UploadDraft{Name: "a.ndjson"}, &cutReader{text: "x", end: broken}, ""},
		"unknown settings": {ingest.UploadDraft{Name: "a.ndjson", Settings: map[string]string{"no": "such"}}, &cutReader{text: "x"}, "no"},
	} {
		_, err := d.uploads.Take(t.Context(), owner, c.draft, c.body)
		var known *hearth.Error
		if !errors.As(err, &known) || known.Code != hearth.Invalid || c.field != "no" && known.Field != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	if left := d.files(); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
	if list, err := d.uploads.List(t.Context(), owner); err != nil || len(list) > 0 {
		t.Error(list, err)
	}
}

// cutReader gives a text and then an end.
type cutReader struct {
	text string
	end  error
}

func (r *cutReader) Read(p []byte) (int, error) {
	n := copy(p, r.text)
	if r.text = r.text[n:]; n > 0 {
		return n, nil
	}
	if r.end != nil {
		return 0, r.end
	}
	return 0, io.EOF
}

func TestAFileOfAnotherWorkspaceIsNotThere(t *testing.T) {
	t.Parallel()
	d := open(t, dbtest.Home(t)).desk()
	up, err := d.uploads.Take(t.Context(), owner, ingest.UploadDraft{Name: "a.ndjson"}, strings.NewReader(file(0, 3, 0)))
	if err != nil {
		t.Fatal(err)
	}
	other := access.LocalOwner(here + 1)
	if _, err := d.uploads.Get(t.Context(), other, up.ID); hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("it is seen: %v", err)
	}
	if _, err := d.uploads.Bring(t.Context(), other, up.ID, false); hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("it is imported: %v", err)
	}
	if err := d.uploads.Remove(t.Context(), other, up.ID); hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("it is removed: %v", err)
	}
	if err := d.uploads.Remove(t.Context(), owner, up.ID); err != nil {
		t.Fatal(err)
	}
	d.gone(up.ID)
}
