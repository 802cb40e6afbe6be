package form

import (
	"encoding/binary"
	"errors"
	"math"
	"time"

	"hearth"
)

// ErrForm says that bytes are not what a Writer writes.
var ErrForm = errors.New("not in the stored form")

// Reader takes values off the front of S. After the first bad one it gives
// zero values only and Err is set. The zero value is ready; one Reader may read
// any number of strings, one behind the other.
type Reader struct {
	S   string
	Err error

	// Reuse lets the lists of a post (links, tags, media …) be overwritten by
	// the next call of Post, so that reading allocates nothing.
	Reuse bool

	bits    uint64
	texts   []string // the lists of the present post
	used    int      // of texts
	media   []hearth.Media
	intents []hearth.Intent

	corrections []hearth.Correction
}

func (r *Reader) fail() { r.S, r.Err = "", ErrForm }

// Number reads a varint.
func (r *Reader) Number() (n uint64) {
	for shift := 0; shift < 64; shift += 7 {
		if len(r.S) == 0 {
			break
		}
		b := r.S[0]
		r.S = r.S[1:]
		if shift == 63 && b > 1 {
			break
		}
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
	}
	r.fail()
	return 0
}

// Signed reads a varint in zigzag form.
func (r *Reader) Signed() int64 {
	n := r.Number()
	return int64(n>>1) ^ -int64(n&1)
}

func (r *Reader) bytes(n uint64) string {
	if n > uint64(len(r.S)) {
		r.fail()
		return ""
	}
	s := r.S[:n]
	r.S = r.S[n:]
	return s
}

// Text reads what Writer.Text wrote.
func (r *Reader) Text() string { return r.bytes(r.Number()) }

func (r *Reader) textIf(bit uint64) string {
	if r.bits&bit == 0 {
		return ""
	}
	return r.Text()
}

// Length is the length of a list whose entries take at least least bytes each.
func (r *Reader) Length(least int) int {
	n := r.Number()
	if n > uint64(len(r.S)/least) {
		r.fail()
		return 0
	}
	return int(n)
}

// list is room for n texts.
func (r *Reader) list(n int) []string {
	if !r.Reuse {
		return make([]string, n)
	}
	if len(r.texts)-r.used < n { // those handed out before keep the old memory
		r.texts, r.used = make([]string, max(2*len(r.texts), n, 64)), 0
	}
	list := r.texts[r.used : r.used+n : r.used+n]
	r.used += n
	return list
}

func (r *Reader) textsIf(bit uint64) []string {
	if r.bits&bit == 0 {
		return nil
	}
	list := r.list(r.Length(1))
	for i := range list {
		list[i] = r.Text()
	}
	return list
}

func (r *Reader) intentsIf(bit uint64) []hearth.Intent {
	if r.bits&bit == 0 {
		return nil
	}
	var list []hearth.Intent
	if r.Reuse {
		list = r.intents[:0]
	}
	for range r.Length(1) {
		list = append(list, hearth.Intent(r.Text()))
	}
	r.intents = list
	return list
}

func (r *Reader) mediaIf(bit uint64) []hearth.Media {
	if r.bits&bit == 0 {
		return nil
	}
	var list []hearth.Media
	if r.Reuse {
		list = r.media[:0]
	}
	for range r.Length(3) {
		list = append(list, hearth.Media{Type: r.Text(), URL: r.Text(), Alt: r.Text()})
	}
	r.media = list
	return list
}

func (r *Reader) correctionsIf(bit uint64) []hearth.Correction {
	if r.bits&bit == 0 {
		return nil
	}
	var list []hearth.Correction
	if r.Reuse {
		list = r.corrections[:0]
	}
	for range r.Length(5) {
		list = append(list, hearth.Correction{Field: r.Text(), Machine: r.Text(), By: hearth.UserID(r.Signed()), At: r.Time()})
	}
	r.corrections = list
	return list
}

func (r *Reader) countIf(bit uint64) hearth.Count {
	if r.bits&bit == 0 {
		return hearth.Count{}
	}
	return hearth.KnownCount(r.Signed())
}

func (r *Reader) decimalIf(bit uint64) hearth.Number {
	if r.bits&bit == 0 {
		return hearth.Number{}
	}
	b := r.bytes(8)
	if len(b) < 8 {
		return hearth.Number{}
	}
	return hearth.KnownNumber(math.Float64frombits(binary.LittleEndian.Uint64([]byte(b))))
}

func (r *Reader) truthIf(bit uint64) hearth.Bool {
	if r.bits&bit == 0 {
		return hearth.Unknown
	}
	b := r.bytes(1)
	if len(b) < 1 {
		return hearth.Unknown
	}
	return hearth.Bool(b[0])
}

func (r *Reader) timeIf(bit uint64) time.Time {
	if r.bits&bit == 0 {
		return time.Time{}
	}
	return r.Time()
}

// Time reads what Writer.Time wrote, in UTC.
func (r *Reader) Time() time.Time {
	seconds, rest := r.Signed(), r.Number()
	if rest&1 == 0 {
		return time.Unix(seconds, int64(rest>>1)*1e6).UTC()
	}
	return time.Unix(seconds, int64(rest>>1)).UTC()
}
