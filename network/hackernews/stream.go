package hackernews

import (
	"context"
	"strconv"
	"sync"
	"time"

	"hearth"
	"hearth/jsonread"
	"hearth/network"
)

const (
	atOnce     = 8       // requests
	chunk      = 200     // items in a batch
	maxBehind  = 100_000 // items; a week
	maxChanges = 1_000   // items in one list of changes
	maxMissing = 200
	maxTries   = 20 // for an item that the API does not have yet
	deadLetter = 64 << 10
)

// stream is network.Network.Stream.
func stream(ctx context.Context, s *network.Session, from network.Cursor, call time.Duration, emit func(*network.Batch) error) error {
	at, err := parseCursor(from)
	if err != nil {
		return err
	}
	every, err := time.ParseDuration(s.Settings["interval"])
	if err != nil {
		return err
	}
	c, err := newClient(s)
	if err != nil {
		return err
	}
	c.call = call
	w := &walker{client: c, place: at, emit: emit, fresh: map[string]known{}, stories: s.Settings["kinds"] != "comments", comments: s.Settings["kinds"] != "stories"}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		err := w.round(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// walker walks from item to item.
type walker struct {
	*client
	place
	emit              func(*network.Batch) error
	batch             network.Batch
	fresh             map[string]known // of the items in the batch
	stories, comments bool
}

// round reads what is new and what has changed.
func (w *walker) round(ctx context.Context) error {
	newest, err := w.newest(ctx)
	if err != nil {
		return err
	}
	if w.at == 0 {
		w.at = newest
	}
	if behind := newest - w.at; behind > maxBehind {
		w.gap(w.at+1, newest-maxBehind, "Too much was written since reading stopped to read it all; the oldest was left out.")
		w.at = newest - maxBehind
	}
	if err := w.changes(ctx); err != nil {
		return err
	}
	if err := w.retry(ctx); err != nil {
		return err
	}
	for w.at < newest {
		ids := make([]int64, 0, chunk)
		for id := w.at + 1; id <= newest && len(ids) < chunk; id++ {
			ids = append(ids, id)
		}
		answers, failure := w.items(ctx, ids)
		for n, raw := range answers {
			w.at = ids[n]
			if !w.take(raw, false) {
				w.miss(missing{id: ids[n]})
			}
		}
		if err := w.give(ctx); err != nil {
			return err
		}
		if failure != nil {
			return failure
		}
	}
	return w.give(ctx)
}

func (w *walker) give(ctx context.Context) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	w.batch.Frames++ // the newest item's number
	w.batch.Cursor = w.cursor()
	if err := w.emit(&w.batch); err != nil {
		return err
	}
	w.batch.Reset()
	for id, k := range w.fresh { // not before the batch is out of our hands
		w.remember(id, k)
	}
	clear(w.fresh)
	return nil
}

// recent is what is known of an item, that of the batch at hand included.
func (w *walker) recent(id string) (known, bool) {
	if k, ok := w.fresh[id]; ok {
		return k, true
	}
	return w.recall(id)
}

func (w *walker) newest(ctx context.Context) (int64, error) {
	raw, err := w.get(ctx, "maxitem")
	if err != nil {
		return 0, err
	}
	var r jsonread.Reader
	r.Reset(raw)
	n, ok := r.TryInt64()
	if err := r.End(); err != nil || !ok || n < 0 {
		return 0, hearth.Errorf(hearth.Unavailable, "Hacker News does not say what its newest item is.")
	}
	return n, nil
}

// changes reads the items that have changed lately, of those behind us.
func (w *walker) changes(ctx context.Context) error {
	raw, err := w.get(ctx, "updates")
	if err != nil {
		return err
	}
	var ids []int64
	var r jsonread.Reader
	r.Reset(raw)
	for ok := r.TryObject(); ok && r.Next(); {
		if r.Key() != "items" {
			continue
		}
		for ok := r.TryArray(); ok && r.Next(); {
			if id, ok := r.TryInt64(); ok && id > 0 && id <= w.at && len(ids) < maxChanges {
				ids = append(ids, id)
			}
		}
	}
	if err := r.End(); err != nil {
		return hearth.Errorf(hearth.Unavailable, "The list of changes of Hacker News is %v.", err)
	}
	for len(ids) > 0 {
		part := ids[:min(len(ids), chunk)]
		ids = ids[len(part):]
		answers, failure := w.items(ctx, part)
		for _, raw := range answers {
			w.take(raw, true)
		}
		if len(w.batch.Events)+len(w.batch.Rejects) > 0 {
			if err := w.give(ctx); err != nil {
				return err
			}
		}
		if failure != nil {
			return failure
		}
	}
	return nil
}

// retry asks for the missing items again.
func (w *walker) retry(ctx context.Context) error {
	was := w.missing
	ids := make([]int64, len(was))
	for i, m := range was {
		ids[i] = m.id
	}
	answers, failure := w.items(ctx, ids)
	w.missing = nil
	for i, m := range was {
		if i >= len(answers) {
			w.missing = append(w.missing, m)
		} else if !w.take(answers[i], false) {
			m.tries++
			w.miss(m)
		}
	}
	return failure
}

// miss notes an item to ask for again, or gives it up.
func (w *walker) miss(m missing) {
	if m.tries >= maxTries || len(w.missing) == maxMissing {
		w.gap(m.id, m.id, "Hacker News counts the item but does not give it out.")
		return
	}
	w.missing = append(w.missing, m)
}

// gap reports items that are left out; neighbours become one gap.
func (w *walker) gap(from, to int64, reason string) {
	text := func(n int64) string { return strconv.FormatInt(n, 10) }
	if n := len(w.batch.Gaps); n > 0 {
		if last := &w.batch.Gaps[n-1]; last.Reason == reason && last.To == text(from-1) {
			last.To = text(to)
			return
		}
	}
	w.batch.Gaps = append(w.batch.Gaps, network.Gap{From: text(from), To: text(to), Reason: reason})
}

// items asks for items, some at once. Where one fails, the answers before it
// are given with the error.
func (w *walker) items(ctx context.Context, ids []int64) (answers []string, failure error) {
	answers = make([]string, len(ids))
	good := len(ids) // all before it have an answer
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var mu sync.Mutex
	var crew sync.WaitGroup
	todo := make(chan int)
	for range min(atOnce, len(ids)) {
		crew.Go(func() {
			for i := range todo {
				answer, err := w.get(ctx, "item/"+strconv.FormatInt(ids[i], 10))
				mu.Lock()
				if answers[i] = answer; err != nil {
					good = min(good, i)
					if failure == nil {
						failure = err
						cancel() // the others would only be thrown away
					}
				}
				mu.Unlock()
			}
		})
	}
	for i := range ids {
		todo <- i
	}
	close(todo)
	crew.Wait()
	return answers[:good], failure
}

// take adds what an answer holds to the batch; false if the API does not have
// the item yet. Changed says that it was given out before.
func (w *walker) take(raw string, changed bool) bool {
	w.batch.Frames++
	i, problem := readItem(raw)
	switch {
	case problem != "":
		w.reject(raw, problem)
		return true
	case i.null:
		return false
	case i.kind == "comment" && !w.comments || i.kind != "comment" && i.kind != "" && !w.stories:
		return true
	}
	had, seen := w.recent(i.id)
	if i.gone() {
		if (seen && had.version != "") || changed {
			w.vanish(&i, had)
		}
		return true
	}
	if had.version == network.Hide.String() {
		w.tell(network.Show, i.id, had.by)
	}
	if !i.isPost() || changed && seen && had.version == i.version() {
		return true
	}
	ev := w.batch.Add()
	if problem := i.fill(ev); problem != "" {
		w.batch.Drop()
		w.reject(raw, problem)
		return true
	}
	if changed {
		ev.Op, ev.At = network.Update, w.s.Clock()
	}
	ev.Post.Root = had.root
	if i.parent == "" {
		had.root = i.id
	} else if parent, ok := w.recent(i.parent); ok && had.root == "" {
		had.root = parent.root
		ev.Post.Root = parent.root
	}
	w.fresh[i.id] = known{version: i.version(), by: i.by, root: had.root}
	return true
}

// vanish adds that an item is deleted, or hidden while it is dead. The API is the
// only one who can say so, whether or not the author is still known.
func (w *walker) vanish(i *item, had known) {
	op := network.Hide
	if i.deleted {
		op = network.Delete
	}
	if had.version == op.String() {
		return
	}
	by := i.by
	if had.by != "" {
		by = had.by
	}
	w.tell(op, i.id, by)
	w.fresh[i.id] = known{version: op.String(), by: by, root: had.root}
}

// tell adds what happened to an item as a whole.
func (w *walker) tell(op network.Op, id, by string) {
	*w.batch.Add() = network.Event{Op: op, At: w.s.Clock(), Post: hearth.Post{Network: Name, ID: id, Author: hearth.Author{ID: by}}}
}

func (w *walker) reject(raw, reason string) {
	w.batch.Rejects = append(w.batch.Rejects, network.Reject{Raw: []byte(raw[:min(len(raw), deadLetter)]), Reason: reason})
}
