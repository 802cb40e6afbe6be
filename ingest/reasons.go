package ingest

import (
	"cmp"
	"slices"
)

// Reason is one reason why records were rejected.
type Reason struct {
	Reason string
	Count  int64
	First  []int64 // the first records, counted from 1
}

// reasons counts why records were rejected, in bounded memory.
type reasons struct {
	seen  []Reason
	other int64
}

const (
	maxReasons     = 50
	reasonExamples = 10
)

func (rs *reasons) add(reason string, row int64) {
	reason = shorten(reason, maxReasonBytes)
	i := slices.IndexFunc(rs.seen, func(r Reason) bool { return r.Reason == reason })
	if i < 0 {
		if len(rs.seen) == maxReasons {
			rs.other++
			return
		}
		rs.seen = append(rs.seen, Reason{Reason: string([]byte(reason))})
		i = len(rs.seen) - 1
	}
	r := &rs.seen[i]
	r.Count++
	if len(r.First) < reasonExamples {
		r.First = append(r.First, row)
	}
}

func (rs *reasons) list() []Reason {
	list := slices.Clone(rs.seen)
	slices.SortStableFunc(list, func(a, b Reason) int { return cmp.Compare(b.Count, a.Count) })
	if rs.other > 0 {
		list = append(list, Reason{Reason: "Other reasons.", Count: rs.other})
	}
	return list
}
