package ingest

import (
	"cmp"
	"slices"
	"strings"
)

// Reason is one reason why records were rejected.
type Reason struct {
	Reason string  `json:"reason"` // of the first record; others may name other places and numbers
	Count  int64   `json:"count"`
	First  []int64 `json:"first"` // the first records, counted from 1
}

// reasons counts why records were rejected, in bounded memory.
type reasons struct {
	seen  []Reason
	kinds []string // of seen: without numbers
	other int64
}

const (
	maxReasons     = 50
	reasonExamples = 10
)

func (rs *reasons) add(reason string, row int64) {
	reason = shorten(reason, maxReasonBytes)
	kind := withoutNumbers(reason)
	i := slices.Index(rs.kinds, kind)
	if i < 0 {
		if len(rs.seen) == maxReasons {
			rs.other++
			return
		}
		rs.seen = append(rs.seen, Reason{Reason: strings.Clone(reason)})
		rs.kinds = append(rs.kinds, kind)
		i = len(rs.seen) - 1
	}
	r := &rs.seen[i]
	r.Count++
	if len(r.First) < reasonExamples {
		r.First = append(r.First, row)
	}
}

// withoutNumbers makes one of reasons that differ in a place or count only.
func withoutNumbers(s string) string {
	b := make([]byte, 0, len(s))
	for _, c := range []byte(s) {
		switch {
		case c < '0' || c > '9':
			b = append(b, c)
		case len(b) == 0 || b[len(b)-1] != '0':
			b = append(b, '0')
		}
	}
	return string(b)
}

func (rs *reasons) list() []Reason {
	list := slices.Clone(rs.seen)
	slices.SortStableFunc(list, func(a, b Reason) int { return cmp.Compare(b.Count, a.Count) })
	if rs.other > 0 {
		list = append(list, Reason{Reason: "Other reasons.", Count: rs.other})
	}
	return list
}
