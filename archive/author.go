package archive

import (
	"errors"
	"fmt"

	"hearth"
)

// authorState is what is known of the author of an event.
func (l *log) authorState(p *prepared) (state, error) {
	if l.a.authors.Load() == 0 || p.content.post.Author.ID == "" {
		return visible, nil
	}
	return l.stateOf(p.content.post.Network, p.content.post.Author.ID)
}

func (l *log) stateOf(network, id string) (state, error) {
	if s, foreseen := l.foreseen.authors[string(authorKey(network, id))]; foreseen {
		return s, nil
	}
	var s int64
	err := l.tx.QueryRow("SELECT state FROM author_state WHERE workspace_id = ? AND author = ?",
		int64(l.workspace), authorKey(network, id)).Scan(&s)
	if errors.Is(err, errNoRows) {
		return visible, nil
	}
	if err != nil {
		return visible, fmt.Errorf("looking an author up: %w", err)
	}
	return state(s), nil
}

// author notes what happened to an author. The author's posts follow in
// transactions of their own (see settle), so that an author with a hundred
// thousand posts does not hold up the others.
func (l *log) author(p *prepared) (Result, error) {
	network, id := p.content.post.Network, p.content.post.Author.ID
	was, err := l.stateOf(network, id)
	if err != nil {
		return Result{}, err
	}
	becomes := map[Op]state{HideAuthor: hidden, ShowAuthor: visible, DeleteAuthor: gone}[p.op]
	if was == gone || was == becomes {
		return Result{Reason: "Nothing changed."}, nil
	}
	seq, err := l.appendRow(p.op, 0, p.body, &p.content)
	if err != nil {
		return Result{}, err
	}
	const set = `INSERT INTO author_state (workspace_id, author, state, pending, network, author_id) VALUES (?, ?, ?, 1, ?, ?)
ON CONFLICT (workspace_id, author) DO UPDATE SET state = excluded.state, pending = 1`
	if _, err := l.tx.Exec(set, int64(l.workspace), authorKey(network, id), int64(becomes), network, id); err != nil {
		return Result{}, err
	}
	if l.foreseen.authors != nil {
		l.foreseen.authors[string(authorKey(network, id))] = becomes
	}
	l.a.authors.Add(1) // from now on authors are looked up; a rollback costs a look
	l.unsettled = true
	return Result{Seq: seq, Stored: true}, nil
}

// veil hides one post, or shows it again. A post of a hidden author stays hidden;
// showing an author shows all posts, those that were hidden alone as well.
func (l *log) veil(p *prepared) (Result, error) {
	c, err := l.find(p.content.post.Key())
	if err != nil {
		return Result{}, err
	}
	is := hidden
	if p.op == Show {
		if is, err = l.stateOf(c.post.Network, c.post.Author.ID); err != nil {
			return Result{}, err
		}
	}
	switch {
	case !c.found:
		return Result{Reason: "It is not stored."}, nil
	case !sameAuthor(&c.content, &p.content):
		return Result{Seq: c.seq, Reason: "It does not come from the post's author."}, nil
	case c.state == gone:
		return Result{Seq: c.seq, Reason: "It was deleted."}, nil
	case c.state == is:
		return Result{Seq: c.seq, Reason: "Nothing changed."}, nil
	}
	err = l.follow(&c, is)
	return Result{Seq: l.next - 1, Stored: err == nil}, err
}

// hideRow appends the Hide of a version and notes it, with the place where it
// stood, under its author.
func (l *log) hideRow(c *current, place int64) error {
	if err := l.appendName(Hide, c); err != nil {
		return err
	}
	if err := l.setKey(c.key, c.seq, hidden); err != nil {
		return err
	}
	_, err := l.tx.Exec("INSERT INTO post_hidden (workspace_id, author, seq, place) VALUES (?, ?, ?, ?)",
		int64(l.workspace), authorKey(c.post.Network, c.post.Author.ID), int64(c.seq), place)
	return err
}

// showRow appends the Show of a hidden version and makes it visible, behind
// where it stood before: to the index it is another document.
func (l *log) showRow(c *current) error {
	stood, err := l.unhide(c)
	if err != nil {
		return err
	}
	if err := l.appendName(Show, c); err != nil {
		return err
	}
	if err := l.setKey(c.key, c.seq, visible); err != nil {
		return err
	}
	place := wantedPlace(c.timeOf(), c.seq)
	if stood != 0 {
		place = max(place, stood+1)
	}
	return l.takePlace(c.seq, place, termsOf(l.workspace, &c.content))
}

// unhide takes a hidden version off its author's list and returns where it
// stood before it was hidden, 0 if it never was visible.
func (l *log) unhide(c *current) (place int64, err error) {
	const take = "DELETE FROM post_hidden WHERE workspace_id = ? AND author = ? AND seq = ? RETURNING place"
	err = l.tx.QueryRow(take, int64(l.workspace), authorKey(c.post.Network, c.post.Author.ID), int64(c.seq)).Scan(&place)
	if errors.Is(err, errNoRows) {
		err = nil
	}
	return place, err
}

// appendName appends a row that names a version instead of holding one.
func (l *log) appendName(op Op, c *current) error {
	name := l.nameOf(c)
	body, _ := l.a.packer.pack(nil, nil, &name)
	seen := name
	if op == Show { // readers get the version with it
		seen.post, seen.revision, seen.monitors = c.post, c.revision, c.monitors
		seen.owned = c.owned
	}
	_, err := l.appendRow(op, c.seq, body, &seen)
	return err
}

// nameOf is what is left to say of a post in a row without its content.
func (l *log) nameOf(c *current) content {
	return content{
		received: l.now,
		source:   c.source,
		owned:    c.owned,
		post:     hearth.Post{Network: c.post.Network, ID: c.post.ID, Author: hearth.Author{ID: c.post.Author.ID}},
	}
}
