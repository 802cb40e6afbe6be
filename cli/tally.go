package cli

import (
	"bufio"
	"cmp"
	"errors"
	"io"
	"io/fs"
	"slices"
	"sync"
	"sync/atomic"

	"hearth"
	"hearth/client"
)

// tally counts what a dry run reads, and groups why records are unreadable.
type tally struct {
	records, posts, others, bad int64
	byReason                    map[string]*client.ImportReason
}

const (
	mostReasons = 50 // kinds of reasons told apart
	mostFirst   = 5  // places named for each
)

func newTally() *tally { return &tally{byReason: map[string]*client.ImportReason{}} }

func (t *tally) add(r *Record) {
	t.records++
	switch {
	case r.Error != "":
		t.bad++
		t.reject(r)
	case r.Verb == "create" || r.Verb == "update":
		t.posts++
	default:
		t.others++
	}
}

func (t *tally) reject(r *Record) {
	reason := t.byReason[r.Error]
	if reason == nil {
		if len(t.byReason) >= mostReasons {
			const rest = "Other reasons."
			if reason = t.byReason[rest]; reason == nil {
				reason = &client.ImportReason{Reason: rest}
				t.byReason[rest] = reason
			}
		} else {
			reason = &client.ImportReason{Reason: r.Error}
			t.byReason[r.Error] = reason
		}
	}
	reason.Count++
	if len(reason.First) < mostFirst {
		reason.First = append(reason.First, r.Number)
	}
}

// reasons are the most frequent first.
func (t *tally) reasons() []client.ImportReason {
	var list []client.ImportReason
	for _, r := range t.byReason {
		list = append(list, *r)
	}
	slices.SortFunc(list, func(a, b client.ImportReason) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Reason, b.Reason))
	})
	return list
}

// lineWriter writes records as JSON lines. A reader that unpacks files may ask
// for bytes, and so cause a flush, from a goroutine of its own.
type lineWriter struct {
	mu   sync.Mutex
	w    *bufio.Writer
	line []byte
}

func newLineWriter(w io.Writer) *lineWriter { return &lineWriter{w: bufio.NewWriterSize(w, 64<<10)} }

// record writes a post document, or {"error","record"}. What only deletes or
// renames has no document and is left out.
func (w *lineWriter) record(r *Record) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case r.Error != "":
		w.line = appendError(w.line[:0], errors.New(r.Error), r.Number)
	case r.Verb == "create" || r.Verb == "update":
		w.line = hearth.AppendPost(w.line[:0], r.Post)
	default:
		return nil
	}
	_, err := w.w.Write(append(w.line, '\n'))
	return err
}

func (w *lineWriter) flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.w.Flush()
}

// byteCounter counts what is read. before is called ahead of each read, when
// what was read so far has been dealt with.
type byteCounter struct {
	r      io.Reader
	n      atomic.Int64
	before func()
}

func (c *byteCounter) Read(p []byte) (int, error) {
	if c.before != nil {
		c.before()
	}
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// unwrapped is what the system says, without the path again.
func unwrapped(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
