package form

import (
	"encoding/binary"
	"math"
	"time"

	"hearth"
)

// Writer appends values behind B.
type Writer struct {
	B    []byte
	bits uint64
}

// Number writes a varint, Signed one in zigzag form.
func (w *Writer) Number(n uint64) { w.B = binary.AppendUvarint(w.B, n) }
func (w *Writer) Signed(n int64)  { w.B = binary.AppendVarint(w.B, n) }

// Text writes the length in bytes and the bytes.
func (w *Writer) Text(s string) {
	w.Number(uint64(len(s)))
	w.B = append(w.B, s...)
}

// The If forms write only where the presence bit is set.

func (w *Writer) textIf(bit uint64, s string) {
	if w.bits&bit != 0 {
		w.Text(s)
	}
}

func textsIf[S ~string](w *Writer, bit uint64, list []S) {
	if w.bits&bit == 0 {
		return
	}
	w.Number(uint64(len(list)))
	for _, s := range list {
		w.Text(string(s))
	}
}

func (w *Writer) mediaIf(bit uint64, list []hearth.Media) {
	if w.bits&bit == 0 {
		return
	}
	w.Number(uint64(len(list)))
	for i := range list {
		w.Text(list[i].Type)
		w.Text(list[i].URL)
		w.Text(list[i].Alt)
	}
}

func (w *Writer) correctionsIf(bit uint64, list []hearth.Correction) {
	if w.bits&bit == 0 {
		return
	}
	w.Number(uint64(len(list)))
	for i := range list {
		w.Text(list[i].Field)
		w.Text(list[i].Machine)
		w.Signed(int64(list[i].By))
		w.Time(list[i].At)
	}
}

func (w *Writer) countIf(bit uint64, c hearth.Count) {
	if w.bits&bit != 0 {
		w.Signed(c.N)
	}
}

func (w *Writer) decimalIf(bit uint64, n hearth.Number) {
	if w.bits&bit != 0 {
		w.B = binary.LittleEndian.AppendUint64(w.B, math.Float64bits(n.V))
	}
}

func (w *Writer) truthIf(bit uint64, v hearth.Bool) {
	if w.bits&bit != 0 {
		w.B = append(w.B, byte(v))
	}
}

func (w *Writer) timeIf(bit uint64, t time.Time) {
	if w.bits&bit != 0 {
		w.Time(t)
	}
}

// Time writes seconds and then what is beyond them: milliseconds where these
// are enough, else nanoseconds; the lowest bit tells which.
func (w *Writer) Time(t time.Time) {
	w.Signed(t.Unix())
	if nanos := uint64(t.Nanosecond()); nanos%1e6 == 0 {
		w.Number(nanos / 1e6 << 1)
	} else {
		w.Number(nanos<<1 | 1)
	}
}
