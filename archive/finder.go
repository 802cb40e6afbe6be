package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"

	"hearth"
	"hearth/archive/index"
	"hearth/db"
)

// finder keeps the token index. It follows the log: what commits is handed to
// it in order, and where it falls behind, or after a start, it reads the log.
// Documents stand in a tail in memory first; a full tail is written as a
// segment, and segments are merged, by a second goroutine.
type finder struct {
	a *Archive

	changes chan *change
	poke    chan struct{} // something may have to be done
	work    chan struct{} // a tail is full, or segments are to be merged

	// shape is held by those who read blocks while what the segments and tails
	// are must not change; they take it before they begin to read, so that they
	// see the blocks of every segment there is.
	shape sync.Mutex

	mu       sync.Mutex
	applied  hearth.Seq // rows of the log up to this one are to be found
	position hearth.Seq // rows up to this one are in segments
	moved    wake       // applied has moved
	segments []*segment
	merged   []*segment // replaced, with blocks still to be removed
	tails    []*tail    // the last one takes new documents
	last     int64      // highest number of a segment
	err      error      // why it stands still

	tailDocs   int  // documents of a tail
	generation int  // how often it was begun anew
	suspected  bool // a search found it broken
	purging    bool // removed documents are to leave the segments now
	swept      bool // leftovers of the last run are removed; the second goroutine's
	leftovers  bool // of another process, to be removed too

	cache blockCache

	listed int64     // index_state.generation of the list of segments
	claim  *db.Claim // to write the index; the second goroutine's
}

// segment is one segment of the index, with its place in the tables.
type segment struct {
	*index.Segment
	number int64
	level  int
	head   uint64 // see headOf
	users  int    // searches that use it now
	merged bool   // it is replaced: its blocks go when the last user does
}

// tail is documents in memory, with the last row of the log in it.
type tail struct {
	*index.Tail
	last hearth.Seq
}

// change is what one transaction changed of what is to be found.
type change struct {
	first, last hearth.Seq // rows of the log; equal numbers for one row
	added       []index.Addition
	removed     []index.Doc
}

// Sizes of the index.
const (
	tailDocs  = 32 << 10 // documents of a tail, and so of a first segment
	fanout    = 8        // segments of a level that are merged to one of the next
	maxLevel  = 2        // 2 million documents; more would make a merge's memory felt
	maxTails  = 4        // full tails; then the finder waits for them to be written
	followLog = 4096     // rows read at a time when following the log
)

// maxChanges bounds the transactions that wait for the finder. When it is
// reached, further ones are left for it to read from the log.
const maxChanges = 256

func newFinder(a *Archive) *finder {
	return &finder{
		a:       a,
		changes: make(chan *change, maxChanges),
		poke:    make(chan struct{}, 1),
		work:    make(chan struct{}, 1),
		tails:   []*tail{newTail()},

		tailDocs: tailDocs,
	}
}

func newTail() *tail { return &tail{Tail: index.NewTail()} }

// hand gives the finder what was committed. It never waits.
func (f *finder) hand(c *change) {
	select {
	case f.changes <- c:
	default:
	}
	signal(f.poke)
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// run follows the log until ctx ends.
func (f *finder) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case c := <-f.changes:
			f.keep(ctx, func() error { return f.apply(ctx, c) })
		case <-f.poke:
			if len(f.changes) == 0 {
				f.keep(ctx, func() error { return f.catchUp(ctx) })
			}
		}
	}
}

// keep does something until it succeeds, as nobody else can repair it; searches
// get its error meanwhile. A broken index is begun anew.
func (f *finder) keep(ctx context.Context, do func() error) {
	for {
		err := do()
		if err != nil && (f.a.db.Shared() || errors.Is(err, errStale)) {
			if changed, e := f.reload(ctx); changed || errors.Is(err, errStale) {
				err = e
			}
		}
		if errors.Is(err, index.ErrBroken) {
			err = f.rebuild(ctx)
		}
		f.mu.Lock()
		f.err = err
		f.mu.Unlock()
		f.moved.all()
		if err == nil || ctx.Err() != nil || errors.Is(err, db.ErrUnknownOutcome) || pause(ctx, retryPause) != nil {
			return
		}
	}
}

// suspect has the index begun anew, because a search of it as it was in a view
// found it broken.
func (f *finder) suspect(v *view) {
	f.mu.Lock()
	f.suspected = f.suspected || f.generation == v.generation
	f.mu.Unlock()
	signal(f.work)
}

// apply takes one change in.
func (f *finder) apply(ctx context.Context, c *change) error {
	applied, generation := f.standing()
	switch {
	case c.last <= applied:
		return nil
	case c.first != applied+1:
		return f.catchUp(ctx)
	}
	return f.advance(ctx, c, generation)
}

// standing is how far the index has come, and which one it is.
func (f *finder) standing() (applied hearth.Seq, generation int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.applied, f.generation
}

// catchUp reads the log to its end.
func (f *finder) catchUp(ctx context.Context) error {
	for {
		applied, generation := f.standing()
		if int64(applied) >= f.a.head.Load() {
			return nil
		}
		c, err := f.follow(ctx, applied)
		if err != nil {
			return fmt.Errorf("indexing the log: %w", err)
		}
		if c == nil {
			return nil
		}
		if err := f.advance(ctx, c, generation); err != nil {
			return err
		}
	}
}

// follow reads what the rows of the log after one have changed: the versions
// of theirs that are visible now, and what they took away.
func (f *finder) follow(ctx context.Context, after hearth.Seq) (*change, error) {
	c := &change{first: after + 1}
	f.shape.Lock()
	defer f.shape.Unlock()
	err := f.a.db.Read(ctx, func(tx *db.Tx) error {
		if err := f.fresh(tx); err != nil {
			return err
		}
		rows := make([]Stored, 0, followLog)
		err := f.a.readLog(tx, 0, after, followLog, func(s *Stored) error {
			rows = append(rows, *s)
			return nil
		})
		if err != nil && hearth.ErrorCode(err) != hearth.Damaged {
			return err
		}
		return errors.Join(f.followRows(tx, c, rows), err)
	})
	if hearth.ErrorCode(err) == hearth.Damaged {
		// Nobody can find a row by words that cannot be read; all others are.
		c.last, err = max(c.last, after+1), nil
	}
	if err != nil || c.last == 0 {
		return nil, err
	}
	return c, nil
}

// followRows adds to c what rows of the log have changed.
func (f *finder) followRows(tx *db.Tx, c *change, rows []Stored) error {
	var t termer
	var terms index.Terms
	var store index.Store
	stand, err := placesOf(tx, rows)
	if err != nil {
		return err
	}
	for i := range rows {
		s := &rows[i]
		c.last = s.Seq
		seq := s.Seq
		switch s.Op {
		case Update, Annotate, Delete, Hide:
			if err := c.addGone(tx, s.Replaces); err != nil {
				return err
			}
		case Show:
			seq = s.Replaces
		}
		if s.Erased || !s.Op.HasVersion() && s.Op != Show {
			continue
		}
		v := content{post: s.Post, monitors: s.Monitors, received: s.Received}
		place, ok := stand[seq]
		if !ok {
			place, err = f.a.placeOf(tx, s.Workspace, seq, v.timeOf())
			if errors.Is(err, errNoRows) {
				continue
			}
			if err != nil {
				return err
			}
		}
		add := index.Addition{Doc: index.Doc{Place: place, Seq: int64(seq)}}
		if s.Op == Show { // the row that stored it may have added it already
			has, err := f.has(tx, c, add.Doc)
			if err != nil {
				return err
			}
			if has {
				continue
			}
		}
		t.post(&terms, s.Workspace, &v, nil)
		add.Terms = store.Copy(&terms)
		c.added = append(c.added, add)
	}
	return nil
}

// placesOf finds those of the new versions in the log that stand where they want
// to: nearly all.
func placesOf(tx *db.Tx, rows []Stored) (map[hearth.Seq]int64, error) {
	wanted := map[hearth.WorkspaceID][]int64{}
	for i := range rows {
		if s := &rows[i]; !s.Erased && s.Op.HasVersion() {
			v := content{post: hearth.Post{Published: s.Post.Published}, received: s.Received}
			wanted[s.Workspace] = append(wanted[s.Workspace], wantedPlace(v.timeOf(), s.Seq))
		}
	}
	stand := make(map[hearth.Seq]int64, len(rows))
	for ws, places := range wanted {
		at, err := seqsAt(tx, ws, places)
		if err != nil {
			return nil, err
		}
		for place, seq := range at {
			stand[seq] = place
		}
	}
	return stand, nil
}

// has says whether a document was added before, or is by c.
func (f *finder) has(tx *db.Tx, c *change, d index.Doc) (bool, error) {
	if slices.ContainsFunc(c.added, func(a index.Addition) bool { return a.Doc == d }) {
		return true, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if slices.ContainsFunc(f.tails, func(t *tail) bool { return t.Has(d) }) {
		return true, nil
	}
	for _, s := range f.segments {
		if has, err := s.Has(f.reader(tx, s), d); has || err != nil {
			return has, err
		}
	}
	return false, nil
}

// addGone adds the documents of a version that are gone.
func (c *change) addGone(tx *db.Tx, seq hearth.Seq) error {
	rows, err := tx.Query("SELECT place, seq FROM index_gone WHERE seq = ?", int64(seq))
	list, err := scanDocs(rows, err)
	c.removed = append(c.removed, list...)
	return err
}

func scanDocs(rows *sql.Rows, err error) (list []index.Doc, _ error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var d index.Doc
		if err := rows.Scan(&d.Place, &d.Seq); err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, rows.Err()
}

// advance adds and removes documents and tells those who wait. What was worked
// out for an index that was begun anew since is dropped.
func (f *finder) advance(ctx context.Context, c *change, generation int) error {
	if err := f.room(ctx); err != nil {
		return err
	}
	if err := f.remove(ctx, c.removed); err != nil {
		return err
	}
	f.mu.Lock()
	if f.generation != generation {
		f.mu.Unlock()
		return nil
	}
	t := f.tails[len(f.tails)-1]
	t.Add(c.added)
	t.last = c.last
	f.applied = c.last
	if t.Docs() >= f.tailDocs {
		f.tails = append(f.tails, &tail{Tail: index.NewTail(), last: c.last})
		signal(f.work)
	}
	f.mu.Unlock()
	f.moved.all()
	return nil
}

// room waits until full tails have been written.
func (f *finder) room(ctx context.Context) error {
	for {
		next := f.moved.next()
		f.mu.Lock()
		n := len(f.tails)
		f.mu.Unlock()
		if n <= maxTails {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-next:
		}
	}
}

// remove marks documents as removed where they are.
func (f *finder) remove(ctx context.Context, docs []index.Doc) error {
	if len(docs) == 0 {
		return nil
	}
	f.shape.Lock()
	defer f.shape.Unlock()
	return f.a.db.Read(ctx, func(tx *db.Tx) error {
		if err := f.fresh(tx); err != nil {
			return err
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		for _, d := range docs {
			if slices.ContainsFunc(f.tails, func(t *tail) bool { return t.Remove(d) }) {
				continue
			}
			for _, s := range f.segments {
				if found, err := s.Remove(f.reader(tx, s), d); err != nil {
					return err
				} else if found {
					break
				}
			}
		}
		return nil
	})
}

// blockReader reads the blocks of a segment within a transaction.
func blockReader(tx *db.Tx, segment int64) index.Read {
	return func(no uint32) (data []byte, err error) {
		if err := tx.Err(); err != nil {
			return nil, err
		}
		err = tx.QueryRow("SELECT data FROM index_block WHERE block = ?", segment<<32|int64(no)).Scan(&data)
		return data, err
	}
}

// wait returns when a row of the log, and all before it, are to be found.
func (f *finder) wait(ctx context.Context, seq hearth.Seq) error {
	for {
		next := f.moved.next()
		f.mu.Lock()
		applied, err := f.applied, f.err
		f.mu.Unlock()
		switch {
		case applied >= seq:
			return nil
		case err != nil:
			return err
		case seq-applied > building:
			return hearth.Errorf(hearth.Unavailable, "The search index is being built: %d %% are done. Try again in a while.", 100*applied/seq)
		}
		signal(f.poke)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-next:
		}
	}
}

// building is how many rows behind the log the index must be for a search to
// say so instead of waiting.
const building = 100_000

// view is the index at one moment. Give it back with done.
type view struct {
	f          *finder
	generation int
	listed     int64
	applied    hearth.Seq
	segments   []*segment
	tails      []*index.Tail
}

// view takes the parts of the index as they stand, so that they stay.
func (f *finder) view() *view {
	f.mu.Lock()
	defer f.mu.Unlock()
	v := &view{f: f, generation: f.generation, listed: f.listed, applied: f.applied, segments: slices.Clone(f.segments)}
	for _, s := range v.segments {
		s.users++
	}
	for _, t := range f.tails {
		v.tails = append(v.tails, t.Tail)
	}
	return v
}

func (v *view) done() {
	v.f.mu.Lock()
	defer v.f.mu.Unlock()
	for _, s := range v.segments {
		if s.users--; s.users == 0 && s.merged {
			signal(v.f.work)
		}
	}
}

// in is the index to be searched within a transaction.
func (v *view) in(tx *db.Tx) *index.Index {
	x := &index.Index{Tails: v.tails}
	for _, s := range v.segments {
		x.Parts = append(x.Parts, index.Part{Segment: s.Segment, Read: v.f.reader(tx, s)})
	}
	return x
}
