package networktest

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hearth/network"
)

// Read reads a whole file in a format and copies its records.
func Read(t testing.TB, f network.Format, settings map[string]string, file io.Reader) (records []network.Record) {
	t.Helper()
	filled, err := network.Settings(f.Fields, settings)
	if err != nil {
		t.Fatal(err)
	}
	err = f.Read(context.Background(), file, filled, func(r *network.Record) error {
		records = append(records, copied(r))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return records
}

func copied(r *network.Record) network.Record {
	c := *r
	c.Event.Post = r.Event.Post.Clone()
	if r.Reject != nil {
		reject := *r.Reject
		reject.Raw = bytes.Clone(reject.Raw)
		c.Reject = &reject
	}
	return c
}

// Events is the events of the records; a reject fails the test.
func Events(t testing.TB, records []network.Record) (events []network.Event) {
	t.Helper()
	for _, r := range records {
		if r.Reject != nil {
			t.Fatalf("record %d was refused: %s", r.Number, r.Reject.Reason)
		}
		events = append(events, r.Event)
	}
	return events
}

// RunFormat checks that a format behaves as every format must. good is a file
// with at least two good records and nothing else; bad is text that cannot be
// read as a record, put where a record may stand.
func RunFormat(t *testing.T, f network.Format, settings map[string]string, good, bad string) {
	t.Run("TheFileIsRecognised", func(t *testing.T) {
		if settings == nil && !f.Sniff([]byte(good)) {
			t.Error("the beginning of the file is not recognised")
		}
		for _, other := range []string{"", "\x00\x01\x02", "hello there\nhow are you", "<html><body>x</body></html>", "%PDF-1.4"} {
			if f.Sniff([]byte(other)) {
				t.Errorf("%q is recognised", other)
			}
		}
	})
	t.Run("RecordsAreNumberedAndWellFormed", func(t *testing.T) {
		records := Read(t, f, settings, strings.NewReader(good))
		if len(records) < 2 {
			t.Fatalf("%d records", len(records))
		}
		for i, ev := range Events(t, records) {
			if records[i].Number != int64(i+1) {
				t.Errorf("record %d has the number %d", i+1, records[i].Number)
			}
			if err := ev.Post.Check(); !ev.Op.Account() && ev.Op != network.Delete && err != nil {
				t.Errorf("record %d: %v", i+1, err)
			}
		}
	})
	t.Run("TheWayTheFileComesDoesNotMatter", func(t *testing.T) {
		want := Read(t, f, settings, strings.NewReader(good))
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		io.WriteString(z, good)
		z.Close()
		for name, r := range map[string]io.Reader{
			"byte by byte": iotest.OneByteReader(strings.NewReader(good)), "compressed": &packed,
			"with a mark": strings.NewReader("\ufeff" + good), "with CRLF": strings.NewReader(strings.ReplaceAll(good, "\n", "\r\n")),
		} {
			if diff := cmp.Diff(want, Read(t, f, settings, r), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s:\n%s", name, diff)
			}
		}
	})
	t.Run("ABadRecordIsRefusedAndTheRestIsRead", func(t *testing.T) {
		want := len(Read(t, f, settings, strings.NewReader(good)))
		lines := strings.SplitAfter(strings.TrimSuffix(good, "\n")+"\n", "\n")
		file := strings.Join(lines[:len(lines)-2], "") + bad + "\n" + strings.Join(lines[len(lines)-2:], "")
		records := Read(t, f, settings, strings.NewReader(file))
		refused := 0
		for _, r := range records {
			if r.Reject == nil {
				continue
			}
			refused++
			if r.Reject.Reason == "" || r.Reject.Line == 0 || !strings.HasSuffix(r.Reject.Reason, ".") && !strings.HasSuffix(r.Reject.Reason, "}]") {
				t.Errorf("the reject is %+v", r.Reject)
			}
		}
		if refused != 1 || len(records) != want+1 {
			t.Errorf("%d records, %d refused; want %d and 1", len(records), refused, want+1)
		}
	})
	t.Run("AnEmptyFileIsEmpty", func(t *testing.T) {
		if records := Read(t, f, settings, strings.NewReader("")); len(records) > 0 {
			t.Errorf("%d records", len(records))
		}
	})
	t.Run("ErrorsEndTheReading", func(t *testing.T) {
		filled, _ := network.Settings(f.Fields, settings)
		full := errors.New("the disk is full")
		if err := f.Read(t.Context(), strings.NewReader(good), filled, func(*network.Record) error { return full }); !errors.Is(err, full) {
			t.Errorf("an error of the one who stores came back as %v", err)
		}
		broken := io.MultiReader(strings.NewReader(good), iotest.ErrReader(full))
		if err := f.Read(t.Context(), broken, filled, func(*network.Record) error { return nil }); !errors.Is(err, full) {
			t.Errorf("an error of the file came back as %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := f.Read(ctx, strings.NewReader(good), filled, func(*network.Record) error { return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelling came back as %v", err)
		}
	})
}
