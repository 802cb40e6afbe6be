package archive

import (
	"time"

	"hearth"
)

// A place is where a visible post stands in time: the milliseconds since 1970
// of its publication and below them placeBits bits that keep posts of one
// millisecond apart, in the order of their arrival as long as fewer than 4,096
// share it. What does not fit in its millisecond stands in one of the next.
const placeBits = 12

// Times beyond these years (hostile or mistaken) stand at the edge; the exact
// time is in the post.
var (
	firstTime = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	lastTime  = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC).UnixMilli()
)

// placeAt is the first place of the millisecond of t.
func placeAt(t time.Time) int64 {
	return min(max(t.UnixMilli(), firstTime), lastTime) << placeBits
}

// placeTime is the millisecond of a place.
func placeTime(place int64) time.Time {
	return time.UnixMilli(place >> placeBits).UTC()
}

// wantedPlace is the place a row takes if it is free.
func wantedPlace(t time.Time, seq hearth.Seq) int64 {
	return placeAt(t) | int64(seq)&(1<<placeBits-1)
}

// timeOf is the time by which a post is ordered and filtered: when it was
// published, or if it does not say when it was received.
func (c *content) timeOf() time.Time {
	if c.post.Published.IsZero() {
		return c.received
	}
	return c.post.Published
}
