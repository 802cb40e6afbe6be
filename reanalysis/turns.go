package reanalysis

import "time"

// There is one writer, and what waits for it waits for a whole page. So a page is as
// long as its writing may take, which is little while others write, and then it is
// rested for many times as long as it took.
const (
	liveFor   = 5 * time.Second // without a row of others, after which nobody is in the way
	yieldRest = 14              // times as long as it worked, while others write: a fifteenth is left to it

	holdsLive  = 1500 * time.Microsecond // the writer, while others write
	holdsAlone = 25 * time.Millisecond

	firstRows = 40 // as nobody knows yet how long they take
	leastRows = 10
	liveRows  = 100 // what changed nothing so far may change much from here on
	mostRows  = 500
)

// turns says how many rows of the log the next page has.
type turns struct {
	until time.Time     // others wrote lately, and are taken to until then
	row   time.Duration // how long one holds the writer
	known bool
}

func newTurns(now time.Time) *turns { return &turns{until: now.Add(liveFor)} }

// seen notes that others write.
func (t *turns) seen(now time.Time) { t.until = now.Add(liveFor) }

func (t *turns) live(now time.Time) bool { return now.Before(t.until) }

func (t *turns) rows(now time.Time) int {
	holds, most := holdsAlone, mostRows
	if t.live(now) {
		holds, most = holdsLive, liveRows
	}
	switch {
	case !t.known:
		return firstRows
	case t.row == 0:
		return most
	}
	return int(min(max(holds/t.row, leastRows), time.Duration(most)))
}

// learn takes in how long a page held the writer: at once if it was long, and slowly if
// it was short, as few of its posts may have changed.
func (t *turns) learn(p *page) {
	if p.rows == 0 {
		return
	}
	t.row, t.known = max(p.held/time.Duration(p.rows), t.row*7/8), true
}

// page is one transaction of a run.
type page struct {
	most  int           // rows of the log that it may have
	rows  int           // that it had
	wrote int64         // rows that it added to the log
	held  time.Duration // for which it held the writer, from the first such row on
	began time.Time
}

func (p *page) write(now time.Time) {
	if p.began.IsZero() {
		p.began = now
	}
}

func (p *page) written(now time.Time, rows int64) {
	p.wrote = rows
	if !p.began.IsZero() {
		p.held = now.Sub(p.began)
	}
}
