package archive

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"hearth"
	"hearth/archive/form"
	"hearth/archive/index"
	"hearth/db"
	"hearth/fault"
)

var errNoRows = sql.ErrNoRows

// What post_key and author_state say of a post and of an author's posts.
type state int64

const (
	visible state = iota
	hidden
	gone
)

// current is a post as the tables have it.
type current struct {
	key   storeKey // where it stands, or would stand
	found bool
	seq   hearth.Seq // newest version; of a gone post, the row that deleted it
	state state

	readable bool // of one foreseen: its content was read
	content
}

// UndoneImport is the reason of Erase that leaves no grave: the post was not
// deleted by anybody, so it may come again.
const UndoneImport = "its import was undone"

// mayReturn says that a post is gone only because its import was undone. A
// network's deletion names its author or its source, and a time.
func (c *current) mayReturn() bool {
	return c.found && c.state == gone && c.revision == UndoneImport && c.source == 0 && c.post.Author.ID == "" && c.at.IsZero()
}

// fold applies one event to what is stored. This is the one place that decides
// what an event means; the order of arrival is the order of events, except
// that an edit older than what it would replace is passed over.
func (l *log) fold(p *prepared) (Result, error) {
	switch p.op {
	case Create:
		return l.create(p)
	case Update:
		return l.update(p)
	case Delete:
		return l.delete(p)
	case Hide, Show:
		return l.veil(p)
	default:
		return l.author(p)
	}
}

func (l *log) create(p *prepared) (Result, error) {
	author, err := l.authorState(p)
	if err != nil {
		return Result{}, err
	}
	if author == gone {
		return Result{Reason: "The author's account was deleted."}, nil
	}
	c, err := l.find(p.content.post.Key())
	if err != nil {
		return Result{}, err
	}
	switch {
	case c.found && c.state != gone:
		return Result{Seq: c.seq, Reason: "It is stored already."}, nil
	case c.mayReturn():
	case c.found && sameAuthor(&c.content, &p.content):
		return Result{Seq: c.seq, Reason: "It was deleted."}, nil
	}
	return l.storeVersion(p, &c, 0, author)
}

func (l *log) update(p *prepared) (Result, error) {
	author, err := l.authorState(p)
	if err != nil {
		return Result{}, err
	}
	if author == gone {
		return Result{Reason: "The author's account was deleted."}, nil
	}
	c, err := l.find(p.content.post.Key())
	if err != nil {
		return Result{}, err
	}
	if !c.found {
		return l.storeEvent(p, &c, 0, author)
	}
	switch {
	case c.mayReturn(): // with an edit that was known before, too
		return l.storeVersion(p, &c, 0, author)
	case !sameAuthor(&c.content, &p.content):
		return Result{Seq: c.seq, Reason: "It does not come from the post's author."}, nil
	case c.state == gone:
		return Result{Seq: c.seq, Reason: "The post was deleted."}, nil
	case older(p.content.at, c.at):
		return Result{Seq: c.seq, Reason: "A newer version is stored."}, nil
	}
	l.keepAuthor(p, &c)
	return l.storeEvent(p, &c, c.seq, author)
}

// keepAuthor gives an edit that names no author that of the post.
func (l *log) keepAuthor(p *prepared, c *current) {
	if p.content.post.Author.ID != "" || c.post.Author.ID == "" {
		return
	}
	p.content.post.Author.ID = c.post.Author.ID
	p.body, _ = l.a.packer.pack(nil, nil, &p.content)
	p.terms = termsOf(l.workspace, &p.content)
}

// storeEvent stores an edit once.
func (l *log) storeEvent(p *prepared, c *current, replaces hearth.Seq, author state) (Result, error) {
	const note = "INSERT INTO post_event (workspace_id, event) VALUES (?, ?) ON CONFLICT DO NOTHING"
	done, err := l.tx.Exec(note, int64(l.workspace), eventKey(c.key, p.op, revisionOf(&p.content)))
	if err != nil {
		return Result{}, err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return Result{Seq: c.seq, Reason: "It is stored already."}, err
	}
	return l.storeVersion(p, c, replaces, author)
}

// revisionOf names a version of an author's post; one that the network gave no
// name is named by its time and content.
func revisionOf(c *content) string {
	w := form.Writer{}
	w.Text(c.post.Author.ID)
	w.Text(c.revision)
	if c.revision != "" {
		return string(w.B)
	}
	w.Time(c.at)
	return string(form.AppendPost(w.B, &c.post))
}

// storeVersion stores a Create or Update as the post's current version.
func (l *log) storeVersion(p *prepared, c *current, replaces hearth.Seq, author state) (Result, error) {
	if c.found && c.state == visible {
		if _, err := l.leavePlace(c); err != nil {
			return Result{}, err
		}
	}
	if c.found && c.state == hidden {
		if _, err := l.unhide(c); err != nil {
			return Result{}, err
		}
	}
	if p.op == Update && c.base != nil {
		var err error
		if p, err = l.carry(p, c); err != nil {
			return Result{}, err
		}
	}
	seq, err := l.appendRow(p.op, replaces, p.body, &p.content)
	if err != nil {
		return Result{}, err
	}
	stands := visible
	if author == hidden || c.found && c.state == hidden {
		stands = hidden
	}
	if err := l.setKey(c.key, seq, stands); err != nil {
		return Result{}, err
	}
	now := current{key: c.key, found: true, seq: seq, state: stands, content: p.content}
	if stands == hidden {
		return Result{Seq: seq, Stored: true}, l.hideRow(&now, 0)
	}
	return Result{Seq: seq, Stored: true}, l.takePlace(seq, wantedPlace(p.content.timeOf(), seq), p.terms)
}

func (l *log) delete(p *prepared) (Result, error) {
	c, err := l.find(p.content.post.Key())
	if err != nil {
		return Result{}, err
	}
	if c.found {
		switch {
		case !sameAuthor(&c.content, &p.content):
			return Result{Seq: c.seq, Reason: "It does not come from the post's author."}, nil
		case c.state == gone && !c.mayReturn():
			return Result{Seq: c.seq, Reason: "It was deleted already."}, nil
		}
	}
	seq, err := l.bury(&c, p.body, &p.content)
	return Result{Seq: seq, Stored: err == nil}, err
}

// bury appends the row that deletes a post, with a body that names it, and
// erases all its versions. For a post that never came it leaves the grave alone.
func (l *log) bury(c *current, body []byte, name *content) (hearth.Seq, error) {
	var replaces hearth.Seq
	if c.found && c.state != gone {
		replaces = c.seq
		if err := l.forget(c); err != nil {
			return 0, err
		}
		if err := fault.Point("archive.erase.forgotten"); err != nil {
			return 0, err
		}
	}
	seq, err := l.appendRow(Delete, replaces, body, name)
	if err != nil {
		return 0, err
	}
	return seq, l.setKey(c.key, seq, gone)
}

// forget takes a post out of everything it can be found by and erases the
// content of all its versions.
func (l *log) forget(c *current) error {
	if err := l.dropAnnotations(c); err != nil {
		return err
	}
	switch c.state {
	case visible:
		if _, err := l.leavePlace(c); err != nil {
			return err
		}
	case hidden:
		if _, err := l.unhide(c); err != nil {
			return err
		}
	}
	const erase = "UPDATE post SET body = NULL, erased_at = ? WHERE seq = ? AND workspace_id = ? AND body IS NOT NULL RETURNING replaces"
	for seq := c.seq; seq != 0; {
		var before int64
		err := l.tx.QueryRow(erase, l.now.UnixMicro(), int64(seq), int64(l.workspace)).Scan(&before)
		if errors.Is(err, errNoRows) {
			return nil // erased before, and with it all older ones
		}
		if err != nil {
			return fmt.Errorf("erasing row %d: %w", seq, err)
		}
		seq = hearth.Seq(before)
	}
	return nil
}

// find looks a post up by its key and makes sure that it is the post.
func (l *log) find(k hearth.Key) (current, error) {
	for salt := range byte(8) {
		c := current{key: saltedKey(k, salt)}
		if salt == 0 {
			known, foreseen := l.foreseen.posts[c.key]
			switch {
			case foreseen && known == nil:
				return c, nil
			case foreseen && known.readable && known.post.Key() == k:
				return *known, nil
			}
		}
		var seq, st int64
		err := l.tx.QueryRow("SELECT seq, state FROM post_key WHERE workspace_id = ? AND key = ?", int64(l.workspace), c.key[:]).Scan(&seq, &st)
		if errors.Is(err, errNoRows) {
			return c, nil
		}
		if err != nil {
			return c, fmt.Errorf("looking a post up: %w", err)
		}
		c.found, c.seq, c.state = true, hearth.Seq(seq), state(st)
		if _, err := l.a.load(l.tx, l.workspace, c.seq, &c.content); err != nil {
			return c, err
		}
		if c.post.Key() == k {
			return c, nil
		}
	}
	return current{}, hearth.Errorf(hearth.Internal, "Eight posts share the key of %s %s.", k.Network, k.ID)
}

// appendRow writes the next row of the log. c is what readers are to see in it.
func (l *log) appendRow(op Op, replaces hearth.Seq, body []byte, c *content) (hearth.Seq, error) {
	r := row{seq: l.next, workspace: l.workspace, op: op, replaces: replaces, body: body}
	const insert = "INSERT INTO post (seq, workspace_id, op, replaces, body, sum) VALUES (?, ?, ?, ?, ?, ?)"
	if _, err := l.tx.Exec(insert, int64(r.seq), int64(r.workspace), int64(op), int64(replaces), body, int64(r.checksum())); err != nil {
		return 0, fmt.Errorf("appending to the log: %w", err)
	}
	l.next++
	l.keep(r, c)
	return r.seq, nil
}

func (l *log) setKey(key storeKey, seq hearth.Seq, s state) error {
	const set = `INSERT INTO post_key (workspace_id, key, seq, state) VALUES (?, ?, ?, ?)
ON CONFLICT (workspace_id, key) DO UPDATE SET seq = excluded.seq, state = excluded.state`
	delete(l.foreseen.posts, key)
	_, err := l.tx.Exec(set, int64(l.workspace), key[:], int64(seq), int64(s))
	return err
}

// takePlace puts a visible version at a place, or as near after it as there is
// room, and into the index. The steps double, so that a million posts of one
// millisecond are placed as fast as one.
func (l *log) takePlace(seq hearth.Seq, place int64, terms index.List) error {
	const insert = "INSERT INTO post_time (workspace_id, place, seq) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
	for step := int64(1); ; step *= 2 {
		done, err := l.tx.Exec(insert, int64(l.workspace), place, int64(seq))
		if err != nil {
			return fmt.Errorf("storing a time: %w", err)
		}
		n, err := done.RowsAffected()
		if err != nil {
			return err
		}
		if n == 1 {
			l.added = append(l.added, index.Addition{Doc: index.Doc{Place: place, Seq: int64(seq)}, Terms: terms})
			return nil
		}
		place += step
	}
}

// leavePlace removes a visible version from the posts by time and from the
// index, and returns where it stood.
func (l *log) leavePlace(c *current) (int64, error) {
	place, err := l.a.placeOf(l.tx, l.workspace, c.seq, c.timeOf())
	if err != nil {
		return 0, err
	}
	if _, err := l.tx.Exec("DELETE FROM post_time WHERE workspace_id = ? AND place = ?", int64(l.workspace), place); err != nil {
		return 0, err
	}
	d := index.Doc{Place: place, Seq: int64(c.seq)}
	if slices.ContainsFunc(l.added, func(a index.Addition) bool { return a.Doc == d }) {
		l.undone = append(l.undone, d) // the index never hears of it
		return place, nil
	}
	l.removed = append(l.removed, d)
	_, err = l.tx.Exec("INSERT INTO index_gone (seq, place) VALUES (?, ?)", d.Seq, d.Place)
	return place, err
}

// maxShift is how far after its time a post may stand: room for a hundred
// million posts of one millisecond.
const maxShift = int64(time.Minute/time.Millisecond) << placeBits

// placeOf finds the place of a visible version.
func (a *Archive) placeOf(tx *db.Tx, ws hearth.WorkspaceID, seq hearth.Seq, t time.Time) (place int64, err error) {
	const find = "SELECT place FROM post_time WHERE workspace_id = ? AND place >= ? AND place < ? AND seq = ? LIMIT 1"
	from := placeAt(t)
	if err = tx.QueryRow(find, int64(ws), from, from+maxShift, int64(seq)).Scan(&place); err != nil {
		return 0, fmt.Errorf("finding the place of row %d: %w", seq, err)
	}
	return place, nil
}

// sameAuthor says whether an event may speak for a post: what comes from a
// network's authenticated channel names the author, and an edit or deletion
// counts only from the same one.
func sameAuthor(stored, event *content) bool {
	a, b := stored.post.Author.ID, event.post.Author.ID
	return a == "" || b == "" || a == b
}

// older says that both times are known and t is before stored.
func older(t, stored time.Time) bool {
	return !t.IsZero() && !stored.IsZero() && t.Before(stored)
}
