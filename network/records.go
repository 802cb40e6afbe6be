package network

import (
	"context"
	"errors"
	"io"
	"strings"

	"hearth"
)

// Records gives out the records of a file, one after the other, numbered. A
// format fills Event and calls Give, or Refuse.
type Records struct {
	each   func(*Record) error
	record Record
	reject Reject
	line   int64
	raw    string
}

// NewRecords gives records to each.
func NewRecords(each func(*Record) error) *Records { return &Records{each: each} }

// At says where the next record stands and what it is made of.
func (r *Records) At(line int64, raw string) { r.line, r.raw = line, raw }

// Event is the next record's event, empty, to be filled.
func (r *Records) Event() *Event {
	r.record.Event.Reset()
	return &r.record.Event
}

// Give gives the event out. A post that is beyond the limits is refused.
func (r *Records) Give() error {
	ev := &r.record.Event
	if ev.Op == Create || ev.Op == Update {
		if err := ev.Post.Check(); err != nil {
			return r.Refuse(Sentence(err))
		}
	}
	r.record.Number++
	r.record.Reject = nil
	return r.each(&r.record)
}

// Refuse gives the record out as one that cannot be read, and why, in a
// sentence.
func (r *Records) Refuse(reason string) error {
	const kept = 64 << 10
	r.reject = Reject{Raw: []byte(r.raw[:min(len(r.raw), kept)]), Reason: reason, Line: r.line}
	r.record.Number++
	r.record.Event.Reset()
	r.record.Reject = &r.reject
	return r.each(&r.record)
}

// Sentence is what an error says to people.
func Sentence(err error) string {
	var e *hearth.Error
	if errors.As(err, &e) {
		return e.Message
	}
	s := err.Error()
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + strings.TrimSuffix(s[1:], ".") + "."
}

// ReadValues is Format.Read for a format of JSON values: read is called for
// each and gives out the records in it. The file may be compressed.
func ReadValues(ctx context.Context, r io.Reader, each func(*Record) error, read func(text string, out *Records) error) error {
	in, closing, err := AsInput(r)
	if err != nil {
		return err
	}
	defer closing()
	out := NewRecords(each)
	return EachValue(ctx, in, func(v *Value) error {
		out.At(v.Line, v.Text)
		if v.Problem != "" {
			return out.Refuse(v.Problem)
		}
		return read(v.Text, out)
	})
}

// AsInput is the opened file: r itself, or r opened; closing frees it.
func AsInput(r io.Reader) (in *Input, closing func(), err error) {
	if in, ok := r.(*Input); ok {
		return in, func() {}, nil
	}
	in, err = Open(r)
	if err != nil {
		return nil, nil, err
	}
	return in, in.Close, nil
}
