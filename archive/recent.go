package archive

import (
	"sync"

	"hearth"
)

// recent is the last rows of the log in memory, so that consumers that keep up
// need not read back, check and unpack what was just packed. It is filled only
// while there are consumers.
type recent struct {
	mu      sync.Mutex
	batches []recentBatch // without a hole; the last one is the newest
	rows    int
	bytes   int
}

// recentBatch is the rows of one transaction.
type recentBatch struct {
	rows  []Stored
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
	n := 1500 + len(p.Text) + len(p.Title)
	for i := range p.Media {
		n += len(p.Media[i].Alt) + len(p.Media[i].URL)
	}
	return n
}

// add takes the rows of the next transaction in, or, if they are not the next
// ones, begins anew with them.
func (r *recent) add(rows []Stored) {
	if len(rows) == 0 {
		return
	}
	b := recentBatch{rows: rows}
	for i := range rows {
		b.bytes += weight(&rows[i])
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.batches); n > 0 && r.batches[n-1].end() != rows[0].Seq {
		r.empty()
	}
	r.batches = append(r.batches, b)
	r.rows += len(rows)
	r.bytes += b.bytes
	for len(r.batches) > 0 && (r.rows > recentRows || r.bytes > recentBytes) {
		r.rows -= len(r.batches[0].rows)
		r.bytes -= r.batches[0].bytes
		r.batches[0] = recentBatch{}
		r.batches = r.batches[1:]
	}
}

func (b *recentBatch) end() hearth.Seq { return b.rows[len(b.rows)-1].Seq + 1 }

// after is at most limit rows behind one, nil if they are not here. Nobody may
// change them.
func (r *recent) after(seq hearth.Seq, limit int) (rows []Stored) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.batches) == 0 || r.batches[0].rows[0].Seq > seq+1 {
		return nil
	}
	for i := range r.batches {
		b := &r.batches[i]
		if b.end() <= seq+1 {
			continue
		}
		some := b.rows[seq+1-b.rows[0].Seq:]
		some = some[:min(len(some), limit-len(rows)):len(some)]
		if rows == nil && len(some) >= limit/4 {
			return some // as they are: rows are large
		}
		rows = append(rows, some...)
		seq = rows[len(rows)-1].Seq
		if len(rows) == limit {
			break
		}
	}
	return rows
}

// forget empties it: nobody reads, or rows are missing.
func (r *recent) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.empty()
}

func (r *recent) empty() { r.batches, r.rows, r.bytes = nil, 0, 0 }
