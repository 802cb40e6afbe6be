package archive

import (
	"context"
	"time"

	"hearth"
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
