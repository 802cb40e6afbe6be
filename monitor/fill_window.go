package monitor

import (
	"context"
	"strconv"

	"hearth"
	"hearth/ingest"
)

// windowBlocks is how many blocks of the window are looked at in a step, for
// each processor: some tens of milliseconds.
const windowBlocks = 2

// lookAtWindow looks at the next blocks of the replay window.
func (r *run) lookAtWindow(ctx context.Context) (more bool, err error) {
	begun := r.m.o.Clock()
	var before int64
	if r.fill.cursor != "" {
		if before, err = strconv.ParseInt(r.fill.cursor, 10, 64); err != nil {
			return false, hearth.Errorf(hearth.Damaged, "The place where a search of the past stood cannot be read (%v). Restore archive.db from a backup.", err)
		}
	}
	n := r.pace.Processors()
	looked, err := r.m.o.Past.Look(ctx, r.mon.workspace, ingest.Look{
		Queries: r.set, Before: before, Since: r.fill.Since, Blocks: windowBlocks * n, Processors: n,
	})
	if err != nil {
		return false, err
	}
	brought, others, err := r.take(ctx, looked.Finds)
	if err != nil {
		return false, err
	}
	return r.commit(ctx, others, func(next *Fill, fresh int64) {
		next.Worked += r.m.o.Clock().Sub(begun)
		next.Looked += looked.Seen
		next.Found += brought + fresh
		next.Brought += brought
		next.cursor = strconv.FormatInt(looked.Next, 10)
		if !looked.Reached.IsZero() {
			next.Reached = looked.Reached
		}
		if !looked.More {
			next.Stage, next.cursor = FillNetworks, ""
		}
	})
}
