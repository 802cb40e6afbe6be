package archive

import (
	"context"
	"time"

	"hearth"
	"hearth/db"
)

// SmallSegments has the index write a segment for every few documents. Call it
// before the first append.
func (a *Archive) SmallSegments(docs int) {
	a.finder.mu.Lock()
	defer a.finder.mu.Unlock()
	a.finder.tailDocs = docs
}

// Segments is the number of segments.
func (a *Archive) Segments() int {
	a.finder.mu.Lock()
	defer a.finder.mu.Unlock()
	return len(a.finder.segments)
}

// Indexed waits until the index has caught up with the log.
func (a *Archive) Indexed(ctx context.Context) error {
	return a.finder.wait(ctx, hearth.Seq(a.head.Load()))
}

// SmallSamples has numbers judged by so many posts.
func (a *Archive) SmallSamples(posts int) { a.sampleSize = posts }

// Patience has searches end after a time.
func (a *Archive) Patience(d time.Duration) { a.searchTime = d }

// BeginAnew empties the index, and gives what tells this process so once more: late, as
// when its goroutine was not given the processor in time.
func (a *Archive) BeginAnew(ctx context.Context) (again func(), err error) {
	var before int64
	err = a.db.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow("SELECT generation FROM index_state WHERE id = 1").Scan(&before)
	})
	if err != nil {
		return nil, err
	}
	return func() { a.finder.emptied(before + 1) }, a.finder.rebuild(ctx)
}
