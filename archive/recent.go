package archive

import (
	"sync"

	"hearth"
)

// recent is the last rows of the log in memory, so that consumers that keep up
// need not read back, check and unpack what was just packed. It is filled only
// while there are consumers.
type recent struct {
	mu    sync.Mutex
	rows  []Stored // without a hole; the last one is the newest
	bytes int
}

// What recent holds at most.
const (
	recentRows  = 8192
	recentBytes = 16 << 20
)

// weight is about what a row takes in memory.
func weight(s *Stored) int {
	p := &s.Post
	n := 1024 + len(p.Text) + len(p.Title)
	for i := range p.Media {
		n += len(p.Media[i].Alt) + len(p.Media[i].URL)
	}
	return n
}

// add takes the next rows in, or, if they are not the next ones, begins anew.
func (r *recent) add(rows []Stored) {
	if len(rows) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.rows); n > 0 && r.rows[n-1].Seq+1 != rows[0].Seq {
		r.rows, r.bytes = nil, 0
	}
	r.rows = append(r.rows, rows...)
	for i := range rows {
		r.bytes += weight(&rows[i])
	}
	drop := 0
	for bytes := r.bytes; len(r.rows)-drop > recentRows || bytes > recentBytes; drop++ {
		bytes -= weight(&r.rows[drop])
	}
	if drop < len(r.rows)/4 && r.bytes < 2*recentBytes {
		return // dropped in one go with more
	}
	for i := range drop {
		r.bytes -= weight(&r.rows[i])
	}
	r.rows = append([]Stored(nil), r.rows[drop:]...)
}

// after is at most limit rows behind one, nil if they are not all here. Nobody
// may change them.
func (r *recent) after(seq hearth.Seq, limit int) []Stored {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.rows) == 0 || r.rows[0].Seq > seq+1 {
		return nil
	}
	from := int(seq + 1 - r.rows[0].Seq)
	if from >= len(r.rows) {
		return nil
	}
	return r.rows[from:min(from+limit, len(r.rows)):min(from+limit, len(r.rows))]
}

// forget empties it: nobody reads.
func (r *recent) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows, r.bytes = nil, 0
}
