package topic

import (
	"cmp"
	"context"
	"slices"
	"time"

	"hearth"
	"hearth/access"
	"hearth/alert/detect"
	"hearth/archive"
	"hearth/db"
	"hearth/monitor"
	"hearth/monitor/interval"
)

// Search says of which posts topics are wanted.
type Search struct {
	Monitor  hearth.MonitorID
	From, To time.Time // published; zero: the last seven days
	Muted    bool      // those that are muted, instead of the others
	Limit    int       // 0: 20; at most 100
}

const (
	usualDays  = 7
	usualLimit = 20
	mostLimit  = 100
	mostRead   = 50_000 // mentions of a time
	caughtAt   = 5000   // at once
	samples    = 3
	sampled    = 12 // posts of a topic that samples are chosen from

	day = 24 * hour

	risingScore = 3 // algorithms, section 2
	risingLeast = 5
	risingTimes = 2
)

// Topic is what some posts of a monitor are about, in a time and in the time before
// that is as long.
type Topic struct {
	ID      ID
	Version int64
	Name    string // what it is called
	Label   string // what it is called where nobody gave it a name
	Named   bool
	Muted   bool
	Lang    string // of most posts
	Phrases []Phrase
	First   time.Time // the earliest post

	People, PeopleBefore int64
	Posts, PostsBefore   int64
	Known, Negative      int64          // posts whose sentiment is known, and of them the negative
	Share                interval.Share // of the negative
	Score                float64        // −log10 of how improbable so many people a day are after those before
	Rising               bool
	New                  bool          // nobody spoke of it before
	Samples              []archive.Hit // posts that say what it is about
}

// Ranking is the topics that most people speak of.
type Ranking struct {
	From, To    time.Time
	Topics      []Topic
	Posts, Of   int64 // mentions that belong to a topic, of how many
	Read        bool  // all mentions were counted; else the newest 50,000 of each time
	Muted       int   // topics that are not listed for that
	Behind      int64 // rows of the log that are not sorted yet
	BeforePosts int64 // mentions in the time before
}

// List ranks the topics of a monitor by how many people speak of them.
func (t *Topics) List(ctx context.Context, by access.Actor, s Search) (r Ranking, err error) {
	c, err := t.count(ctx, by, &s)
	if err != nil {
		return r, err
	}
	r = Ranking{From: s.From, To: s.To, Posts: c.sorted, Of: c.all, Read: c.whole, BeforePosts: c.before, Behind: c.behind}
	limit := s.Limit
	if limit <= 0 {
		limit = usualLimit
	}
	limit = min(limit, mostLimit)
	for _, id := range c.order() {
		root := c.family.rows[id]
		if root.muted {
			r.Muted++
		}
		if root.muted != s.Muted || c.now[id] == nil || len(r.Topics) == limit {
			continue
		}
		one := c.topic(root, s.From.UnixMicro())
		shown, err := t.show(ctx, by, c, &one)
		if err != nil {
			return r, err
		}
		if shown {
			r.Topics = append(r.Topics, one)
		}
	}
	return r, nil
}

// show adds posts that say what a topic is about. Somebody who does not see all posts
// is told of phrases only that these say, and of the earliest post that was counted;
// false: they see nothing that has a name.
func (t *Topics) show(ctx context.Context, by access.Actor, c *counting, one *Topic) (bool, error) {
	now := c.now[one.ID]
	if now == nil {
		now = c.past[one.ID]
	}
	if now == nil {
		return c.seesAll, nil
	}
	posts, said, err := t.samples(ctx, by, now.newest, one.Phrases)
	if err != nil {
		return false, err
	}
	if c.now[one.ID] != nil {
		one.Samples = posts
	}
	if c.seesAll {
		return true, nil
	}
	one.Phrases, one.Label = said, labelText(said)
	if !one.Named {
		one.Name = one.Label
	}
	one.First = db.FromMicros(now.first)
	if past := c.past[one.ID]; past != nil {
		one.First = db.FromMicros(min(now.first, past.first))
	}
	one.New = one.Posts > 0 && one.PostsBefore == 0
	return one.Name != "", nil
}

// counting is the mentions of two times by topic.
type counting struct {
	family      *family
	now, past   map[ID]*count
	all, before int64
	sorted      int64
	whole       bool
	behind      int64
	seesAll     bool // whoever asks sees all posts of the workspace
}

// count is what is counted of one topic in one time.
type count struct {
	posts, known, negative int64
	people                 map[int64]struct{}
	days                   map[int64]map[int64]struct{}
	newest                 []hearth.Seq
	first                  int64            // µs; the earliest
	points                 map[int64]*count // of a trend
}

// placed is a mention with its topic.
type placed struct {
	monitor.Caught
	topic  ID
	person int64
}

// ready fills a search in and checks that the monitor is there, and for the actor; what
// it caught is then for them, too. It says whether they see all posts.
func (t *Topics) ready(ctx context.Context, by access.Actor, s *Search) (seesAll bool, err error) {
	scope, err := by.Scope(access.ReadPosts)
	if err != nil {
		return false, err
	}
	looks := by
	if scope.Whole() { // be it only posts
		looks = access.LocalOwner(by.Workspace)
	}
	if _, err := t.o.Monitors.Get(ctx, looks, s.Monitor); err != nil {
		return false, err
	}
	if s.To.IsZero() {
		s.To = t.o.Clock().Truncate(time.Minute).Add(time.Minute)
	}
	if s.From.IsZero() {
		s.From = s.To.AddDate(0, 0, -usualDays)
	}
	if !s.From.Before(s.To) {
		return false, &hearth.Error{Code: hearth.Invalid, Field: "from", Message: "The time ends before it begins; give an earlier beginning."}
	}
	return scope.Whole(), nil
}

// count reads the mentions of a search and of the time before.
func (t *Topics) count(ctx context.Context, by access.Actor, s *Search) (*counting, error) {
	seesAll, err := t.ready(ctx, by, s)
	if err != nil {
		return nil, err
	}
	c := &counting{now: map[ID]*count{}, past: map[ID]*count{}, seesAll: seesAll}
	var place hearth.Seq
	err = t.o.State.Read(ctx, func(tx *db.Tx) (err error) {
		if c.family, err = readFamily(tx, by.Workspace); err != nil {
			return err
		}
		return tx.QueryRow(`SELECT seq FROM topic_place WHERE id = 1`).Scan(&place)
	})
	if err != nil {
		return nil, err
	}
	head, err := t.o.Archive.Head(ctx)
	if err != nil {
		return nil, err
	}
	c.behind = max(0, int64(head-place))
	from, to := s.From.UnixMicro(), s.To.UnixMicro()
	width := pointWidth(s.To.Sub(s.From))
	whole, err := t.each(ctx, by.Workspace, s.Monitor, from, to, monitor.Caught{}, mostRead, func(p *placed) bool {
		c.all++
		if root := c.family.root(p.topic); root != nil {
			c.sorted++
			add(c.now, root.id, p, from, width)
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	wholeBefore, err := t.each(ctx, by.Workspace, s.Monitor, from-(to-from), from, monitor.Caught{}, mostRead, func(p *placed) bool {
		c.before++
		if root := c.family.root(p.topic); root != nil {
			add(c.past, root.id, p, from-(to-from), 0)
		}
		return true
	})
	c.whole = whole && wholeBefore
	return c, err
}

// each hands out mentions with their topics, the newest first, until do says no more.
// whole says that it came to the end of the time.
func (t *Topics) each(ctx context.Context, ws hearth.WorkspaceID, id hearth.MonitorID, from, to int64, after monitor.Caught, most int, do func(*placed) bool) (whole bool, err error) {
	for most > 0 {
		caught, err := t.o.Monitors.Caught(ctx, ws, id, from, to, after, min(most, caughtAt))
		if err != nil {
			return false, err
		}
		list, err := t.place(ctx, ws, caught)
		if err != nil {
			return false, err
		}
		for i := range list {
			if !do(&list[i]) {
				return false, nil
			}
		}
		if len(caught) < caughtAt {
			return len(caught) < most || most >= caughtAt, nil
		}
		after = caught[len(caught)-1]
		most -= len(caught)
	}
	return false, nil
}

// place looks the topics of mentions up; of one without, it is 0.
func (t *Topics) place(ctx context.Context, ws hearth.WorkspaceID, caught []monitor.Caught) ([]placed, error) {
	list := make([]placed, len(caught))
	at := make(map[hearth.Seq]int, len(caught))
	seqs := make(db.Ints, len(caught))
	for i, c := range caught {
		list[i].Caught, at[c.Seq], seqs[i] = c, i, int64(c.Seq)
	}
	if len(seqs) == 0 {
		return nil, nil
	}
	return list, t.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT seq, topic_id, person FROM topic_post WHERE workspace_id = ? AND seq IN (?...)`, ws, seqs)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var seq hearth.Seq
			var id ID
			var person int64
			err := rows.Scan(&seq, &id, &person)
			p := &list[at[seq]]
			p.topic, p.person = id, person
			return err
		})
	})
}

// add counts a mention for a topic, and if points have a width for one of them.
func add(counts map[ID]*count, id ID, p *placed, from, width int64) {
	c := counts[id]
	if c == nil {
		c = &count{days: map[int64]map[int64]struct{}{}, points: map[int64]*count{}}
		counts[id] = c
	}
	c.take(p)
	at := p.At / day
	if c.days[at] == nil {
		c.days[at] = map[int64]struct{}{}
	}
	c.days[at][p.person] = struct{}{}
	if len(c.newest) < sampled {
		c.newest = append(c.newest, p.Seq)
	}
	if width > 0 {
		k := (p.At - from) / width
		if c.points[k] == nil {
			c.points[k] = &count{}
		}
		c.points[k].take(p)
	}
}

func (c *count) take(p *placed) {
	if c.posts == 0 || p.At < c.first {
		c.first = p.At
	}
	c.posts++
	if c.people == nil {
		c.people = map[int64]struct{}{}
	}
	c.people[p.person] = struct{}{}
	if p.Sentiment != "" {
		c.known++
	}
	if p.Sentiment == hearth.Negative {
		c.negative++
	}
}

// order is the topics by how many people speak of them.
func (c *counting) order() []ID {
	list := make([]ID, 0, len(c.now))
	for id := range c.now {
		if c.family.rows[id].shown() != "" {
			list = append(list, id)
		}
	}
	slices.SortFunc(list, func(a, b ID) int {
		return cmp.Or(cmp.Compare(len(c.now[b].people), len(c.now[a].people)), cmp.Compare(c.now[b].posts, c.now[a].posts), cmp.Compare(a, b))
	})
	return list
}

// topic is the figures of one.
func (c *counting) topic(r *row, from int64) Topic {
	now, past := c.now[r.id], c.past[r.id]
	if now == nil {
		now = &count{}
	}
	if past == nil {
		past = &count{}
	}
	one := Topic{
		ID: r.id, Version: r.version, Name: r.shown(), Label: r.label, Named: r.name != "", Muted: r.muted, Lang: r.lang, Phrases: r.phrases,
		People: int64(len(now.people)), PeopleBefore: int64(len(past.people)), Posts: now.posts, PostsBefore: past.posts,
		Known: now.known, Negative: now.negative, Share: interval.Wilson(now.negative, now.known),
	}
	first := r.first
	for _, part := range c.family.parts(r.id) {
		first = min(first, c.family.rows[part].first)
	}
	one.First = db.FromMicros(first)
	one.New = first >= from && past.posts == 0 && now.posts > 0
	one.Score = trend(now, past)
	one.Rising = one.Score >= risingScore && one.People >= risingLeast && float64(one.People) >= risingTimes*float64(one.PeopleBefore)
	return one
}

// trend scores people a day against those before, by section 2 of the algorithms: the
// tail of a negative binomial distribution whose dispersion is that of the days.
func trend(now, past *count) float64 {
	y, mean, squares := 0.0, 0.0, 0.0
	for _, people := range now.days {
		y += float64(len(people))
	}
	for _, people := range past.days {
		mean += float64(len(people))
		squares += float64(len(people)) * float64(len(people))
	}
	phi := 2.0
	if n := float64(len(past.days)); n > 1 {
		m := mean / n
		phi = min(200, max(1.05, (squares/n-m*m)/m))
	}
	return max(0, -detect.CountTail(y, max(mean, 0.5), phi))
}

// pointWidth is how long the points of a trend are, in µs: at most thirty or so.
func pointWidth(span time.Duration) int64 {
	for _, w := range []int64{hour, 3 * hour, 6 * hour, 12 * hour, day, 7 * day} {
		if span.Microseconds() <= 31*w {
			return w
		}
	}
	return 28 * day
}

// samples chooses posts that say what a topic is about: with its phrases, by different
// people, not the same text. said is the phrases that one of those it chose from says,
// and how often.
func (t *Topics) samples(ctx context.Context, by access.Actor, newest []hearth.Seq, phrases []Phrase) (hits []archive.Hit, said []Phrase, err error) {
	rows, err := t.seen(ctx, by, newest)
	if err != nil {
		return nil, nil, err
	}
	type candidate struct {
		stored archive.Stored
		says   int
		person int64
		text   string
	}
	var list []candidate
	sayers := make([][]int64, len(phrases))
	for i := range rows {
		s := &rows[i]
		c := candidate{stored: *s, person: personOf(&s.Post), text: folded(s.Post.Title + " " + s.Post.Text)}
		for k, p := range phrases {
			if holds(c.text, p.Text) {
				c.says++
				sayers[k] = append(sayers[k], c.person)
			}
		}
		list = append(list, c)
	}
	for k, people := range sayers {
		if len(people) > 0 {
			posts := len(people)
			slices.Sort(people)
			said = append(said, Phrase{Text: phrases[k].Text, Posts: posts, People: len(slices.Compact(people)), Z: phrases[k].Z})
		}
	}
	slices.SortStableFunc(list, func(a, b candidate) int { return cmp.Compare(b.says, a.says) })
	var chosen []candidate
	for _, c := range list {
		if len(chosen) < samples && !slices.ContainsFunc(chosen, func(o candidate) bool { return o.person == c.person || o.text == c.text }) {
			chosen = append(chosen, c)
		}
	}
	hits = make([]archive.Hit, len(chosen))
	for i, c := range chosen {
		hits[i] = archive.Hit{Stored: c.stored}
	}
	return hits, said, nil
}

// seen is those of some posts that stand, as the actor may know them.
func (t *Topics) seen(ctx context.Context, by access.Actor, seqs []hearth.Seq) ([]archive.Stored, error) {
	rows, err := t.o.Archive.BySeq(ctx, by.Workspace, seqs)
	if err != nil {
		return nil, err
	}
	return t.posts.See(ctx, by, rows)
}
