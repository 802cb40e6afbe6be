package archive

import (
	"context"
	"fmt"
	"slices"
	"time"

	"hearth"
	"hearth/db"
	"hearth/query"
)

// Field is what of a post people and rules may say.
type Field string

// NoSuchPost is the reason of a Result of Annotate: nothing is there to annotate.
const NoSuchPost = "There is no such post."

// TagField is the tags of a post: each is said, and taken away, by itself.
const TagField Field = "tag"

// maxTags is the most tags of a post, see hearth.Post.
const maxTags = 100

// Note is something to be said of a post. Of a tag: Value sets it, or, where Value
// is empty, Was takes it away. Of another field: Value holds from now on, or, where
// it is empty, what the analysis says holds again.
type Note struct {
	Field      Field
	Value, Was string
}

// Notes are what is to be said of one post.
type Notes struct {
	Key   hearth.Key
	Notes []Note
}

// Author says who annotates, and as a part of which work.
type Author struct {
	User hearth.UserID // 0: no person
	Rule int64         // 0: none
	Run  int64         // UndoRun takes back all that was said under it; 0: none
}

// Annotation is what somebody said of a post.
type Annotation struct {
	ID    int64 // rises in the order in which they were said
	Field Field
	Value string // "": Was was taken away
	Was   string // what was there before, "": nothing
	By    Author
	At    time.Time

	Undone   time.Time // zero: it stands
	UndoneBy hearth.UserID
}

// Annotated is a version that annotations make of a post, as Catch sees it.
type Annotated struct {
	Workspace hearth.WorkspaceID
	Replaces  hearth.Seq // the version that is annotated; 0: the network edited the post
	Before    *hearth.Post
	After     *hearth.Post
	Monitors  []hearth.MonitorID // that matched Before on arrival
}

// Catch says which monitors match a version that annotations make of a post. It
// is called within the transaction that stores it.
type Catch func(tx *db.Tx, v *Annotated) ([]hearth.MonitorID, error)

// Annotate says something of posts, in one transaction; keep it to some hundred
// posts. What is said is a row of its own for ever; if it makes another post of
// one, that is a new version of the log, with Op Annotate and all that the version
// before had. It outlives edits by the network, and goes when the post is erased.
//
// There is one result for each post. What changes nothing is not stored: a tag
// that is there, or one that the same rule has said before, whoever took it away
// since; what was undone a rule says again only as a part of a run. A person's
// word is kept though, where until now only a rule said the same. with may be nil; it writes what is to be on the disk with it.
func (a *Archive) Annotate(ctx context.Context, ws hearth.WorkspaceID, posts []Notes, by Author, catch Catch, with func(*db.Tx, []Result) error) ([]Result, error) {
	for i := range posts {
		for _, n := range posts[i].Notes {
			if err := n.Check(); err != nil {
				return nil, err
			}
		}
	}
	var results []Result
	err := a.writeLog(ctx, ws, func(l *log) error {
		results = make([]Result, len(posts))
		for i := range posts {
			var err error
			if results[i], err = l.annotate(&posts[i], by, catch); err != nil {
				return fmt.Errorf("annotating %s: %w", posts[i].Key.ID, err)
			}
		}
		if with == nil {
			return nil
		}
		return with(l.tx, results)
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}

// Check says what is wrong with a note.
func (n *Note) Check() error {
	if n.Field != TagField && slices.Contains(Corrected[:], n.Field) {
		if n.Value != "" && !n.Field.sayable(n.Value) {
			return hearth.Errorf(hearth.Invalid, "%s", wrongWord[n.Field])
		}
		return nil
	}
	if n.Field != TagField {
		return hearth.Errorf(hearth.Internal, "%q of a post cannot be annotated.", n.Field)
	}
	if tagKey(n.Value) == "" && tagKey(n.Was) == "" {
		return hearth.Errorf(hearth.Invalid, "A tag needs at least one visible character.")
	}
	return nil
}

func (l *log) annotate(n *Notes, by Author, catch Catch) (Result, error) {
	c, err := l.find(n.Key)
	if err != nil {
		return Result{}, err
	}
	if !c.found || c.state == gone {
		return Result{Seq: c.seq, Reason: NoSuchPost}, nil
	}
	var said []Annotation
	if c.base != nil {
		if said, err = l.annotationsOf(c.key); err != nil {
			return Result{}, err
		}
	}
	base := c.base
	if base == nil {
		base = markedOf(&c.post)
	}
	fresh := 0
	now := *base
	apply(&now, said)
	for _, note := range n.Notes {
		a, ok := note.on(&now, said, by)
		if !ok {
			continue
		}
		if a.Field == TagField && a.Value != "" && a.Was == "" && len(now.Tags) >= maxTags {
			return Result{Seq: c.seq, Reason: fmt.Sprintf("It has %d tags already; take one away first.", maxTags)}, nil
		}
		if a.ID, err = l.say(c.key, &a); err != nil {
			return Result{}, err
		}
		fresh++
		said = append(said, a)
		now = *base
		apply(&now, said)
	}
	if fresh == 0 {
		return Result{Seq: c.seq, Reason: "It says so already."}, nil
	}
	return l.restand(&c, base, said, catch)
}

// on is what a note says of a post as it stands, and whether it says anything.
func (n *Note) on(now *hearth.Post, said []Annotation, by Author) (Annotation, bool) {
	if n.Field != TagField {
		return n.corrects(now, said, by)
	}
	a := Annotation{Field: n.Field, Value: n.Value, By: by}
	slot, has := tagKey(n.Value+n.Was), ""
	if n.Value != "" {
		slot = tagKey(n.Value)
	}
	for _, tag := range now.Tags {
		if tagKey(tag) == slot {
			has = tag
		}
	}
	a.Was = has
	var last *Annotation
	for i := range said {
		s := &said[i]
		if s.Field != n.Field || tagKey(s.Value) != slot && (s.Value != "" || tagKey(s.Was) != slot) {
			continue
		}
		stands := s.Undone.IsZero()
		if by.Rule != 0 && s.By.Rule == by.Rule && (stands || by.Run == 0) {
			return a, false // outside a run it does not say again what was undone
		}
		if stands {
			last = s
		}
	}
	changes := (n.Value != "") != (has != "")
	confirms := n.Value != "" && by.User != 0 && last != nil && last.By.User == 0
	return a, changes || confirms
}

// tagKey is a tag as tags are compared.
func tagKey(tag string) string { return query.Key(query.FieldTag, tag) }

// say writes one statement.
func (l *log) say(key storeKey, a *Annotation) (id int64, err error) {
	const insert = `INSERT INTO annotation (workspace_id, id, key, field, value, was, user_id, rule_id, run, at)
VALUES (?, (SELECT coalesce(max(id), 0) + 1 FROM annotation WHERE workspace_id = ?), ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`
	a.At = db.FromMicros(l.now.UnixMicro())
	err = l.tx.QueryRow(insert, int64(l.workspace), int64(l.workspace), key[:], string(a.Field), a.Value, a.Was,
		int64(a.By.User), a.By.Rule, a.By.Run, l.now.UnixMicro()).Scan(&id)
	return id, err
}

// restand stores the version that annotations make of a post, if it is another
// one than stands.
func (l *log) restand(c *current, base *hearth.Post, said []Annotation, catch Catch) (Result, error) {
	next := c.content
	next.base = base
	restore(&next.post, base)
	apply(&next.post, said)
	if c.base != nil && sameMarks(&next.post, &c.post) {
		return Result{Seq: c.seq, Stored: true}, nil
	}
	return l.stand(c, &next, catch)
}

// stand stores another version of a post that says something else of it.
func (l *log) stand(c *current, next *content, catch Catch) (Result, error) {
	author, err := l.authorState(&prepared{content: *next})
	if err != nil {
		return Result{}, err
	}
	if author == gone {
		return Result{Seq: c.seq, Reason: "The author's account was deleted."}, nil
	}
	if catch != nil {
		v := &Annotated{Workspace: l.workspace, Replaces: c.seq, Before: &c.post, After: &next.post, Monitors: c.monitors}
		if next.monitors, err = catch(l.tx, v); err != nil {
			return Result{}, err
		}
	}
	return l.storeVersion(l.annotated(Annotate, c.key, next), c, c.seq, author)
}

// carry makes an edit by the network what people and rules say of the post.
func (l *log) carry(p *prepared, c *current) (*prepared, error) {
	said, err := l.annotationsOf(c.key)
	if err != nil {
		return nil, err
	}
	next := p.content
	next.base = markedOf(&next.post)
	apply(&next.post, said)
	if p.catch != nil && !sameMarks(&next.post, &p.content.post) {
		v := &Annotated{Workspace: l.workspace, Before: &p.content.post, After: &next.post, Monitors: next.monitors}
		if next.monitors, err = p.catch(l.tx, v); err != nil {
			return nil, err
		}
	}
	return l.annotated(p.op, p.key, &next), nil
}

func (l *log) annotated(op Op, key storeKey, c *content) *prepared {
	p := &prepared{op: op, key: key, content: *c}
	p.body, _ = l.a.packer.pack(nil, nil, c)
	p.terms = termsOf(l.workspace, c)
	return p
}

// markedOf is what of a post annotations may change, as network and analysis
// left it.
func markedOf(p *hearth.Post) *hearth.Post {
	return &hearth.Post{Tags: p.Tags, Sentiment: p.Sentiment, SentimentScore: p.SentimentScore, Lang: p.Lang, Intent: p.Intent, Spam: p.Spam}
}

func restore(p, base *hearth.Post) {
	p.Tags, p.Sentiment, p.SentimentScore, p.Lang, p.Intent, p.Spam =
		base.Tags, base.Sentiment, base.SentimentScore, base.Lang, base.Intent, base.Spam
}

func sameMarks(a, b *hearth.Post) bool {
	return slices.Equal(a.Tags, b.Tags) && a.Sentiment == b.Sentiment && a.SentimentScore == b.SentimentScore &&
		a.Lang == b.Lang && slices.Equal(a.Intent, b.Intent) && a.Spam == b.Spam && sameCorrections(a.Corrections, b.Corrections)
}

// apply lets statements that stand change a post, in order. The lists of the post
// are replaced, never written into.
func apply(p *hearth.Post, said []Annotation) {
	for i := range said {
		a := &said[i]
		if a.Field != TagField || !a.Undone.IsZero() {
			continue
		}
		slot := tagKey(a.Value)
		if a.Value == "" {
			slot = tagKey(a.Was)
		}
		at := slices.IndexFunc(p.Tags, func(tag string) bool { return tagKey(tag) == slot })
		switch {
		case a.Value != "" && at < 0:
			p.Tags = append(slices.Clip(p.Tags), a.Value)
		case a.Value == "" && at >= 0:
			p.Tags = slices.Delete(slices.Clone(p.Tags), at, at+1)
		}
	}
	correct(p, said)
}

// annotationsOf reads what was said of a post, in order.
func (l *log) annotationsOf(key storeKey) (list []Annotation, err error) {
	return readAnnotations(l.tx, l.workspace, key)
}

func readAnnotations(tx *db.Tx, ws hearth.WorkspaceID, key storeKey) (list []Annotation, err error) {
	const find = `SELECT id, field, value, was, user_id, rule_id, run, at, undone, undone_by FROM annotation
WHERE workspace_id = ? AND key = ? ORDER BY id`
	rows, err := tx.Query(find, int64(ws), key[:])
	if err != nil {
		return nil, fmt.Errorf("reading annotations: %w", err)
	}
	return list, db.EachRow(rows, func() error {
		var a Annotation
		var at, undone int64
		err := rows.Scan(&a.ID, &a.Field, &a.Value, &a.Was, &a.By.User, &a.By.Rule, &a.By.Run, &at, &undone, &a.UndoneBy)
		a.At, a.Undone = db.FromMicros(at), db.FromMicros(undone)
		list = append(list, a)
		return err
	})
}

// Annotations is everything that was said of a post, in order, also what was
// taken back. A post that is not there is a NotFound error.
func (a *Archive) Annotations(ctx context.Context, ws hearth.WorkspaceID, key hearth.Key) (list []Annotation, err error) {
	err = a.db.Read(ctx, func(tx *db.Tx) error {
		l := &log{a: a, tx: tx, workspace: ws}
		c, err := l.find(key)
		if err != nil {
			return err
		}
		if !c.found || c.state == gone {
			return hearth.Errorf(hearth.NotFound, "There is no such post.")
		}
		list, err = l.annotationsOf(c.key)
		return err
	})
	return list, err
}

// undoRows is how many posts one transaction of UndoRun treats.
const undoRows = 200

// UndoRun takes back what was said of some posts under a run, and says of how many:
// 0 when nothing is left. Each post is then as if the run had never been; what
// others said before or after stays.
func (a *Archive) UndoRun(ctx context.Context, ws hearth.WorkspaceID, run int64, by hearth.UserID, catch Catch) (posts int, err error) {
	err = a.writeLog(ctx, ws, func(l *log) error {
		keys, err := l.postsOfRun(run)
		if err != nil {
			return err
		}
		posts = len(keys)
		for _, key := range keys {
			if err := l.undo(key, run, by, catch); err != nil {
				return fmt.Errorf("undoing run %d: %w", run, err)
			}
		}
		return nil
	})
	return posts, err
}

func (l *log) postsOfRun(run int64) (keys []storeKey, err error) {
	const find = `SELECT key FROM annotation WHERE workspace_id = ? AND run = ? AND run > 0 AND undone = 0 ORDER BY id LIMIT ?`
	rows, err := l.tx.Query(find, int64(l.workspace), run, undoRows)
	if err != nil {
		return nil, err
	}
	return keys, db.EachRow(rows, func() error {
		var key []byte
		err := rows.Scan(&key)
		if err == nil && !slices.Contains(keys, storeKey(key)) {
			keys = append(keys, storeKey(key))
		}
		return err
	})
}

func (l *log) undo(key storeKey, run int64, by hearth.UserID, catch Catch) error {
	const undo = `UPDATE annotation SET undone = ?, undone_by = ? WHERE workspace_id = ? AND key = ? AND run = ? AND undone = 0`
	if _, err := l.tx.Exec(undo, l.now.UnixMicro(), int64(by), int64(l.workspace), key[:], run); err != nil {
		return err
	}
	c := current{key: key, found: true}
	var seq, st int64
	if err := l.tx.QueryRow("SELECT seq, state FROM post_key WHERE workspace_id = ? AND key = ?", int64(l.workspace), key[:]).Scan(&seq, &st); err != nil {
		return err
	}
	c.seq, c.state = hearth.Seq(seq), state(st)
	if _, err := l.a.load(l.tx, l.workspace, c.seq, &c.content); err != nil {
		return err
	}
	if c.base == nil {
		return nil // it was erased; its annotations are gone
	}
	said, err := l.annotationsOf(key)
	if err != nil {
		return err
	}
	_, err = l.restand(&c, c.base, said, catch)
	return err
}

// dropAnnotations forgets what was said of a post.
func (l *log) dropAnnotations(c *current) error {
	if c.base == nil {
		return nil
	}
	_, err := l.tx.Exec("DELETE FROM annotation WHERE workspace_id = ? AND key = ?", int64(l.workspace), c.key[:])
	return err
}
