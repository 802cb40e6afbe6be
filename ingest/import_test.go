package ingest_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/db/dbtest"
	"hearth/ingest"
	"hearth/network"
)

// lines is a file format of the tests: a post document on each line.
var lines = &network.Format{
	Name: "lines",
	Read: func(ctx context.Context, r io.Reader, _ map[string]string, each func(*network.Record) error) error {
		scan := bufio.NewScanner(r)
		scan.Buffer(nil, 1<<20)
		for n := int64(1); scan.Scan(); n++ {
			record := network.Record{Number: n}
			if err := hearth.DecodePost(scan.Text(), &record.Event.Post); err != nil {
				record.Reject = &network.Reject{Raw: scan.Bytes(), Reason: err.Error(), Line: n}
			}
			if err := each(&record); err != nil {
				return err
			}
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		return scan.Err()
	},
}

// file is posts from number on, with a bad line in every of which.
func file(from, n, bad int) string {
	var b strings.Builder
	for i := from; i < from+n; i++ {
		if bad > 0 && i%bad == bad-1 {
			fmt.Fprintf(&b, "{\"network\":\"shop\",\"id\":\"%d\"\n", i)
			continue
		}
		text := fmt.Sprintf("number %d", i)
		if i%10 == 0 {
			text = fmt.Sprintf("pie %d", i)
		}
		p := hearth.Post{Network: "shop", ID: fmt.Sprintf("r%07d", i), Text: text, Published: noon, Author: hearth.Author{ID: "ann"}}
		b.Write(hearth.AppendPost(nil, &p))
		b.WriteByte('\n')
	}
	return b.String()
}

func imports(h *house) *ingest.Imports { return ingest.NewImports(ingest.NewSources(h.options())) }

func TestAnImportIsKeptWholeAndReportsItsBadLines(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	im := imports(h)
	var told []int64
	report, err := im.Import(t.Context(), owner, ingest.File{
		ID: "f1", Name: "reviews.ndjson", Format: lines, Body: strings.NewReader(file(0, 3000, 50)),
		Progress: func(r ingest.Report) { told = append(told, r.Records) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if report.State != ingest.ImportDone || report.Records != 3000 || report.Stored != 2940 || report.Rejects != 60 || report.Matched != 300 {
		t.Errorf("report %+v", report)
	}
	if !slices.IsSorted(told) || len(told) < 3 {
		t.Errorf("progress %v", told)
	}
	if len(report.Reasons) != 1 || report.Reasons[0].Count != 60 || report.Reasons[0].First[0] != 50 {
		t.Errorf("reasons %+v", report.Reasons)
	}
	letters := h.letters()
	if len(letters) != 60 || letters[59].Line != 50 || letters[59].Import != "f1" {
		t.Errorf("%d letters, the first of line %d", len(letters), letters[len(letters)-1].Line)
	}
	rows := h.rows()
	if len(rows) != 2940 || !slices.Equal(rows[0].Monitors, []hearth.MonitorID{1}) || len(rows[1].Monitors) != 0 {
		t.Errorf("%d rows", len(rows))
	}
}

func TestAnImportThatIsDoneIsNotDoneAgain(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	im := imports(h)
	f := ingest.File{ID: "f1", Format: lines, Body: strings.NewReader(file(0, 100, 0))}
	if _, err := im.Import(t.Context(), owner, f); err != nil {
		t.Fatal(err)
	}
	f.Body = iotest{errors.New("it was read again")}
	report, err := im.Import(t.Context(), owner, f)
	if err != nil || report.State != ingest.ImportDone || report.Stored != 100 {
		t.Errorf("%+v, %v", report, err)
	}
	// The same posts in another file are duplicates.
	report, err = im.Import(t.Context(), owner, ingest.File{ID: "f2", Format: lines, Body: strings.NewReader(file(50, 100, 0))})
	if err != nil || report.Stored != 50 || report.Duplicates != 50 {
		t.Errorf("%+v, %v", report, err)
	}
	if list, err := im.List(t.Context(), owner); err != nil || len(list) != 2 {
		t.Errorf("%+v, %v", list, err)
	}
}

type iotest struct{ err error }

func (r iotest) Read([]byte) (int, error) { return 0, r.err }

func TestABrokenOffImportGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	im := imports(h)
	whole := file(0, 5000, 100)
	broken := io.MultiReader(strings.NewReader(whole[:len(whole)/2]), iotest{errors.New("the disk went away")})
	first, err := im.Import(t.Context(), owner, ingest.File{ID: "f1", Format: lines, Body: broken})
	if err == nil || first.State != ingest.ImportRunning || first.Records == 0 {
		t.Fatalf("%+v, %v", first, err)
	}
	second, err := im.Import(t.Context(), owner, ingest.File{ID: "f1", Format: lines, Body: strings.NewReader(whole)})
	if err != nil {
		t.Fatal(err)
	}
	if second.Resumed != first.Records || second.Stored != 4950 || second.Rejects != 50 || second.Duplicates != 0 {
		t.Errorf("first %+v\nsecond %+v", first, second)
	}
	if rows := h.rows(); len(rows) != 4950 {
		t.Errorf("%d rows", len(rows))
	}
}

// proves IMP2
func TestAnImportStopsWhereTooManyRecordsAreBad(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	im := imports(h)
	f := ingest.File{ID: "f1", Format: lines, Body: strings.NewReader(file(0, 4000, 10))}
	report, err := im.Import(t.Context(), owner, f)
	if hearth.ErrorCode(err) != hearth.Invalid || report.State != ingest.ImportStopped || report.Records >= 4000 {
		t.Fatalf("%+v, %v", report, err)
	}
	again, err := im.Get(t.Context(), owner, "f1")
	if err != nil || again.State != ingest.ImportStopped || again.Reason == "" {
		t.Errorf("%+v, %v", again, err)
	}
	f.Body, f.AcceptBad = strings.NewReader(file(0, 4000, 10)), true
	report, err = im.Import(t.Context(), owner, f)
	if err != nil || report.State != ingest.ImportDone || report.Stored != 3600 || report.Rejects != 400 {
		t.Errorf("%+v, %v", report, err)
	}
	few := ingest.File{ID: "f2", Format: lines, Body: strings.NewReader(file(10_000, 900, 3))}
	if report, err := im.Import(t.Context(), owner, few); err != nil || report.Stored != 600 {
		t.Errorf("a small file: %+v, %v", report, err)
	}
}

func TestADryRunShowsEverythingAndChangesNothing(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	im := imports(h)
	posts, rejects := 0, 0
	report, err := im.Check(t.Context(), owner, ingest.File{ID: "f1", Format: lines, Body: strings.NewReader(file(0, 1000, 4))},
		func(row int64, p *hearth.Post, reject *network.Reject) error {
			if reject != nil {
				rejects++
			} else {
				posts++
			}
			return nil
		})
	if err != nil || posts != 750 || rejects != 250 || report.Records != 1000 || report.Rejects != 250 {
		t.Errorf("%d posts, %d rejects, %+v, %v", posts, rejects, report, err)
	}
	if len(h.rows()) != 0 || len(h.letters()) != 0 {
		t.Error("a dry run wrote something")
	}
}

func TestUndoingAnImportErasesItsPostsAndNoOthers(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	im := imports(h)
	for i, from := range []int{0, 800} {
		if _, err := im.Import(t.Context(), owner, ingest.File{ID: fmt.Sprint("f", i), Format: lines, Body: strings.NewReader(file(from, 1600, 0))}); err != nil {
			t.Fatal(err)
		}
	}
	n, err := im.Undo(t.Context(), owner, "f1")
	if err != nil || n != 800 {
		t.Fatalf("%d erased, %v", n, err)
	}
	living := 0
	for _, r := range h.rows() {
		if r.Op == archive.Create && !r.Erased {
			living++
		}
	}
	if living != 1600 {
		t.Errorf("%d posts are left", living)
	}
	if r, err := im.Get(t.Context(), owner, "f1"); err != nil || r.State != ingest.ImportUndone {
		t.Errorf("%+v, %v", r, err)
	}
	if n, err := im.Undo(t.Context(), owner, "f1"); err != nil || n != 0 {
		t.Errorf("undone twice: %d, %v", n, err)
	}
	if _, err := im.Undo(t.Context(), access.LocalOwner(2), "f0"); hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("a neighbour's undo: %v", err)
	}
}

// What was undone may come again; what its author deletes in between may not.
func TestWhatAnUndoneImportBroughtMayBeImportedAgain(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	im := imports(h)
	bring := func(id string) ingest.Report {
		t.Helper()
		r, err := im.Import(t.Context(), owner, ingest.File{ID: id, Format: lines, Body: strings.NewReader(file(0, 1000, 0))})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	living := func() (keys []hearth.Key) {
		t.Helper()
		for _, r := range h.rows() {
			if r.Op == archive.Create && !r.Erased {
				keys = append(keys, r.Post.Key())
			}
		}
		return keys
	}
	bring("first")
	all := living()
	deleted, erased := all[10], all[20]
	if _, err := im.Undo(t.Context(), owner, "first"); err != nil {
		t.Fatal(err)
	}
	if n := len(living()); n != 0 {
		t.Fatalf("%d posts are left", n)
	}
	_, err := h.archive.Append(t.Context(), owner.Workspace, []archive.Entry{{
		Op: archive.Delete, Source: 7, At: time.UnixMicro(1), Post: &hearth.Post{Network: deleted.Network, ID: deleted.ID},
	}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r := bring("first"); r.Stored != 999 || r.Resumed != 0 {
		t.Errorf("imported again: %+v", r)
	}
	if _, err := h.archive.Erase(t.Context(), owner.Workspace, []hearth.Key{erased}, "erased by a person"); err != nil {
		t.Fatal(err)
	}
	if _, err := im.Undo(t.Context(), owner, "first"); err != nil {
		t.Fatal(err)
	}
	if r := bring("second"); r.Stored != 998 {
		t.Errorf("imported a third time: %+v", r)
	}
	now := living()
	if len(now) != 998 || slices.Contains(now, deleted) || slices.Contains(now, erased) {
		t.Errorf("%d posts; the deleted one is there: %t, the erased one: %t", len(now), slices.Contains(now, deleted), slices.Contains(now, erased))
	}
}

func TestAFormatThatPanicsIsAnErrorOfItsImport(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	bad := &network.Format{Name: "bad", Read: func(context.Context, io.Reader, map[string]string, func(*network.Record) error) error {
		panic("surprise")
	}}
	if _, err := imports(h).Import(t.Context(), owner, ingest.File{ID: "f", Format: bad, Body: strings.NewReader("")}); hearth.ErrorCode(err) != hearth.Internal {
		t.Errorf("%v", err)
	}
}
